/** What strangers may send: as much as the limits say, and nothing more. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { strangerShapes } from "#server/shapes/stranger-shapes.ts";

const text = (bytes: number) => "A".repeat(Math.ceil((bytes * 4) / 3));
const PAIR = text(16);
const MARK = text(32);
/** What sealing adds to a text. */
const TAG_BYTES = 16;

const search = (interests: readonly string[]) =>
  strangerShapes.search.safeParse({ interests, language: "any" }).success;
const relay = (boxBytes: number) => {
  const frame = { kind: "line", epoch: 0, seq: 0, box: text(boxBytes), mark: MARK };
  return strangerShapes.relay.safeParse({ pair: PAIR, frame }).success;
};
const report = (lines: number, plainBytes = 3) => {
  const line = { from: 0, plain: text(plainBytes), mark: MARK, stamp: { at: 1, mac: MARK } };
  const excerpt = Array.from({ length: lines }, () => line);
  return strangerShapes.report.safeParse({ pair: PAIR, reason: "spam", excerpt }).success;
};

/** One below the bound, at it, and one above. */
const around = (most: number, isTaken: (size: number) => boolean) =>
  assert.deepEqual([most - 1, most, most + 1].map(isTaken), [true, true, false]);

describe("what strangers may send", () => {
  test("[LI2] interests, and characters of each", () => {
    around(LIMITS.interestsMax, (count) => search(Array.from({ length: count }, () => "chess")));
    around(LIMITS.interestCharsMax, (chars) => search(["x".repeat(chars)]));
    assert.ok(!search([""]));
  });

  test("[LI2] sealed frames of whole steps, up to the most", () => {
    around(LIMITS.sealedStepsMax, (steps) => relay(steps * LIMITS.sealedStepBytes + TAG_BYTES));
    assert.ok(!relay(LIMITS.sealedStepBytes + TAG_BYTES + 3));
  });

  test("[LI2] lines of a report, and bytes of each", () => {
    around(LIMITS.excerptLinesMax, (lines) => report(lines));
    const most = LIMITS.sealedStepsMax * LIMITS.sealedStepBytes;
    assert.ok(report(1, most) && !report(1, most + 1));
  });
});
