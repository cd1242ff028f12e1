/** The timeline and the other pure parts of the client library. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Message } from "#protocol/message.ts";
import type { MessageEvent, RoomEvent } from "#protocol/events.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import { KlatchError } from "#sdk/error.ts";
import { RETAINED_MAX, RETAINED_MS, Lane } from "#sdk/outbox/lane.ts";
import { Journal, MemoryStore } from "#sdk/outbox/outbox-store.ts";
import type { OutboxStore, Unsent } from "#sdk/outbox/outbox-store.ts";
import { EventStream, STREAM_EVENTS_MAX } from "#sdk/room/event-stream.ts";
import { Timer } from "#sdk/timer.ts";
import { World } from "#test/support/sdk-world.ts";
import { ENTRIES_KEPT, ENTRIES_MAX, Timeline } from "#sdk/room/timeline.ts";

const ME = 1;

/**
 * The message at place `n` of a room; every third is mine, every fifth of another program, without
 * a cid.
 */
function message(n: number, changes: Partial<Message> = {}): Message {
  const from = n % 3 === 0 ? ME : 2;
  const cid = n % 5 === 0 && from !== ME ? "" : `cid-of-${String(n).padStart(6, "0")}`;
  return { from, date: 1_000 + n, message: `m${n}`, roomId: "0", id: place(n), cid, ...changes };
}

const place = (n: number): Position => (n === 0 ? START : `${1_000 + n}.000000`);

function event(n: number): MessageEvent {
  return { type: "message", room: "0", id: place(n), prev: place(n - 1), data: message(n) };
}

function pageOf(from: number, to: number) {
  const messages = Array.from({ length: to - from }, (_, index) => message(from + index));
  const before = from > 1 ? { before: place(from) } : {};
  return { messages, people: [], ...before };
}

function joined(to: number, from = 1) {
  const timeline = new Timeline(() => ME);
  timeline.replace({ state: "limited", position: place(to - 1), ...pageOf(from, to) });
  return timeline;
}

const texts = (timeline: Timeline) => timeline.entries.map(({ text }) => text);

function assertInOrder(timeline: Timeline): void {
  const { entries } = timeline;
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (next !== undefined) assert.ok(comparePositions(entry.id, next.id) < 0);
  }
  assert.equal(new Set(entries.map(({ cid }) => cid)).size, entries.length);
  assert.equal(new Set(entries.map(({ text }) => text)).size, entries.length);
}

