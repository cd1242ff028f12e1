/** Whole worlds of servers and clients over a Redis that breaks: none breaks a law of delivery. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runWorlds } from "#test/simulation/run/pool.ts";
import { SEEDED_BUGS } from "#test/simulation/seeded-bugs.ts";

const THREADS = 2;
const WORLDS = 2_000;
/** Of these each is run twice. */
const TWICE = 500;
/** A planted mistake must show within so many worlds. */
const BUG_WORLDS = 500;

test("[DL1] [DL3] [DL6] [DL7] [DL8] 2,000 worlds keep every law, and replay exactly", async () => {
  const report = await runWorlds({ seed: 1, worlds: WORLDS, threads: THREADS, twice: TWICE });
  const failures = report.failures.map(({ seed, violations }) => `${seed}: ${violations[0]}`);
  assert.deepEqual(failures, []);
  assert.equal(report.worlds, WORLDS);
  assert.ok(report.acknowledged > 20 * WORLDS);
  for (const [fault, count] of Object.entries(report.faults)) {
    assert.ok(count >= WORLDS / 100, `${fault} struck only ${count} times`);
  }
});

describe("a planted mistake is found", () => {
  for (const bug of SEEDED_BUGS) {
    test(bug.name, async () => {
      const options = { seed: 1, worlds: BUG_WORLDS, threads: 1, bug, isHasty: true };
      const { failures } = await runWorlds(options);
      assert.ok(failures.length > 0, `${BUG_WORLDS} worlds did not show it`);
    });
  }
});
