/** Read state over two real servers: one position for all devices, and counts that are always right. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SendResult } from "#protocol/commands.ts";
import type { ReadNotice, ReadResult } from "#protocol/reading.ts";
import { LIMITS } from "#protocol/limits.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Room, RoomsResult } from "#protocol/room.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { RedisReadStore } from "#server/redis/rooms/redis-read-store.ts";
import { Member } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { PlainLog } from "#test/support/plain-log.ts";

/** Mixtures that are tried; KLATCH_READ_RUNS tries more. */
const RUNS = Number(process.env["KLATCH_READ_RUNS"] ?? 300);

let cids = 0;
const say = async (member: Member, room: string, message: string, calls?: "room") => {
  const body = { cid: `reads-test-${++cids}`, message, ...(calls && { calls }) };
  const answer = await member.call("POST", `/api/rooms/${room}/messages`, body);
  return answer.json<SendResult>().id;
};

const put = async (member: Member, id: string, body: object) =>
  (await member.call("PUT", `/api/rooms/${id}/read`, body)).status;

describe("read state", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  let room: string;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name: "Reading" });
    room = made.json<Room>().id;
    await say(ada, room, "before Brin came");
    await brin.call("PUT", `/api/rooms/${room}/members/${brin.me.id}`, {});
  });
  after(() => world[Symbol.asyncDispose]());

  const state = async (member: Member, id = room) => {
    const { rooms } = (await member.call("GET", "/api/rooms")).json<RoomsResult>();
    const found = rooms.find((each) => each.id === id);
    return found && [found.unread, found.mentions];
  };

  test("[RD1] what others said since is unread; what one says oneself, and what was deleted, is not", async () => {
    assert.deepEqual(await state(brin), [0, 0]);
    const first = await say(ada, room, "one");
    await say(ada, room, "two, @brin");
    await say(ada, room, "three, @room", "room");
    assert.deepEqual(await state(brin), [3, 2]);
    assert.deepEqual(await state(ada), [0, 0]);
    await ada.call("DELETE", `/api/rooms/${room}/messages/${first}`);
    assert.deepEqual(await state(brin), [2, 2]);
    await say(brin, room, "I have read it all");
    assert.deepEqual(await state(brin), [0, 0]);
    assert.deepEqual(await state(ada), [1, 0]);
  });

  test("[RD2] a position goes forward on all devices at once; backward only on purpose", async () => {
    const [first, second] = [await say(ada, room, "first"), await say(ada, room, "second")];
    await using phone = await brin.connect();
    await using laptop = await brin.at(world.one.url).connect();
    const notices: ReadNotice[] = [];
    laptop.socket.on("read", (notice) => void notices.push(notice));
    const read = await phone.ask<ReadResult>("read", { room, position: second });
    assert.deepEqual(read, { read: second, unread: 0, mentions: 0 });
    const late = await phone.ask<ReadResult>("read", { room, position: first });
    assert.deepEqual(late, read);
    const back = await brin.call("PUT", `/api/rooms/${room}/read`, { position: first, back: true });
    assert.deepEqual(back.json<ReadResult>(), { read: first, unread: 1, mentions: 0 });
    await laptop.join();
    assert.deepEqual(notices, [
      { room, position: second },
      { room, position: first },
    ]);
  });

  test("[RD3] all is read at once, and every badge is 0", async () => {
    await say(ada, "0", "in General");
    assert.deepEqual(await state(brin, "0"), [1, 0]);
    assert.equal((await brin.call("PUT", "/api/read")).status, 204);
    const { rooms } = (await brin.call("GET", "/api/rooms")).json<RoomsResult>();
    assert.ok(rooms.every(({ unread, mentions }) => unread === 0 && mentions === 0));
  });

  test("[RD4] in a chat of two the other one sees how far one has read", async () => {
    const chat = (await ada.call("POST", "/api/chats", { people: [brin.me.id] })).json<Room>();
    const id = await say(ada, chat.id, "Seen?");
    assert.deepEqual(await state(brin, chat.id), [1, 0]);
    await using line = await ada.connect();
    const { promise: seen, resolve } = Promise.withResolvers<ReadNotice>();
    line.socket.once("seen", resolve);
    await brin.call("PUT", `/api/rooms/${chat.id}/read`, { position: id });
    assert.deepEqual(await seen, { room: chat.id, position: id });
  });

  test("[RD5] no position but one that was given, in a room of one's own, is taken", async () => {
    assert.equal(await put(brin, room, { position: "9000000000.000000" }), 400);
    assert.equal(await put(brin, room, { position: "1800000000.000000" }), 400);
    assert.equal(await put(brin, room, { position: "soon" }), 400);
    assert.equal(await put(brin, room, {}), 400);
    assert.equal(await put(brin, "4711", { position: START }), 404);
    assert.equal(await put(brin, "none", { position: START }), 404);
  });

  test("[RD6] up to 100 are counted, however many there are", async () => {
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name: "Many" });
    const many = made.json<Room>().id;
    await brin.call("PUT", `/api/rooms/${many}/members/${brin.me.id}`, {});
    const members = Array.from({ length: 300 }, (_, at) => {
      const id = `${1_800_000_000 + at}.000000`;
      const fields = { from: ada.me.id, date: 1, message: "x", roomId: many, id, cid: "" };
      return [id, JSON.stringify({ ...fields, ...(at % 2 === 0 && { deleted: id }) })];
    });
    await world.redis.cli("ZADD", `room:${many}`, ...members.flat());
    assert.deepEqual(await state(brin, many), [LIMITS.unreadMax, 0]);
  });
});