test("in whatever order events and acks come, each message is shown once, in order", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("event" as const), n: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant("ack" as const), n: fc.constantFrom(3, 6, 9, 12) }),
    fc.record({ kind: fc.constant("rejoin" as const), n: fc.integer({ min: 1, max: 12 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const timeline = joined(1);
      let at = 0;
      for (const { kind, n } of steps) {
        if (kind === "event") {
          const { is } = timeline.hear(event(n));
          assert.equal(is, n <= at ? "known" : n === at + 1 ? "applied" : "gap");
          if (is === "applied") at = n;
        } else if (kind === "ack") timeline.confirm(message(n));
        else if (n > at) {
          const added = timeline.recover({
            state: "recovered",
            position: place(n),
            messages: pageOf(at + 1, n + 1).messages,
            people: [],
          });
          assert.ok(added.length <= n - at);
          at = n;
        }
        assertInOrder(timeline);
        assert.equal(timeline.position, place(at));
        const heard = texts(timeline).slice(0, at);
        assert.deepEqual(
          heard,
          pageOf(1, at + 1).messages.map((one) => one.message),
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test("pages of any size put together are the whole room", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (total, size) => {
      const timeline = joined(total + 1, Math.max(1, total + 1 - size));
      for (let from = total + 1 - size; from > 1; from -= size) {
        assert.equal(timeline.before, place(from));
        timeline.prepend(pageOf(Math.max(1, from - size), from));
        assertInOrder(timeline);
      }
      assert.equal(timeline.before, undefined);
      assert.deepEqual(
        texts(timeline),
        pageOf(1, total + 1).messages.map((one) => one.message),
      );
    }),
  );
});

test("a message accepted again moves to its new place and keeps its key", () => {
  const timeline = joined(5);
  const moved = message(3, { id: place(5) });
  timeline.hear({ ...event(5), data: moved });
  assert.deepEqual(texts(timeline), ["m1", "m2", "m4", "m3"]);
  assertInOrder(timeline);
});

test("an older copy on a page changes nothing", () => {
  const timeline = joined(8, 6);
  timeline.hear({ ...event(8), data: message(3, { id: place(8) }) });
  timeline.prepend(pageOf(1, 6));
  assert.deepEqual(texts(timeline), ["m1", "m2", "m4", "m5", "m6", "m7", "m3"]);
});

test("an acknowledgement from before the first line is not shown beside it", () => {
  const timeline = joined(9, 6);
  timeline.confirm(message(3));
  assert.deepEqual(texts(timeline), ["m6", "m7", "m8"]);
});

test("nothing is heard before the first join", () => {
  assert.deepEqual(new Timeline(() => ME).hear(event(1)), { is: "gap" });
});

test("memory is bounded: the oldest lines go, and history can bring them back", () => {
  const timeline = joined(1);
  for (let n = 1; n <= ENTRIES_MAX; n++) timeline.hear(event(n));
  assert.equal(timeline.trim(), false);
  timeline.hear(event(ENTRIES_MAX + 1));
  assert.equal(timeline.trim(), true);
  assert.equal(timeline.entries.length, ENTRIES_KEPT);
  assert.equal(timeline.before, timeline.entries[0]?.id);
});

const unsent = (n: number): Unsent => ({ cid: `cid-${n}`, room: "0", text: `t${n}`, at: n });

test("acknowledged messages are kept for a fork: the last 64, for 10 minutes", () => {
  const lane = new Lane("0", () => ME, new Timer(new World().environment()));
  for (let n = 1; n <= 100; n++) lane.retain(unsent(n), place(n), n);
  const nowhere = { after: START, isThere: () => false };
  assert.deepEqual(lane.resend({ now: RETAINED_MS + 101, ...nowhere }), []);
  const there = new Set(["cid-99"]);
  const isThere = (cid: string) => there.has(cid);
  const lost = lane.resend({ now: RETAINED_MS, after: place(95), isThere });
  assert.deepEqual(
    lost.map(({ cid }) => cid),
    ["cid-96", "cid-97", "cid-98", "cid-100"],
  );
  const rest = lane.resend({ now: 101, ...nowhere });
  assert.equal(rest.length, RETAINED_MAX - 4);
  assert.deepEqual(lane.unsent.map(({ at }) => at).slice(-4), [96, 97, 98, 100]);
});

test("a store hears one call at a time, in order, and its failures stay with it", async () => {
  const calls: string[] = [];
  let running = 0;
  const slow = async (name: string) => {
    assert.equal(running++, 0);
    await Promise.resolve();
    calls.push(name);
    running--;
    if (name === "put cid-1") throw new Error("The disk is full.");
  };
  const store: OutboxStore = {
    load: async () => {
      await slow("load");
      return [unsent(3), unsent(2)];
    },
    put: (_, { cid }) => slow(`put ${cid}`),
    remove: (_, cid) => slow(`remove ${cid}`),
  };
  const journal = new Journal(store);
  journal.put("ada", unsent(1));
  journal.remove("ada", "cid-1");
  journal.put("ada", unsent(2));
  assert.deepEqual(await journal.load("ada"), [unsent(2), unsent(3)]);
  assert.deepEqual(calls, ["put cid-1", "remove cid-1", "put cid-2", "load"]);
});

test("the memory store keeps owners apart and replaces by cid", async () => {
  const store = new MemoryStore();
  await store.put("ada", unsent(1));
  await store.put("ada", { ...unsent(1), text: "changed" });
  await store.put("brin", unsent(2));
  assert.deepEqual(await store.load("ada"), [{ ...unsent(1), text: "changed" }]);
  await store.remove("ada", "cid-1");
  await store.remove("nobody", "cid-1");
  assert.deepEqual(await store.load("ada"), []);
  assert.deepEqual(await store.load("brin"), [unsent(2)]);
});

test("an event stream hands out what is pushed, before and after being asked", async () => {
  const ended: EventStream[] = [];
  const stream = new EventStream((one) => ended.push(one));
  stream.push(event(1));
  const heard: RoomEvent[] = [];
  const reading = (async () => {
    for await (const one of stream) {
      heard.push(one);
      if (heard.length === 3) break;
    }
  })();
  stream.push(event(2));
  await Promise.resolve();
  stream.push(event(3));
  await reading;
  assert.deepEqual(
    heard.map(({ id }) => id),
    [place(1), place(2), place(3)],
  );
  assert.deepEqual(ended, [stream]);
  stream.push(event(4));
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
});

test("a reader that falls too far behind is told so, after what was kept for it", async () => {
  const stream = new EventStream(() => undefined);
  for (let n = 1; n <= STREAM_EVENTS_MAX + 5; n++) stream.push(event(n));
  let read = 0;
  await assert.rejects(
    async () => {
      for await (const _ of stream) read++;
    },
    (error) => error instanceof KlatchError && error.code === "busy",
  );
  assert.equal(read, STREAM_EVENTS_MAX);
});
