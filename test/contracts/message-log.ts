/** What every message log must do; run on the one over Redis and on the simulation's model. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import { START, comparePositions, isPosition } from "#protocol/position.ts";
import type { Appended } from "#server/core/delivery/message-log.ts";
import type { PlainLog } from "#test/support/plain-log.ts";

/** A log, and a way to say who is a member. Rooms are never shared between tests. */
export interface LogUnderTest {
  readonly log: PlainLog;
  /** The same log as another server sees it. */
  readonly elsewhere: PlainLog;
  readonly setMember: (room: string, user: number, holds: boolean) => Promise<void>;
}

export const ADA = 1;
export const BRIN = 2;
const STRANGER = 99;

let rooms = 100;

/** A room of its own with two members. */
export async function newRoom({ log, elsewhere, setMember }: LogUnderTest) {
  const room = String(rooms++);
  await setMember(room, ADA, true);
  await setMember(room, BRIN, true);
  let cids = 0;
  const say = async (text = "hello", from = ADA, cid = `cid-${room}-${cids++}`) => {
    return stored(await log.append({ from, room, cid, text }));
  };
  return {
    log,
    elsewhere,
    room,
    say,
    sayMany: async (count: number) => {
      const ids: Position[] = [];
      for (let i = 0; i < count; i++) ids.push(await say(`text ${i}`));
      return ids;
    },
    edit: async (message: Position, text: string, by = ADA) => {
      const changed = await log.change({ by, room, message, text });
      assert.ok(changed.kind === "changed");
      return changed.id;
    },
    remove: async (message: Position, by = ADA) => {
      const changed = await log.change({ by, room, message, text: undefined });
      assert.ok(changed.kind === "changed");
      return changed.id;
    },
    all: async () => {
      const page = await log.page(room, ADA, { at: "newest" }, 1_000);
      assert.ok(page);
      return page.messages;
    },
    setMember: (user: number, holds: boolean) => setMember(room, user, holds),
  };
}

export type TestRoom = Awaited<ReturnType<typeof newRoom>>;

function stored(appended: Appended): Position {
  assert.ok(appended.kind === "stored", appended.kind);
  return appended.id;
}

export const ids = (messages: readonly { readonly id: Position }[]): readonly Position[] =>
  messages.map(({ id }) => id);

const lasts = (all: readonly Position[]): Position => all.at(-1) ?? START;

/** @param open the log under test; called once for each test */
export function messageLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  const fresh = async () => newRoom(await open());
  describe(`${name}, appending`, () => {
    appending(fresh);
  });
  describe(`${name}, members and the head`, () => {
    members(fresh);
  });
}

