/** Typing: passed on at most so often, for each person in each room. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { Typing } from "#server/core/rooms/typing.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const ADA = { id: 1, username: "Ada" };
const BRIN = { id: 2, username: "Brin" };

function open() {
  const bus = new FakeBus();
  const clock = new ManualClock();
  const blocks = { unheardBy: () => Promise.resolve(new Set<number>()) };
  return { bus, clock, typing: new Typing({ bus, clock, blocks }) };
}

for (const [extra, count] of [
  [-1, 1],
  [0, 2],
  [1, 2],
] as const) {
  const ms = LIMITS.typingEveryMs + extra;
  test(`[TY1] typing again after ${ms} ms is ${count === 2 ? "told" : "not told"}`, async () => {
    const { bus, clock, typing } = open();
    await typing.type(ADA, "0");
    await clock.advance(ms);
    await typing.type(ADA, "0");
    assert.equal(bus.published.length, count);
  });
}

test("[TY1] another person, and another room, are told at once", async () => {
  const { bus, typing } = open();
  await typing.type(ADA, "0");
  await typing.type(BRIN, "0");
  await typing.type(ADA, "7");
  assert.deepEqual(
    bus.published.map(({ topic }) => topic),
    ["room:0", "room:0", "room:7"],
  );
});
