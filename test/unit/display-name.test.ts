/** Display names and what people say of themselves: free, but nothing that hides or passes for the house. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { aboutProblem, parseDisplayName } from "#protocol/person.ts";

describe("display names", () => {
  for (const typed of [
    "Ada Lovelace",
    "Anna-Lena O'Neill",
    "D’Arcy",
    "Dr. No",
    "Sammy Davis Jr.",
    "山田 太郎",
    "José María",
    "A",
    "R2 D2",
    "Мария Ивановна",
    "x".repeat(LIMITS.displayNameCharsMax),
    "x".repeat(LIMITS.displayNameCharsMax - 1),
  ]) {
    test(`[PF2] ${typed} is one`, () => {
      assert.deepEqual(parseDisplayName(typed), { ok: true, name: typed });
    });
  }

  test("[PF2] wide letters are kept as plain ones", () => {
    assert.deepEqual(parseDisplayName("Ａｄａ"), { ok: true, name: "Ada" });
  });

  for (const typed of [
    "",
    " Ada",
    "Ada ",
    "Ada  Lovelace",
    "Ada\u00a0 Lovelace",
    "Ada\nLovelace",
    "42",
    "-Ada",
    "Ada--Lovelace",
    "Ada\u202eecalevoL",
    "Ada\u200bLovelace",
    "Аda Lovelace",
    "<b>Ada</b>",
    "@ada",
    "Admin",
    "A.d.m.i.n.",
    "Klatch",
    "Mod er-ator",
    "deleted",
    "a\u0301\u0301\u0301\u0301\u0301\u0301",
    "\ud800",
    "😀",
    "x".repeat(LIMITS.displayNameCharsMax + 1),
  ]) {
    test(`[PF2] ${JSON.stringify(typed)} is none`, () => {
      assert.equal(parseDisplayName(typed).ok, false);
    });
  }
});

describe("what people say of themselves", () => {
  const most = LIMITS.aboutCharsMax;
  for (const text of ["", "I knit.\n\nAnd purl. 🧶", "語".repeat(most), "x".repeat(most - 1)]) {
    test(`[PF1] ${JSON.stringify(text.slice(0, 30))} can be said`, () => {
      assert.equal(aboutProblem(text), undefined);
    });
  }

  for (const text of [" \n ", "a\0b", "\u202eback", "a\rb", "\ud800", "x".repeat(most + 1)]) {
    test(`[PF1] ${JSON.stringify(text.slice(0, 30))} cannot`, () => {
      assert.match(aboutProblem(text) ?? "", /^[A-Z].+\.$/u);
    });
  }
});
