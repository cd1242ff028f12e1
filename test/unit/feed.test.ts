/** The feed: whatever the bus loses, repeats or reorders, the log is delivered once, in order. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import type { MessageEvent, RoomEvent } from "#protocol/events.ts";
import { START } from "#protocol/position.ts";
import { Feed } from "#server/core/delivery/feed.ts";
import { FakeMessageLog } from "#test/support/fake-message-log.ts";

const ROOM = "0";

/** A feed that begins where its log ends, and what came out of it. */
class World {
  readonly log: FakeMessageLog;
  readonly delivered: RoomEvent[] = [];
  readonly forks: string[] = [];
  readonly feed: Feed;
  readonly #startsAt: number;

  constructor(log = new FakeMessageLog()) {
    this.log = log;
    const messages = log.messages(ROOM);
    this.#startsAt = messages.length;
    this.feed = new Feed(messages.at(-1)?.id ?? START, {
      room: ROOM,
      log,
      deliver: (events) => void this.delivered.push(...events),
      onFork: (room) => void this.forks.push(room),
    });
  }

  say(count = 1): readonly MessageEvent[] {
    return Array.from({ length: count }, () => this.log.say(ROOM));
  }

  /** Delivered is the log from the start of the feed, once, each event naming the one before. */
  assertWhole(): void {
    const messages = this.log.messages(ROOM).slice(this.#startsAt);
    let prev = this.log.messages(ROOM)[this.#startsAt - 1]?.id ?? START;
    assert.deepEqual(
      this.delivered.map(({ id }) => id),
      messages.map(({ id }) => id),
    );
    for (const event of this.delivered) {
      assert.equal(event.prev, prev);
      prev = event.id;
    }
    assert.deepEqual(this.forks, []);
    assert.equal(this.feed.position, prev);
  }
}

describe("[DL6] a feed", () => {
  test("delivers at once what comes next, without asking the log", () => {
    const world = new World();
    for (const event of world.say(3)) world.feed.accept(event);
    world.assertWhole();
    assert.equal(world.log.asked, 0);
  });

  test("drops what it delivered before", async () => {
    const world = new World();
    const events = world.say(3);
    for (const event of [...events, ...events, ...events.toReversed()]) world.feed.accept(event);
    await turn();
    world.assertWhole();
    assert.equal(world.log.asked, 0);
  });

  test("reads a gap from the log before it delivers anything else", async () => {
    const world = new World();
    const [first, , third, fourth] = world.say(4);
    world.log.isHeld = true;
    for (const event of [first, third, fourth]) if (event) world.feed.accept(event);
    await turn();
    assert.equal(world.delivered.length, 1);
    assert.equal(world.log.reads.length, 1);
    world.log.reads.shift()?.answer();
    await turn();
    world.assertWhole();
  });

  test("a gap of many pages is read to its end", async () => {
    const world = new World();
    const last = world.say(1_203).at(-1);
    if (last) world.feed.accept(last);
    await turn();
    world.assertWhole();
    assert.equal(world.log.asked, 3);
  });

  test("a failed read loses nothing: the next event, or a check, reads it again", async () => {
    const world = new World();
    const [, second, third] = world.say(3);
    world.log.isHeld = true;
    if (second) world.feed.accept(second);
    world.log.reads.shift()?.fail();
    await turn();
    assert.deepEqual(world.delivered, []);
    world.log.isHeld = false;
    if (third) world.feed.accept(third);
    await turn();
    world.assertWhole();
  });

  test("a check finds what was lost without a trace, and rejects without the log", async () => {
    const world = new World();
    world.say(5);
    world.log.isHeld = true;
    const failing = world.feed.check();
    await turn();
    world.log.reads.shift()?.fail();
    await assert.rejects(failing, /away/u);
    world.log.isHeld = false;
    await world.feed.check();
    world.assertWhole();
    await world.feed.check();
    world.assertWhole();
  });

  test("what is heard in any moment of a repair is delivered", async () => {
    for (let moment = 0; moment < 12; moment++) {
      const world = new World();
      const [, second] = world.say(2);
      world.log.isHeld = true;
      if (second) world.feed.accept(second);
      world.log.reads.shift()?.answer();
      for (let i = 0; i < moment; i++) await Promise.resolve();
      world.log.isHeld = false;
      for (const event of world.say(1)) world.feed.accept(event);
      await turn();
      world.assertWhole();
    }
  });

  test("a check does not rest on a repair that read the log before", async () => {
    const world = new World();
    const [, second] = world.say(2);
    world.log.isHeld = true;
    if (second) world.feed.accept(second);
    world.log.reads.shift()?.answer();
    world.log.isHeld = false;
    world.say(1);
    await world.feed.check();
    world.assertWhole();
  });

  test("a check that the bus has overtaken finds what is missing, and no fork", async () => {
    const world = new World();
    const [first] = world.say(2);
    world.log.isHeld = true;
    const checking = world.feed.check();
    await turn();
    if (first) world.feed.accept(first);
    world.log.isHeld = false;
    world.log.reads.shift()?.answer();
    await checking;
    world.assertWhole();
  });

  test("events that were heard before it began, and are in its start, are no fork", async () => {
    const log = new FakeMessageLog();
    const early = [log.say(ROOM), log.say(ROOM), log.say(ROOM)];
    const world = new World(log);
    for (const event of early) world.feed.accept(event);
    await turn();
    world.assertWhole();
    for (const event of world.say(2)) world.feed.accept(event);
    world.assertWhole();
  });

  test("events that come long after they were read from the log are no fork", async () => {
    const world = new World();
    const events = world.say(3_000);
    await world.feed.check();
    for (const event of events) world.feed.accept(event);
    await turn();
    for (const event of world.say(3)) world.feed.accept(event);
    world.assertWhole();
    assert.ok(world.log.asked < 50, `${world.log.asked} questions to the log`);
  });

  test("more than it holds during a repair is delivered by a check at the latest", async () => {
    const world = new World();
    const events = world.say(2_500);
    world.log.isHeld = true;
    for (const event of events.slice(1)) world.feed.accept(event);
    world.log.isHeld = false;
    world.log.reads.shift()?.answer();
    await turn();
    await world.feed.check();
    world.assertWhole();
  });
});

/** What can happen between a log, a bus and a feed; `at` picks one of several. */
type Step =
  | { readonly do: "say" | "check" | "turn" | "microtask" }
  | { readonly do: "hear" | "hearAgain" | "lose" | "answer" | "fail"; readonly at: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("say", "say", "check", "turn", "microtask") }),
  fc.record({
    do: fc.constantFrom("hear", "hear", "hearAgain", "lose", "answer", "answer", "fail"),
    at: fc.nat(),
  }),
);

