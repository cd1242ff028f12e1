/** The broadcast: one encoding for all who hear a room, in frames as RFC 6455 has them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Broadcast } from "#server/realtime/broadcast.ts";
import type { Listener } from "#server/realtime/broadcast.ts";
import { textFrame } from "#server/realtime/text-frame.ts";
import { FakeMessageLog } from "#test/support/fake-message-log.ts";

function listen(expectsAnswer = false) {
  const frames: Buffer[] = [];
  const steps: string[] = [];
  const listener: Listener = {
    user: 1,
    expectsAnswer,
    write: (frame) => {
      frames.push(frame);
      steps.push("write");
    },
    hold: () => void steps.push("hold"),
    release: () => void steps.push("release"),
  };
  return { frames, steps, listener };
}

describe("a frame", () => {
  for (const [length, header] of [
    [0, "8100"],
    [125, "817d"],
    [126, "817e007e"],
    [65_535, "817effff"],
    [65_536, "817f0000000000010000"],
  ] as const) {
    test(`of ${length} bytes says its length`, () => {
      const frame = textFrame("x".repeat(length));
      assert.equal(frame.subarray(0, frame.length - length).toString("hex"), header);
      assert.equal(frame.subarray(frame.length - length).toString(), "x".repeat(length));
    });
  }

  test("counts bytes, not characters", () => {
    const frame = textFrame("é👍");
    assert.equal(frame[1], 6);
    assert.equal(frame.subarray(2).toString(), "é👍");
  });
});

describe("the broadcast", () => {
  const log = new FakeMessageLog();

  test("writes the same bytes to all who hear the room, and nothing to others", () => {
    const broadcast = new Broadcast();
    const [one, two, other, gone] = [listen(), listen(), listen(), listen()];
    broadcast.enter("0", one.listener);
    broadcast.enter("0", two.listener);
    broadcast.enter("7", other.listener);
    broadcast.enter("0", gone.listener);
    broadcast.exit("0", gone.listener);
    const event = log.say("0", "hello");
    broadcast.tell("0", [event]);
    assert.equal(one.frames[0], two.frames[0]);
    const packet = one.frames[0]?.subarray(4).toString();
    assert.equal(packet, `42/chat,["events",${JSON.stringify([event])}]`);
    assert.deepEqual([other.frames, gone.frames], [[], []]);
  });

  test("keeps together what it writes to a sender and the answer that follows from it", async () => {
    const broadcast = new Broadcast();
    const sender = listen(true);
    broadcast.enter("0", sender.listener);
    const answered = Promise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(() => sender.steps.push("answer"));
    broadcast.tell("0", [log.say("0")]);
    await answered;
    await turn();
    assert.deepEqual(sender.steps, ["hold", "write", "answer", "release"]);
  });
});