function appending(fresh: () => Promise<TestRoom>): void {
  test("[DL1] a message gets a place, and the date of that place", async () => {
    const { say, all } = await fresh();
    const id = await say("first");
    assert.ok(isPosition(id));
    const [message] = await all();
    assert.equal(message?.id, id);
    assert.equal(message.date, Number.parseInt(id, 10));
    assert.equal(message.message, "first");
    assert.equal(message.from, ADA);
  });

  test("[DL2] ids strictly increase", async () => {
    const { sayMany } = await fresh();
    const said = await sayMany(30);
    assert.deepEqual([...said].sort(comparePositions), said);
    assert.equal(new Set(said).size, 30);
  });

  test("[DL2] messages said at once have places of their own", async () => {
    const { say, all } = await fresh();
    const said = await Promise.all(Array.from({ length: 50 }, (_, i) => say(`text ${i}`)));
    assert.deepEqual(ids(await all()), said.toSorted(comparePositions));
  });

  test("[DL5] who is no member stores nothing", async () => {
    const { log, room, all } = await fresh();
    const draft = { from: STRANGER, room, cid: "cid-stranger", text: "let me in" };
    assert.deepEqual(await log.append(draft), { kind: "not-member" });
    assert.deepEqual(await all(), []);
    assert.equal(await log.head(room), START);
  });

  test("[DL5] who is no member any more stores nothing", async () => {
    const { log, room, say, all, setMember } = await fresh();
    await say("still here", BRIN);
    await setMember(BRIN, false);
    const draft = { from: BRIN, room, cid: "cid-gone-brin", text: "still here?" };
    assert.deepEqual(await log.append(draft), { kind: "not-member" });
    assert.equal((await all()).length, 1);
  });

  test("[DL3] a message sent again is stored once, and answered with its place", async () => {
    const { say, all } = await fresh();
    const first = await say("once", ADA, "cid-again-1");
    await say("between");
    assert.equal(await say("once", ADA, "cid-again-1"), first);
    assert.equal((await all()).length, 2);
  });

  test("[DL3] a message sent again by who is no member any more is answered with its place", async () => {
    const { log, room, say, all, setMember } = await fresh();
    const id = await say("still a member", BRIN, "cid-removed-1");
    await setMember(BRIN, false);
    assert.equal(await say("still a member", BRIN, "cid-removed-1"), id);
    const other = { from: BRIN, room, cid: "cid-removed-1", text: "no member" };
    assert.deepEqual(await log.append(other), { kind: "not-member" });
    assert.equal((await all()).length, 1);
    assert.equal(await log.head(room), id);
  });

  test("[DL3] a message sent ten times at once is stored once", async () => {
    const { say, all } = await fresh();
    const tries = Array.from({ length: 10 }, () => say("once", ADA, "cid-again-2"));
    assert.equal(new Set(await Promise.all(tries)).size, 1);
    assert.equal((await all()).length, 1);
  });

  test("[DL4] a cid with another text is refused, and changes nothing", async () => {
    const { log, room, say, all } = await fresh();
    const id = await say("this", ADA, "cid-reused-1");
    const draft = { from: ADA, room, cid: "cid-reused-1", text: "that" };
    assert.deepEqual(await log.append(draft), { kind: "cid-reused" });
    assert.deepEqual(
      (await all()).map(({ message }) => message),
      ["this"],
    );
    assert.equal(await log.head(room), id);
  });

  test("a cid is its author's own: another's is another message", async () => {
    const { say, all } = await fresh();
    const ada = await say("mine", ADA, "cid-shared-1");
    const brin = await say("mine", BRIN, "cid-shared-1");
    assert.notEqual(ada, brin);
    assert.deepEqual(
      (await all()).map(({ from }) => from),
      [ADA, BRIN],
    );
  });

  test("a cid belongs to its room", async () => {
    const here = await fresh();
    const there = await fresh();
    await here.say("hello", ADA, "cid-rooms-1");
    await there.say("hello", ADA, "cid-rooms-1");
    assert.equal((await here.all()).length, 1);
    assert.equal((await there.all()).length, 1);
  });

  for (const [what, text] of Object.entries(TEXTS)) {
    test(`[DL10] a text is kept exactly: ${what}`, async () => {
      const { say, all } = await fresh();
      await say(text);
      const [message] = await all();
      assert.equal(message?.message, text);
    });
  }

  test("[DL3] an edited message sent again keeps its edit, and its place", async () => {
    const { say, edit, all } = await fresh();
    const id = await say("before", ADA, "cid-edited-1");
    await edit(id, "after");
    assert.equal(await say("before", ADA, "cid-edited-1"), id);
    const [message] = await all();
    assert.equal(message?.message, "after");
  });
}

const TEXTS = {
  quotes: `"double", 'single', \\backslash\\`,
  "line ends": "one\ntwo\r\nthree\u2028four\u2029five",
  "emoji and combining marks": "👩‍👩‍👧 é é 漢字 مرحبا",
  markup: "<script>alert(1)</script> {room:0} %s %d",
  "something long": "ä".repeat(4_000),
  "something like JSON": '{"id":"0.000000","cid":""}',
};

function members(fresh: () => Promise<TestRoom>): void {
  test("a member is one, a stranger is none", async () => {
    const { log, room } = await fresh();
    assert.equal(await log.isMember(room, ADA), true);
    assert.equal(await log.isMember(room, STRANGER), false);
  });

  test("who was removed is no member, and may become one again", async () => {
    const { log, room, setMember } = await fresh();
    await setMember(ADA, false);
    assert.equal(await log.isMember(room, ADA), false);
    await setMember(ADA, true);
    assert.equal(await log.isMember(room, ADA), true);
  });

  test("the head of an empty room is the start", async () => {
    const { log, room } = await fresh();
    assert.equal(await log.head(room), START);
  });

  test("the head is the newest message", async () => {
    const { log, room, sayMany } = await fresh();
    const last = lasts(await sayMany(3));
    assert.equal(await log.head(room), last);
  });

  test("the head is the newest change", async () => {
    const { log, room, sayMany, edit, remove } = await fresh();
    const [first = START, second = START] = await sayMany(3);
    const edited = await edit(first, "edited");
    assert.equal(await log.head(room), edited);
    const removed = await remove(second);
    assert.equal(await log.head(room), removed);
  });

  test("a message sent again does not move the head", async () => {
    const { log, room, say } = await fresh();
    await say("once", ADA, "cid-head-1");
    const last = await say("last");
    await say("once", ADA, "cid-head-1");
    assert.equal(await log.head(room), last);
  });

  test("rooms do not hear each other", async () => {
    const here = await fresh();
    const there = await fresh();
    await here.say("here");
    assert.deepEqual(await there.all(), []);
    assert.equal(await there.log.head(there.room), START);
  });
}

/** What a message must keep through every change. */
export const lasting = ({ from, date, roomId, id, cid }: Message) => ({
  from,
  date,
  roomId,
  id,
  cid,
});
