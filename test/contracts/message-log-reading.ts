/** What every message log must do when it is read, and when messages change. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Position } from "#protocol/position.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { LogUnderTest, TestRoom } from "./message-log.ts";
import { ADA, BRIN, ids, lasting, newRoom } from "./message-log.ts";

const STRANGER = 99;

/** @param open the log under test; called once for each test */
export function messageLogReadingContract(name: string, open: () => Promise<LogUnderTest>): void {
  const fresh = async () => newRoom(await open());
  describe(`${name}, pages`, () => {
    pages(fresh);
  });
  describe(`${name}, what was missed`, () => {
    missing(fresh);
  });
  describe(`${name}, what happened after`, () => {
    happening(fresh);
  });
  describe(`${name}, changing`, () => {
    changing(fresh);
  });
}

function pages(fresh: () => Promise<TestRoom>): void {
  test("[RM1] a stranger gets none", async () => {
    const { log, room, say } = await fresh();
    await say();
    assert.equal(await log.page(room, STRANGER, { at: "newest" }, 10), undefined);
  });

  test("an empty room has an empty page", async () => {
    const { log, room } = await fresh();
    const page = await log.page(room, ADA, { at: "newest" }, 10);
    assert.deepEqual(page, { messages: [], older: false, newer: false });
  });

  test("the newest page holds the last messages, oldest first", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(7);
    const page = await log.page(room, ADA, { at: "newest" }, 3);
    assert.deepEqual(ids(page?.messages ?? []), said.slice(4));
    assert.equal(page?.older, true);
    assert.equal(page.newer, false);
  });

  test("a page that holds all has nothing older", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(3);
    const page = await log.page(room, ADA, { at: "newest" }, 3);
    assert.deepEqual(ids(page?.messages ?? []), said);
    assert.equal(page?.older, false);
  });

  test("the page before a message does not hold it", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(6);
    const page = await log.page(room, ADA, { at: "before", id: said[4] ?? START }, 2);
    assert.deepEqual(ids(page?.messages ?? []), said.slice(2, 4));
    assert.equal(page?.older, true);
    assert.equal(page.newer, true);
  });

  test("there is no page before the first message", async () => {
    const { log, room, sayMany } = await fresh();
    const [first = START] = await sayMany(3);
    const page = await log.page(room, ADA, { at: "before", id: first }, 2);
    assert.deepEqual(page?.messages, []);
    assert.equal(page.older, false);
  });

  test("the page after a message does not hold it", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(6);
    const page = await log.page(room, ADA, { at: "after", id: said[1] ?? START }, 2);
    assert.deepEqual(ids(page?.messages ?? []), said.slice(2, 4));
    assert.equal(page?.newer, true);
  });

  test("there is no page after the last message", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(3);
    const page = await log.page(room, ADA, { at: "after", id: said[2] ?? START }, 2);
    assert.deepEqual(page?.messages, []);
    assert.equal(page.newer, false);
  });

  test("[HI2] the page around a message holds it, and both sides", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(9);
    const page = await log.page(room, ADA, { at: "around", id: said[4] ?? START }, 4);
    assert.deepEqual(ids(page?.messages ?? []), said.slice(2, 6));
    assert.equal(page?.older, true);
    assert.equal(page.newer, true);
  });

  test("the page around a place without a message holds its neighbours", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(4);
    const page = await log.page(room, ADA, { at: "around", id: justAfter(said[1]) }, 2);
    assert.deepEqual(ids(page?.messages ?? []), said.slice(1, 3));
  });

  test("[HI1] pages backward give each message once", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(11);
    const found: Position[] = [];
    let page = await log.page(room, ADA, { at: "newest" }, 4);
    while (page !== undefined && page.messages.length > 0) {
      found.unshift(...ids(page.messages));
      page = await log.page(room, ADA, { at: "before", id: found[0] ?? START }, 4);
    }
    assert.deepEqual(found, said);
  });

  test("[HI1] pages forward give each message once", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(11);
    const found: Position[] = [];
    let page = await log.page(room, ADA, { at: "after", id: START }, 4);
    while (page !== undefined && page.messages.length > 0) {
      found.push(...ids(page.messages));
      page = await log.page(room, ADA, { at: "after", id: found.at(-1) ?? START }, 4);
    }
    assert.deepEqual(found, said);
  });
}

