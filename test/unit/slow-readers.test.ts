/** Slow readers: up to a bound and for a while they are waited for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { SlowReaders } from "#server/realtime/slow-readers.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

function open() {
  const clock = new ManualClock();
  const slow = new SlowReaders(clock);
  const queue = { waiting: 0, isCut: false };
  const unwatch = slow.watch({
    bytes: () => queue.waiting,
    cut: () => {
      queue.isCut = true;
    },
  });
  return { clock, slow, queue, unwatch };
}

for (const [extra, isCut] of [
  [-1, false],
  [0, false],
  [1, true],
] as const) {
  const bytes = LIMITS.queueBytesMax + extra;
  test(`[ES6] with ${bytes} bytes waiting a reader is ${isCut ? "cut off" : "kept"}`, () => {
    const { slow, queue } = open();
    queue.waiting = bytes;
    slow.look();
    assert.equal(queue.isCut, isCut);
  });

  const ms = LIMITS.behindMs + extra;
  test(`[ES6] after ${ms} ms with something waiting a reader is ${isCut ? "cut off" : "kept"}`, async () => {
    const { clock, slow, queue } = open();
    queue.waiting = 1;
    slow.look();
    await clock.advance(ms);
    slow.look();
    assert.equal(queue.isCut, isCut);
  });
}

test("who has taken everything in between starts anew", async () => {
  const { clock, slow, queue } = open();
  queue.waiting = 1;
  slow.look();
  await clock.advance(LIMITS.behindMs);
  queue.waiting = 0;
  slow.look();
  queue.waiting = 1;
  await clock.advance(LIMITS.behindMs);
  slow.look();
  assert.equal(queue.isCut, false);
});

test("it looks by itself, and not at who is gone", async () => {
  const { clock, slow, queue, unwatch } = open();
  slow.start();
  queue.waiting = LIMITS.queueBytesMax + 1;
  unwatch();
  await clock.advance(1_000);
  assert.equal(queue.isCut, false);
  slow.watch({ bytes: () => queue.waiting, cut: () => (queue.isCut = true) });
  await clock.advance(1_000);
  assert.equal(queue.isCut, true);
  slow.stop();
});
