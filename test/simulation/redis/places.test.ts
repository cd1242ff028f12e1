/** Places are given once: by one clock whatever is lost, and by clocks that are set back but for a coincidence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { comparePositions } from "#protocol/position.ts";
import type { ModelBug } from "#test/simulation/seeded-bugs.ts";
import { ModelRedis } from "./model-redis.ts";

const ROOM = "0";
const ADA = 1;

type Step =
  | { readonly act: "say"; readonly afterUs: number }
  | { readonly act: "step the clock"; readonly byUs: number }
  /** Redis dies, loses so many writes, and is back after a while. */
  | { readonly act: "lose"; readonly writes: number; readonly downUs: number };

const say: fc.Arbitrary<Step> = fc.record({
  act: fc.constant("say" as const),
  afterUs: fc.oneof(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 20, max: 40_000_000 })),
});
const lose: fc.Arbitrary<Step> = fc.record({
  act: fc.constant("lose" as const),
  writes: fc.nat({ max: 8 }),
  downUs: fc.integer({ min: 1_000, max: 9_000_000 }),
});
const stepClock: fc.Arbitrary<Step> = fc.record({
  act: fc.constant("step the clock" as const),
  byUs: fc.integer({ min: -3_600_000_000, max: 3_600_000_000 }),
});

/** Plays the steps on a room that begins `aheadUs` ahead of the clock; gives all places in order of giving. */
function play(steps: readonly Step[], aheadUs: number, bug?: ModelBug): readonly string[] {
  let now = 1_800_000_000_000_000;
  const redis = new ModelRedis({ micros: () => now, publish: () => undefined, bug });
  redis.write({ kind: "member", room: ROOM, user: ADA, holds: true });
  const given: string[] = [];
  const append = () => {
    const draft = { from: ADA, room: ROOM, cid: `cid-${given.length}`, text: "hello" };
    const appended = redis.append(draft);
    assert.ok(appended.kind === "stored");
    given.push(appended.id);
  };
  now += aheadUs;
  append();
  now -= aheadUs;
  append();
  const least = redis.written;
  for (const step of steps) {
    switch (step.act) {
      case "say":
        now += step.afterUs;
        append();
        break;
      case "step the clock":
        now += step.byUs;
        break;
      case "lose":
        now += step.downUs;
        redis.reload(Math.max(least, redis.written - step.writes));
        break;
    }
  }
  return given;
}

const isGivenTwice = (places: readonly string[]) => new Set(places).size < places.length;

test("[DL2] one clock never gives a place twice, and none below one that was lost", () => {
  const steps = fc.array(fc.oneof({ arbitrary: say, weight: 4 }, lose), { maxLength: 40 });
  const aheadUs = fc.nat({ max: 3_600_000_000 });
  const property = fc.property(steps, aheadUs, (all, ahead) => {
    const places = play(all, ahead);
    assert.deepEqual(places.toSorted(comparePositions), places);
    assert.ok(!isGivenTwice(places));
  });
  fc.assert(property, { seed: 2027, numRuns: 2_000 });
});

test("[DL2] a clock that is set back around losses gives no place twice in 2,000 rooms", () => {
  const all = fc.oneof({ arbitrary: say, weight: 4 }, lose, stepClock);
  const property = fc.property(fc.array(all, { maxLength: 40 }), (steps) => {
    assert.ok(!isGivenTwice(play(steps, 0)));
  });
  fc.assert(property, { seed: 2027, numRuns: 2_000 });
});

test("places that only count on are given twice, which is found", () => {
  const steps: readonly Step[] = [
    { act: "say", afterUs: 1_000 },
    { act: "lose", writes: 1, downUs: 1_000_000 },
    { act: "say", afterUs: 1_000 },
  ];
  assert.ok(isGivenTwice(play(steps, 3_600_000_000, "ids-count-on")));
  assert.ok(!isGivenTwice(play(steps, 3_600_000_000)));
});