function missing(fresh: () => Promise<TestRoom>): void {
  test("[RM1] a stranger misses nothing", async () => {
    const { log, room, say } = await fresh();
    await say();
    assert.deepEqual(await log.missed(room, STRANGER, START, 10), { kind: "not-member" });
  });

  test("nothing in an empty room", async () => {
    const { log, room } = await fresh();
    const missed = await log.missed(room, ADA, START, 10);
    assert.deepEqual(missed, { kind: "recovered", messages: [], changes: [], head: START });
  });

  test("everything since the start", async () => {
    const { sayMany, ...room } = await fresh();
    const said = await sayMany(3);
    assert.deepEqual(await recovered(room, START), { messages: said, changes: [] });
  });

  test("[RS1] exactly what came after a message", async () => {
    const { sayMany, ...room } = await fresh();
    const said = await sayMany(5);
    assert.deepEqual(await recovered(room, said[2]), { messages: said.slice(3), changes: [] });
    assert.deepEqual(await recovered(room, said[4]), { messages: [], changes: [] });
  });

  test("[RS1] as many as the limit, and not one more", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(4);
    assert.equal((await log.missed(room, ADA, START, 4)).kind, "recovered");
    assert.deepEqual(await log.missed(room, ADA, START, 3), { kind: "gone", head: said[3] });
  });

  test("[DL7] a place after the head is one that was lost", async () => {
    const { log, room, sayMany } = await fresh();
    const head = (await sayMany(2))[1];
    assert.deepEqual(await log.missed(room, ADA, "9000000000.000000", 10), { kind: "fork", head });
  });

  test("[DL7] a place that no event has is one that was lost", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(3);
    const missed = await log.missed(room, ADA, justAfter(said[0]), 10);
    assert.deepEqual(missed, { kind: "fork", head: said[2] });
  });

  test("older messages that changed come as they are now", async () => {
    const { sayMany, edit, remove, ...room } = await fresh();
    const [first = START, second = START, third] = await sayMany(3);
    await edit(first, "edited");
    await remove(second);
    assert.deepEqual(await recovered(room, third), { messages: [], changes: [first, second] });
  });

  test("a missed message that changed comes once, as it is now", async () => {
    const { sayMany, edit, ...room } = await fresh();
    const [first, second = START] = await sayMany(2);
    await edit(second, "edited");
    assert.deepEqual(await recovered(room, first), { messages: [second], changes: [] });
    const missed = await room.log.missed(room.room, ADA, first ?? START, 10);
    assert.equal(missed.kind === "recovered" && missed.messages[0]?.message, "edited");
  });

  test("the place of a change is a place like any other", async () => {
    const { say, edit, ...room } = await fresh();
    const change = await edit(await say(), "edited");
    const last = await say("last");
    assert.deepEqual(await recovered(room, change), { messages: [last], changes: [] });
  });

  test("changes count as events", async () => {
    const { log, room, sayMany, edit } = await fresh();
    const [first = START, second] = await sayMany(2);
    for (const text of ["a", "b", "c"]) await edit(first, text);
    assert.equal((await log.missed(room, ADA, second ?? START, 2)).kind, "gone");
  });
}

function happening(fresh: () => Promise<TestRoom>): void {
  test("everything after the start, in order", async () => {
    const { log, room, sayMany } = await fresh();
    const said = await sayMany(3);
    const after = await log.after(room, START, 10);
    assert.ok(after !== "lost");
    assert.deepEqual(ids(after), said);
    assert.ok(after.every(({ type, id, data }) => type === "message" && data.id === id));
  });

  test("as many as asked for, from there on", async () => {
    const { sayMany, ...room } = await fresh();
    const said = await sayMany(6);
    assert.deepEqual(await placesAfter(room, said[1], 3), said.slice(2, 5));
    assert.deepEqual(await placesAfter(room, said[5], 3), []);
  });

  test("nothing in an empty room", async () => {
    assert.deepEqual(await placesAfter(await fresh(), START, 10), []);
  });

  test("[DL7] a place that no event has is one that was lost", async () => {
    const { log, room, sayMany } = await fresh();
    const [first] = await sayMany(2);
    assert.equal(await log.after(room, justAfter(first), 10), "lost");
  });

  test("changes stand where they happened, and bring what the message is now", async () => {
    const { log, room, say, edit, remove } = await fresh();
    const first = await say("first");
    const edited = await edit(first, "edited");
    const second = await say("second");
    const removed = await remove(first);
    const found = await log.after(room, first, 10);
    assert.ok(found !== "lost");
    assert.deepEqual(ids(found), [edited, second, removed]);
    assert.deepEqual(
      found.map(({ type }) => type),
      ["delete", "message", "delete"],
    );
    assert.ok(found.every(({ data }) => data.id !== first || data.deleted === removed));
  });

  test("[DL6] what is read while more is said and changed has no hole", async () => {
    const { log, elsewhere, room, say, sayMany, edit } = await fresh();
    const own = await sayMany(8);
    const first = own.at(-1) ?? START;
    const places: Position[] = [];
    const write = async (message: Position, writer: number) => {
      // Out of step, so that some say something while others change something.
      for (let i = 0; i < writer; i++) await log.isMember(room, ADA);
      for (let i = 0; i < 20; i++) {
        places.push(await say(`text ${i}`));
        places.push(await edit(message, `edit ${i}`));
      }
    };
    const writing = Promise.all(own.map(write));
    const found: Position[] = [];
    const read = async () => {
      const more = await elsewhere.after(room, found.at(-1) ?? first, 500);
      assert.ok(more !== "lost");
      found.push(...ids(more));
      // A log that answers at once must let the writers write.
      await new Promise(setImmediate);
    };
    while (places.length < 8 * 20 * 2) await read();
    await writing;
    await read();
    assert.deepEqual(found, places.toSorted(comparePositions));
  });

  test("the place of a change is a place like any other", async () => {
    const { say, edit, ...room } = await fresh();
    const change = await edit(await say(), "edited");
    const last = await say("last");
    assert.deepEqual(await placesAfter(room, change, 10), [last]);
  });
}