describe("[DL6] a feed under any interleaving", () => {
  const steps = fc.array(step, { maxLength: 80 });
  const early = fc.integer({ min: 0, max: 3 });

  test("of loss, repetition, reordering and failures delivers the log, once", async () => {
    await fc.assert(
      fc.asyncProperty(early, steps, async (before, todo) => {
        const log = new FakeMessageLog();
        const inFlight = Array.from({ length: before }, () => log.say(ROOM));
        const world = new World(log);
        log.isHeld = true;
        for (const each of todo) await take(world, each, inFlight);
        log.isHeld = false;
        while (log.reads.length > 0) {
          log.reads.shift()?.answer();
          await turn();
        }
        await turn();
        await world.feed.check();
        world.assertWhole();
      }),
      { numRuns: 1_000 },
    );
  });

  test("nothing that was heard is lost without a check, if the log never fails", async () => {
    const calm = steps.map((all) => all.filter(({ do: what }) => what !== "fail"));
    await fc.assert(
      fc.asyncProperty(calm, async (todo) => {
        const log = new FakeMessageLog();
        const inFlight: MessageEvent[] = [];
        const world = new World(log);
        log.isHeld = true;
        for (const each of todo) {
          if (each.do !== "lose" && each.do !== "check") await take(world, each, inFlight);
        }
        for (const event of inFlight) world.feed.accept(event);
        log.isHeld = false;
        while (log.reads.length > 0) {
          log.reads.shift()?.answer();
          await turn();
        }
        await turn();
        world.assertWhole();
      }),
      { numRuns: 1_000 },
    );
  });
});

