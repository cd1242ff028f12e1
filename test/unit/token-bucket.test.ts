/** The token bucket: a burst, then a steady rate, in every window of time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { TokenBucket } from "#server/core/token-bucket.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const rates = fc.record({
  burst: fc.integer({ min: 1, max: 100 }),
  perSecond: fc.integer({ min: 1, max: 1_000 }),
});
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })), {
  maxLength: 120,
});

describe("a token bucket", () => {
  test("gives its burst at once and then one token a time", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, 3, 10);
    assert.deepEqual([bucket.take(), bucket.take(), bucket.take(), bucket.take()], [0, 0, 0, 100]);
    await clock.advance(99);
    assert.equal(bucket.take(), 1);
    await clock.advance(1);
    assert.deepEqual([bucket.take(), bucket.take()], [0, 100]);
  });

  test("a refused take costs nothing", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, 1, 1);
    bucket.take();
    for (let i = 0; i < 50; i++) assert.equal(bucket.take(), 1_000);
    await clock.advance(1_000);
    assert.equal(bucket.take(), 0);
  });

  test("never gives more than burst + rate × time in any window", async () => {
    await fc.assert(
      fc.asyncProperty(rates, pauses, async ({ burst, perSecond }, waits) => {
        const clock = new ManualClock();
        const bucket = new TokenBucket(clock, burst, perSecond);
        const takenAt: number[] = [];
        for (const ms of waits) {
          await clock.advance(ms);
          for (let i = 0; i < 20; i++) if (bucket.take() === 0) takenAt.push(clock.now());
        }
        takenAt.forEach((from, first) => {
          takenAt.slice(first).forEach((to, count) => {
            const most = burst + ((to - from) * perSecond) / 1_000;
            assert.ok(count + 1 <= most + 1e-6, `${count + 1} taken in ${to - from} ms`);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  test("the wait it tells is long enough", async () => {
    await fc.assert(
      fc.asyncProperty(rates, pauses, async ({ burst, perSecond }, waits) => {
        const clock = new ManualClock();
        const bucket = new TokenBucket(clock, burst, perSecond);
        for (const ms of waits) {
          await clock.advance(ms);
          let wait = bucket.take();
          while (wait === 0) wait = bucket.take();
          await clock.advance(wait);
          assert.equal(bucket.take(), 0, `after the ${wait} ms it asked for`);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("a clock that is set back takes no tokens away and gives none", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, 2, 1);
    assert.equal(bucket.take(), 0);
    clock.setBack(3_600_000);
    assert.equal(bucket.take(), 0);
    assert.equal(bucket.take(), 1_000);
    await clock.advance(1_000);
    assert.equal(bucket.take(), 0);
  });

  test("is full when it is as if nobody had ever taken from it", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, 2, 1);
    assert.ok(bucket.isFull);
    bucket.take();
    assert.ok(!bucket.isFull);
    await clock.advance(999);
    assert.ok(!bucket.isFull);
    await clock.advance(1);
    assert.ok(bucket.isFull);
  });
});
