/** Blocks over two servers: what is closed between two people, who is told, and who is not. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BlocksNotice, BlocksResult } from "#protocol/blocks.ts";
import type { SendResult } from "#protocol/commands.ts";
import type { Problem } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Room } from "#protocol/room.ts";
import type { Answer } from "#test/support/member.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

const WITHIN_MS = 1_000;

const block = (by: Member, whom: Member) => by.call("PUT", `/api/blocks/${whom.me.id}`);
const unblock = (by: Member, whom: Member) => by.call("DELETE", `/api/blocks/${whom.me.id}`);
const blocks = async (of: Member) => (await of.call("GET", "/api/blocks")).json<BlocksResult>();
const status = async (answer: Promise<Answer>) => (await answer).status;
const codeOf = async (answer: Promise<Answer>) => (await answer).json<Problem>().code;
const openChat = (by: Member, ...others: readonly Member[]) =>
  by.call("POST", "/api/chats", { people: others.map(({ me }) => me.id) });
const add = (by: Member, room: string, whom: Member) =>
  by.call("PUT", `/api/rooms/${room}/members/${whom.me.id}`, {});
const make = async (by: Member, name: string) =>
  (await by.call("POST", "/api/rooms", { kind: "closed", name })).json<Room>().id;

/** Everything of these kinds that comes over a line, in order. */
function heard(line: Line) {
  const typing: number[] = [];
  const notices: BlocksNotice[] = [];
  const seen: string[] = [];
  line.socket.on("typing", ({ user }) => void typing.push(user));
  line.socket.on("blocks", (notice) => void notices.push(notice));
  line.socket.on("seen", ({ room }) => void seen.push(room));
  return { typing, notices, seen };
}