async function take(world: World, todo: Step, inFlight: MessageEvent[]): Promise<void> {
  const { log, feed } = world;
  switch (todo.do) {
    case "say":
      inFlight.push(...world.say());
      return;
    case "check":
      // Rejects where the log is away; the next one looks again.
      feed.check().catch(() => undefined);
      return;
    case "turn":
      await turn();
      return;
    case "microtask":
      await Promise.resolve();
      return;
    case "lose":
      inFlight.splice(todo.at % (inFlight.length + 1), 1);
      return;
    case "hear":
    case "hearAgain": {
      const at = todo.at % (inFlight.length + 1);
      const event = inFlight[at];
      if (event === undefined) return;
      feed.accept(event);
      if (todo.do === "hear") inFlight.splice(at, 1);
      return;
    }
    case "answer":
      log.reads.splice(todo.at % (log.reads.length + 1), 1)[0]?.answer();
      return;
    case "fail":
      log.reads.splice(todo.at % (log.reads.length + 1), 1)[0]?.fail();
  }
}

describe("[DL7] an event that fits nowhere", () => {
  test("is a fork, told once with the head of the log; the feed goes on from there", async () => {
    const world = new World();
    for (const event of world.say(3)) world.feed.accept(event);
    const shown = world.feed.position;
    world.log.lose(ROOM, 2);
    const [after, next] = world.say(2);
    if (after) world.feed.accept(after);
    await turn();
    assert.deepEqual(world.forks, [ROOM]);
    const fork = { type: "fork", room: ROOM, id: next?.id, prev: shown, data: null };
    assert.deepEqual(world.delivered.at(-1), fork);
    if (next) world.feed.accept(next);
    for (const event of world.say(1)) world.feed.accept(event);
    await turn();
    assert.equal(world.feed.position, world.log.messages(ROOM).at(-1)?.id);
    assert.deepEqual(world.forks, [ROOM]);
  });

  test("is a fork too when the clock of the log was set back", async () => {
    const world = new World();
    for (const event of world.say(3)) world.feed.accept(event);
    world.log.lose(ROOM, 2);
    world.log.setBack(2);
    const again = world.say(1);
    // The same id for another message cannot be told from a repetition; the head behind it can.
    for (const event of again) world.feed.accept(event);
    await world.feed.check();
    assert.deepEqual(world.forks, [ROOM]);
    assert.equal(world.feed.position, world.log.messages(ROOM).at(-1)?.id);
  });

  test("a head behind what was shown is a fork, found by a check", async () => {
    const world = new World();
    for (const event of world.say(3)) world.feed.accept(event);
    world.log.lose(ROOM, 3);
    await world.feed.check();
    assert.deepEqual(world.forks, [ROOM]);
    assert.equal(world.feed.position, START);
    for (const event of world.say(2)) world.feed.accept(event);
    assert.equal(world.feed.position, world.log.messages(ROOM).at(-1)?.id);
  });

  test("an unknown event from before is a fork if the log has lost its end", async () => {
    const world = new World();
    for (const event of world.say(600)) world.feed.accept(event);
    world.log.lose(ROOM, 599);
    world.log.setBack(599);
    const [event] = world.say(1);
    assert.ok(event);
    world.feed.accept(event);
    await turn();
    assert.deepEqual(world.forks, [ROOM]);
    assert.equal(world.feed.position, event.id);
  });
});