/** One thing that happens in a room of three. */
type Step =
  | { readonly kind: "say"; readonly from: number; readonly names: readonly number[] }
  | { readonly kind: "delete" | "edit"; readonly at: number; readonly names: readonly number[] }
  | { readonly kind: "read"; readonly user: number; readonly at: number; readonly back: boolean }
  /** Two devices of one person read at the same moment, neither knowing of the other. */
  | { readonly kind: "both"; readonly user: number; readonly at: number; readonly other: number };

const person = fc.integer({ min: 1, max: 3 });
const names = fc.subarray([1, 2, 3]);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("say" as const), from: person, names }) },
  fc.record({ kind: fc.constantFrom("delete" as const, "edit" as const), at: fc.nat(), names }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      user: person,
      at: fc.nat(),
      back: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("both" as const), user: person, at: fc.nat(), other: fc.nat() }),
);

test(`[RD7] [RD8] in ${RUNS} mixtures of sends, edits, deletes and reads the counts are the model's`, async () => {
  await using server = await startRedis({ args: ["--appendfsync", "no"] });
  const redis = await connect(server.url, "klatch:test:reads");
  const log = new PlainLog(new RedisMessageLog(redis));
  const reads = new RedisReadStore(redis);
  let rooms = 0;
  const play = async (steps: readonly Step[]) => {
    const room = String(1000 + ++rooms);
    await redis.hSet(keys.roomMembers(room), { 1: "member", 2: "member", 3: "member" });
    const said: { id: string; from: number; names: readonly number[]; isDeleted: boolean }[] = [];
    const read = new Map([1, 2, 3].map((user) => [user, START]));
    for (const [n, each] of steps.entries()) {
      if (each.kind === "say") {
        const draft = { room, cid: `reads-${n}-${room}`, text: `${n}`, mentions: each.names };
        const appended = await log.append({ ...draft, from: each.from });
        assert.ok(appended.kind === "stored");
        said.push({ id: appended.id, from: each.from, names: each.names, isDeleted: false });
        read.set(each.from, appended.id);
        continue;
      }
      const target = said[each.at % Math.max(1, said.length)];
      if (target === undefined) continue;
      if (each.kind === "read") {
        await reads.read(accessRoom({ id: each.user }, room), target.id, {
          mayGoBack: each.back,
          isTold: false,
        });
        const isForward = comparePositions(target.id, read.get(each.user) ?? START) > 0;
        if (isForward || each.back) read.set(each.user, target.id);
      } else if (each.kind === "both") {
        const second = said[each.other % said.length] ?? target;
        const forward = { mayGoBack: false, isTold: false };
        const positions = [target.id, second.id];
        await Promise.all(
          positions.map((at) => reads.read(accessRoom({ id: each.user }, room), at, forward)),
        );
        const all = [read.get(each.user) ?? START, ...positions];
        read.set(each.user, all.toSorted(comparePositions).at(-1) ?? START);
      } else {
        const text = each.kind === "edit" ? `edited ${n}` : undefined;
        const change = { by: target.from, room, message: target.id, text, mentions: each.names };
        const changed = await log.change(change);
        if (changed.kind !== "changed") continue;
        if (text === undefined) target.isDeleted = true;
        else target.names = each.names;
      }
    }
    for (const [user, position] of read) {
      const unread = said.filter(
        ({ id, from, isDeleted }) =>
          comparePositions(id, position) > 0 && from !== user && !isDeleted,
      );
      const expected = {
        read: position,
        unread: unread.length,
        mentions: unread.filter((message) => message.names.includes(user)).length,
      };
      assert.deepEqual(await reads.unread(accessRoom({ id: user }, room)), expected);
      const middle = said[said.length >> 1];
      if (middle !== undefined) {
        const upTo = unread.filter(({ id }) => comparePositions(id, middle.id) <= 0);
        assert.equal(
          (await reads.unread(accessRoom({ id: user }, room), middle.id)).unread,
          upTo.length,
        );
      }
      const last = said.at(-1);
      if (last === undefined) continue;
      await reads.read(accessRoom({ id: user }, room), last.id, {
        mayGoBack: false,
        isTold: false,
      });
      const { unread: left, mentions } = await reads.unread(accessRoom({ id: user }, room));
      assert.deepEqual([left, mentions], [0, 0]);
    }
  };
  try {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), play), { numRuns: RUNS });
  } finally {
    redis.destroy();
  }
});