function changing(fresh: () => Promise<TestRoom>): void {
  test("an edit replaces the text, and nothing else", async () => {
    const { say, edit, all } = await fresh();
    const id = await say("before");
    const [before] = await all();
    const change = await edit(id, "after");
    const [now] = await all();
    assert.ok(before && now);
    assert.ok(comparePositions(change, id) > 0);
    assert.deepEqual(lasting(now), lasting(before));
    assert.equal(now.message, "after");
    assert.equal(now.edited, change);
  });

  test("of two edits the later holds", async () => {
    const { say, edit, all } = await fresh();
    const id = await say("before");
    await edit(id, "one");
    const last = await edit(id, "two");
    const [now] = await all();
    assert.equal(now?.message, "two");
    assert.equal(now.edited, last);
  });

  test("a deletion takes the text, and leaves the place", async () => {
    const { say, remove, all } = await fresh();
    const id = await say("secret");
    const change = await remove(id);
    const [now] = await all();
    assert.equal(now?.id, id);
    assert.equal(now.message, "");
    assert.equal(now.deleted, change);
  });

  test("what is deleted stays so: no edit, and a second deletion is the first", async () => {
    const { log, room, say, remove } = await fresh();
    const id = await say("secret");
    const change = await remove(id);
    const edit = await log.change({ by: ADA, room, message: id, text: "back again" });
    assert.deepEqual(edit, { kind: "not-found" });
    assert.equal(await remove(id), change);
    assert.equal(await log.head(room), change);
  });

  const notMine = async (by: number) => {
    const { log, room, say, all } = await fresh();
    const id = await say("mine");
    const changed = await log.change({ by, room, message: id, text: "theirs" });
    assert.deepEqual(changed, { kind: "not-found" });
    const [now] = await all();
    assert.equal(now?.message, "mine");
    assert.equal(await log.head(room), id);
  };

  test("another member cannot change it", () => notMine(BRIN));

  test("[RM1] a stranger cannot change it", () => notMine(STRANGER));

  test("who was removed cannot change it", async () => {
    const { log, room, say, setMember } = await fresh();
    const message = await say("mine");
    await setMember(ADA, false);
    const changed = await log.change({ by: ADA, room, message, text: "later" });
    assert.deepEqual(changed, { kind: "not-found" });
  });

  test("a message that is not there cannot be changed", async () => {
    const { log, room, say } = await fresh();
    const message = justAfter(await say());
    const changed = await log.change({ by: ADA, room, message, text: "nothing" });
    assert.deepEqual(changed, { kind: "not-found" });
  });
}

async function recovered(
  { log, room }: Pick<TestRoom, "log" | "room">,
  since: Position | undefined,
) {
  const missed = await log.missed(room, ADA, since ?? START, 100);
  assert.ok(missed.kind === "recovered", missed.kind);
  return { messages: ids(missed.messages), changes: ids(missed.changes) };
}

async function placesAfter(
  { log, room }: Pick<TestRoom, "log" | "room">,
  since: Position | undefined,
  limit: number,
) {
  const found = await log.after(room, since ?? START, limit);
  assert.ok(found !== "lost");
  return ids(found);
}

/** A place that no event has: the microsecond after one that has. */
function justAfter(id: Position | undefined): Position {
  const [seconds = "0", micros = "0"] = (id ?? START).split(".");
  const next = Number(micros) + 1;
  if (next < 1_000_000) return `${seconds}.${String(next).padStart(6, "0")}`;
  return `${Number(seconds) + 1}.000000`;
}
