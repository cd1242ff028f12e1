/** What is taken from somebody at one server ends at another, on every surface, within a second. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scene } from "#test/revocations/scene.ts";
import { setScene, tick } from "#test/revocations/scene.ts";
import { ALL, look } from "#test/revocations/surfaces.ts";
import type { Surface } from "#test/revocations/surfaces.ts";
import { REVOCATIONS } from "#test/revocations/table.ts";
import type { Revocation } from "#test/revocations/table.ts";
import type { World } from "#test/revocations/world.ts";
import { openWorld } from "#test/revocations/world.ts";
import { Stopwatch } from "#test/support/stopwatch.ts";

const WITHIN_MS = 1_000;
/** Between two looks: whoever speaks is not to be slowed down. */
const EVERY_MS = 200;

interface Outcome {
  /** What was begun so many milliseconds after the answer did not come through any more. */
  readonly endedMs: ReadonlyMap<Surface, number>;
  /** What is open in the end. */
  readonly open: ReadonlySet<Surface>;
}

/** Takes it, and looks at everything until all that must end has ended; then once more. */
async function take(scene: Scene, { act, cells }: Revocation): Promise<Outcome> {
  const open = await look(scene, await tick(scene, "before"));
  assert.deepEqual([...open], ALL, "everything is open at first");
  const answers = await Promise.all(act(scene));
  for (const { status, text } of answers) assert.ok(status < 300, text);
  using stopwatch = new Stopwatch();
  const endedMs = new Map<Surface, number>();
  const ends = ALL.filter((surface) => cells[surface] === "ends");
  for (let n = 1; stopwatch.ms < WITHIN_MS && endedMs.size < ends.length; n++) {
    if (n > 1) await sleep(EVERY_MS);
    const beganMs = stopwatch.ms;
    const found = await look(scene, await tick(scene, `round ${n}`));
    for (const surface of ends) {
      if (!found.has(surface) && !endedMs.has(surface)) endedMs.set(surface, beganMs);
    }
  }
  return { endedMs, open: await look(scene, await tick(scene, "after")) };
}

describe("what is taken from somebody", { concurrency: false }, () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  for (const revocation of REVOCATIONS) {
    describe(`by ${revocation.name}`, () => {
      let scene: Scene;
      let outcome: Outcome;
      before(async () => {
        scene = await setScene(world);
        outcome = await take(scene, revocation);
      });
      after(() => scene[Symbol.asyncDispose]());

      for (const surface of ALL) {
        const cell = revocation.cells[surface];
        if (cell === "ends") {
          test(`[RV1] ends ${surface}, within a second, on another server`, () => {
            const ms = outcome.endedMs.get(surface);
            assert.ok(ms !== undefined && ms <= WITHIN_MS, `ended after ${ms} ms`);
            assert.ok(!outcome.open.has(surface), "and did not come back");
          });
        } else {
          test(`[RV1] leaves ${surface}: ${cell.stays}`, () => {
            assert.ok(outcome.open.has(surface));
          });
        }
      }
    });
  }
});
