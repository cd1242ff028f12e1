/** The gatherer: one frame a tick, fewer and larger ones where handing out takes long. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoomEvent } from "#protocol/events.ts";
import { Gatherer } from "#server/core/delivery/gatherer.ts";
import { FakeMessageLog } from "#test/support/fake-message-log.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

/** A gatherer whose frames take `handOutMs` each. */
function gather(handOutMs: number) {
  const clock = new ManualClock();
  const log = new FakeMessageLog();
  const frames: number[] = [];
  const gatherer = new Gatherer(clock, (events: readonly RoomEvent[]) => {
    frames.push(events.length);
    clock.setBack(-handOutMs);
  });
  const say = (count: number) => {
    for (let n = 0; n < count; n++) gatherer.add([log.say("0")]);
  };
  return { clock, frames, say };
}

describe("the gatherer", () => {
  test("[HB1] makes one frame of a tick's events", () => {
    const { clock, frames, say } = gather(0);
    say(3);
    clock.endTick();
    say(2);
    clock.endTick();
    assert.deepEqual(frames, [3, 2]);
  });

  test("[HB4] lets a busy room rest for as long as its last frame took", async () => {
    const { clock, frames, say } = gather(20);
    say(2);
    clock.endTick();
    say(1);
    clock.endTick();
    await clock.advance(19);
    say(4);
    assert.deepEqual(frames, [2]);
    await clock.advance(1);
    assert.deepEqual(frames, [2, 5]);
    await clock.advance(20);
    say(1);
    clock.endTick();
    assert.deepEqual(frames, [2, 5, 1]);
  });

  test("[HB4] never lets anything wait for longer than 50 ms, also when the clock is set back", async () => {
    const { clock, frames, say } = gather(10_000);
    say(2);
    clock.endTick();
    clock.setBack(3_600_000);
    say(1);
    await clock.advance(50);
    assert.deepEqual(frames, [2, 1]);
  });

  test("[HB4] one event alone never makes the next one wait", () => {
    const { clock, frames, say } = gather(20);
    for (let n = 0; n < 3; n++) {
      say(1);
      clock.endTick();
    }
    assert.deepEqual(frames, [1, 1, 1]);
  });
});
