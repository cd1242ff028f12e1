/** The operator's switch without news, and the figures of few. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ChatError } from "#server/core/chat-error.ts";
import type { Session } from "#server/core/people/accounts.ts";
import { Operator } from "#server/stranger/safety/operator.ts";
import type { ReportShelf, SafetyStore } from "#server/stranger/safety/safety-store.ts";
import { CLOSED, Switch } from "#server/stranger/safety/switch.ts";
import { Strangers } from "#server/stranger/strangers.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

// oxlint-disable-next-line no-unsafe-type-assertion -- because nothing else of it is looked at
const ADMIN = { role: "admin", user: { id: 1, username: "Olga" } } as Session;

function world() {
  const clock = new ManualClock();
  const kept = { isOpen: true, isAway: false };
  const strangers = new Strangers();
  strangers.open("start");
  const errors: string[] = [];
  // oxlint-disable-next-line no-unsafe-type-assertion -- because no other part of it is used
  const shelf = {
    isOpen: async () => {
      if (kept.isAway) throw new ChatError("unavailable", "");
      return kept.isOpen;
    },
    setOpen: async (isOpen: boolean) => {
      kept.isOpen = isOpen;
    },
    count: async () => 0,
  } as unknown as ReportShelf;
  const theSwitch = new Switch({
    shelf,
    strangers,
    tell: async () => Promise.reject(new Error("away")),
    clock,
    onError: (_, where) => errors.push(where),
  });
  return { clock, kept, strangers, shelf, theSwitch, errors };
}

describe("the switch of strangers", () => {
  test("[SF13] a server that missed the news follows within 15 seconds", async () => {
    const { clock, kept, strangers, theSwitch } = world();
    await theSwitch.start();
    assert.deepEqual(strangers.state(), { open: true });
    kept.isOpen = false;
    await clock.advance(15_000);
    assert.deepEqual(strangers.state(), { open: false, reason: CLOSED });
    kept.isOpen = true;
    await clock.advance(15_000);
    assert.deepEqual(strangers.state(), { open: true });
    theSwitch.stop();
    assert.equal(clock.timers, 0);
  });

  test("[SF13] it stays as it is while that cannot be read, and is set though nobody hears", async () => {
    const { clock, kept, strangers, theSwitch, errors } = world();
    await theSwitch.start();
    await theSwitch.set(false);
    kept.isAway = true;
    await clock.advance(60_000);
    assert.equal(strangers.state().open, false);
    assert.ok(errors.length > 1);
    theSwitch.stop();
  });
});

describe("the figures of strangers", () => {
  for (const [waits, told] of [
    [4, undefined],
    [5, [3, 5]],
    [6, [3, 6]],
    [50, [25, 48]],
  ] as const) {
    test(`[SF12] of ${waits} waits ${told === undefined ? "nothing is told" : "the median is"}`, async () => {
      const { clock, strangers, shelf, theSwitch } = world();
      await theSwitch.start();
      const figures = {
        load: async () => ({ waiting: 1, talking: 2 }),
        counts: async () =>
          new Map([
            ["pairs", 3],
            ["end:no-show", 1],
            ["end:left", 2],
          ]),
        waits: async () => Array.from({ length: waits }, (_, at) => waits - at),
      };
      // oxlint-disable-next-line no-unsafe-type-assertion -- because no other part of it is used
      const store = { bans: async () => [] } as unknown as SafetyStore;
      const there = { store, figures };
      const operator = new Operator({ strangers, theSwitch, shelf, there, clock });
      const { waitP50, waitP95, ends, pairs } = await operator.figures(ADMIN);
      assert.deepEqual([waitP50, waitP95], told ?? [undefined, undefined]);
      assert.deepEqual([pairs, ends], [3, { left: 2 }]);
      theSwitch.stop();
    });
  }

  test("[SF12] without a Redis that forgets there is nothing to see, and nobody to ban", async () => {
    const { clock, strangers, shelf, theSwitch } = world();
    await theSwitch.start();
    const operator = new Operator({ strangers, theSwitch, shelf, there: undefined, clock });
    const nothing = { open: true, waiting: 0, talking: 0, pairs: 0, ends: {} };
    assert.deepEqual(await operator.figures(ADMIN), { ...nothing, openReports: 0, bans: 0 });
    assert.deepEqual(await operator.bans(ADMIN), { bans: [] });
    await assert.rejects(operator.lift(ADMIN, "x"), { code: "not-found" });
    theSwitch.stop();
  });
});