describe("blocks", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada blocks Brin, who is on the other server, as is Cleo. */
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    cleo = await Member.enter(world.two.url, "Cleo");
  });
  after(() => world[Symbol.asyncDispose]());

  test("[BL1] between two of whom one blocks the other nothing is said, edited or reacted to", async () => {
    const { id } = (await openChat(ada, brin)).json<Room>();
    const mine = (await ada.say("from Ada", "from-ada-first", id)).json<SendResult>();
    const theirs = (await brin.say("from Brin", "from-brin-first", id)).json<SendResult>();
    assert.equal(await status(block(ada, brin)), 204);
    for (const [at, by, own, other] of [
      [1, ada, mine, theirs],
      [2, brin, theirs, mine],
    ] as const) {
      const message = (of: SendResult) => `/api/rooms/${id}/messages/${of.id}`;
      const said = by.say("more", `more-and-more-${at}`, id);
      assert.equal(await codeOf(said), "blocked");
      assert.equal(await codeOf(by.call("PATCH", message(own), { message: "new" })), "blocked");
      const react = by.call("PUT", `${message(other)}/reactions`, { emoji: "👍" });
      assert.equal(await codeOf(react), "blocked");
      assert.equal(await codeOf(by.call("PUT", `/api/rooms/${id}/pins/${own.id}`)), "blocked");
      assert.equal((await by.history("", id)).messages.length, 2);
    }
    // The same to both: nothing in it says who blocks whom.
    const refusals = await Promise.all([
      ada.say("who?", "who-is-it-0001", id),
      brin.say("who?", "who-is-it-0001", id),
    ]);
    assert.equal(refusals[0].text, refusals[1].text);
    // It may be opened and read as before, and one's own words taken back.
    assert.equal(await status(openChat(brin, ada)), 200);
    assert.equal(await status(brin.call("DELETE", `/api/rooms/${id}/messages/${theirs.id}`)), 200);
    // Both may block; it is open again when neither does.
    assert.equal(await status(block(brin, ada)), 204);
    assert.equal(await status(unblock(ada, brin)), 204);
    assert.equal(await codeOf(ada.say("now?", "now-or-never-1", id)), "blocked");
    assert.equal(await status(unblock(brin, ada)), 204);
    assert.equal(await status(ada.say("now?", "now-or-never-1", id)), 201);
  });

  test("[BL1] of messages at the moment of a block each is stored and said so, or refused", async () => {
    const { id } = (await openChat(brin, cleo)).json<Room>();
    const sends = Array.from({ length: 20 }, (_, at) => cleo.say(`${at}`, `block-race-${at}`, id));
    const [, ...answers] = await Promise.all([block(brin, cleo), ...sends]);
    const stored = answers.filter((answer) => answer.status === 201).length;
    assert.ok(answers.every((answer) => [201, 403].includes(answer.status)));
    assert.equal((await brin.history("?limit=100", id)).messages.length, stored);
    assert.equal(await codeOf(cleo.say("and now?", "and-now-again", id)), "blocked");
    await unblock(brin, cleo);
  });

  test("[BL2] neither adds the other to a room, nor names them in a new private chat", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    await block(ada, dora);
    for (const [by, whom] of [
      [ada, dora],
      [dora, ada],
    ] as const) {
      const room = await make(by, `Of ${by.me.username}`);
      const refused = await add(by, room, whom);
      assert.equal(refused.json<Problem>().code, "not-allowed");
      // As whoever is in too many rooms is answered: nobody can tell the two apart.
      const full = await Member.enter(world.one.url, `Full${by.me.username}`);
      const rooms = Array.from({ length: LIMITS.roomsPerUserMax }, (_, at) => String(70_000 + at));
      await world.redis.cli("SADD", `user:${full.me.id}:rooms`, ...rooms);
      assert.equal((await add(by, room, full)).text, refused.text);
      assert.equal(await codeOf(openChat(by, whom)), "not-allowed");
      assert.equal(await codeOf(openChat(by, cleo, whom)), "not-allowed");
      assert.equal(await status(add(by, room, cleo)), 204);
    }
    const chats = (await world.redis.cli("SMEMBERS", `user:${dora.me.id}:rooms`)).split("\n");
    assert.ok(!chats.some((id) => id.includes(":")));
    await unblock(ada, dora);
    assert.equal(await status(openChat(dora, ada)), 201);
  });

  test("[BL3] what who is blocked says names nobody who blocks them", async () => {
    const mentions = async () => (await ada.call("GET", "/api/rooms/0")).json<Room>().mentions;
    await ada.call("PUT", "/api/read");
    await block(ada, brin);
    const named = await brin.say("@Ada are you there?", "are-you-there-01");
    await brin.call("POST", "/api/rooms/0/messages", {
      cid: "calls-everybody",
      message: "@room hello",
      calls: "room",
    });
    assert.equal(await mentions(), 0);
    await cleo.say("@Ada it is me", "it-is-me-cleo-01");
    assert.equal(await mentions(), 1);
    // The message itself is what it would have been, or Brin would know.
    const { messages } = await brin.history();
    const message = messages.find(({ id }) => id === named.json<SendResult>().id);
    assert.deepEqual(message?.mentions, [ada.me.id]);
    await unblock(ada, brin);
    assert.equal(await mentions(), 3);
  });

  test("[BL4] that who is blocked is typing is not told to who blocks them", async () => {
    const { id } = (await openChat(ada, brin)).json<Room>();
    await ada.say("here", "here-to-be-seen", id);
    await using own = await ada.connect();
    await using other = await cleo.connect();
    await using theirs = await brin.connect();
    for (const line of [own, other, theirs]) await line.join();
    for (const line of [own, theirs]) await line.join(undefined, id);
    const [atAda, atCleo, atBrin] = [heard(own), heard(other), heard(theirs)];
    await block(ada, brin);
    const [last] = (await brin.history("", id)).messages;
    const read = { position: last?.id };
    assert.equal(await status(brin.call("PUT", `/api/rooms/${id}/read`, read)), 200);
    await theirs.ask("typing", { room: id });
    await own.ask("typing", { room: id });
    await theirs.ask("typing", { room: "0" });
    await until(() => atCleo.typing.length === 1, { what: "Brin types, for Cleo" });
    await other.ask("typing", { room: "0" });
    // What was sent before has come before.
    await until(() => atAda.typing.length > 0 && atBrin.typing.length > 1, { what: "Cleo types" });
    assert.deepEqual(atAda.typing, [cleo.me.id]);
    assert.deepEqual(atBrin.typing, [brin.me.id, cleo.me.id]);
    assert.deepEqual(atAda.seen, []);
    await unblock(ada, brin);
  });

  test("[BL5] all devices of who blocks are told, by socket and stream, and nobody else is", async () => {
    const phone = await Member.enter(world.two.url, "Ada", "signIn");
    await using here = await ada.connect();
    await using there = await phone.connect();
    await using theirs = await brin.connect();
    const [atHere, atThere, atBrin] = [heard(here), heard(there), heard(theirs)];
    const stop = new AbortController();
    const stream = await fetch(`${world.two.url}/api/events?rooms=0`, {
      headers: { Authorization: `Bearer ${phone.token}` },
      signal: stop.signal,
    });
    let streamed = "";
    const reading = (async () => {
      for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        streamed += part;
      }
    })().catch(() => undefined);
    await until(() => streamed.includes("event: joined"), { what: "the stream" });
    await block(ada, brin);
    const isTold = () => atHere.notices.length > 0 && atThere.notices.length > 0;
    await until(isTold, { what: "both are told", timeoutMs: WITHIN_MS });
    const notice = { user: brin.me.id, blocked: true };
    assert.deepEqual([...atHere.notices, ...atThere.notices], [notice, notice]);
    await until(() => streamed.includes("event: blocks"), { timeoutMs: WITHIN_MS });
    stop.abort();
    await reading;
    // Repeated, it changes nothing and tells nobody.
    await block(ada, brin);
    await unblock(ada, brin);
    await until(() => atHere.notices.length === 2, { what: "the end of it" });
    assert.deepEqual(atHere.notices[1], { user: brin.me.id, blocked: false });
    await brin.say("hello again", "hello-again-all");
    assert.deepEqual(atBrin.notices, []);
  });

  test("[BL5] one's blocks are one's own, up to a limit, and what is asked for twice is done once", async () => {
    const [first] = (await blocks(cleo)).blocks;
    assert.equal(first, undefined);
    assert.equal(await status(block(cleo, ada)), 204);
    assert.equal(await status(block(cleo, brin)), 204);
    const { blocks: all } = await blocks(cleo);
    assert.deepEqual(all.map(({ username }) => username).toSorted(), ["Ada", "Brin"]);
    assert.ok(all.every(({ since }) => since > 1_600_000_000));
    assert.deepEqual((await blocks(brin)).blocks, []);
    assert.equal(await codeOf(block(cleo, cleo)), "bad-request");
    assert.equal(await status(cleo.call("PUT", "/api/blocks/4711")), 404);
    assert.equal(await status(cleo.call("DELETE", "/api/blocks/4711")), 204);
    await unblock(cleo, ada);
    const others = Array.from({ length: LIMITS.blocksMax - 2 }, (_, at) => [
      "1",
      String(9_000 + at),
    ]);
    await world.redis.cli("ZADD", `{user:${cleo.me.id}}:blocks`, ...others.flat());
    const eve = await Member.enter(world.one.url, "Eve");
    assert.equal(await status(block(cleo, ada)), 204);
    assert.equal(await codeOf(block(cleo, eve)), "too-many-marks");
    await unblock(cleo, ada);
    assert.equal(await status(block(cleo, eve)), 204);
  });
});
