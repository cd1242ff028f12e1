/** What is announced to whom, by what they want to be told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Preferences } from "#protocol/preferences.ts";
import { isAnnounced } from "#protocol/preferences.ts";

const base: Preferences = { receipts: true, visible: true, rooms: {} };
const now = 1_000;

const of = (preferences: Partial<Preferences>, isMeant: boolean) =>
  isAnnounced({ ...base, ...preferences }, "7", { isMeant, now });

test("[PE4] everything is announced, mentions alone, or nothing; and nothing while it is quiet", () => {
  assert.deepEqual([of({}, false), of({}, true)], [true, true]);
  const mentions = { rooms: { 7: { level: "mentions" } } } as const;
  assert.deepEqual([of(mentions, false), of(mentions, true)], [false, true]);
  const nothing = { rooms: { 7: { level: "nothing" } } } as const;
  assert.deepEqual([of(nothing, false), of(nothing, true)], [false, false]);
  const elsewhere = { rooms: { 8: { level: "nothing" } } } as const;
  assert.equal(of(elsewhere, false), true);
  for (const [until, isTold] of [
    [now + 1, false],
    [now, true],
    [now - 1, true],
  ] as const) {
    assert.equal(of({ quietUntil: until }, true), isTold);
    const muted = { rooms: { 7: { level: "everything", mutedUntil: until } } } as const;
    assert.equal(of(muted, true), isTold);
  }
});
