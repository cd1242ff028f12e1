/** What the page of strangers decides by itself: which lines it covers, and how interests are read. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import { isRude } from "#web/strangers/safety/rude-words.ts";
import { withInterests } from "#web/strangers/start/interest-words.ts";
import { anyCharacter } from "#test/support/any-character.ts";

describe("rude words", () => {
  const RUDE = [
    "fuck",
    "Fuck you!",
    "FUUUCK",
    "fucking hell",
    "f.u.c.k",
    "f u c k",
    "sh1t",
    "$lut",
    "d\u00edck",
  ];
  const INNOCENT = [
    "Scunthorpe",
    "cocktail",
    "Dickens",
    "class",
    "assassin",
    "grape",
    "therapist",
    "I am in a hotel",
    "Essex",
    "analysis",
    "cumulus",
    "peninsula",
    "spicy",
    "Bob",
    "Niger",
    "con",
    "Montenegro",
    "cocker spaniel",
    "raccoon",
    "a b c d",
    "swank",
    "",
  ];

  test("[SG36] are known in many spellings", () => {
    for (const text of RUDE) assert.ok(isRude(text), text);
  });

  test("[SG36] are not seen in innocent ones", () => {
    for (const text of INNOCENT) assert.ok(!isRude(text), text);
  });

  test("[SG36] no text takes long to look at", () => {
    const texts = fc.array(anyCharacter, { maxLength: 2_000 }).map((chars) => chars.join(""));
    const start = performance.now();
    fc.assert(
      fc.property(texts, (text) => typeof isRude(text) === "boolean"),
      { numRuns: 50 },
    );
    for (const text of ["a ".repeat(1_000), "f.".repeat(1_000), "1".repeat(2_000)]) isRude(text);
    assert.ok(performance.now() - start < 5_000);
  });
});

describe("interests", () => {
  test("[SG34] are read with commas between, each once, whatever its case", () => {
    assert.deepEqual(withInterests(["tea"], "Chess, TEA; the sea,, "), ["tea", "Chess", "the sea"]);
  });

  test("[SG34] are up to five, of up to 30 characters", () => {
    const max = LIMITS.interestsMax;
    for (const count of [max - 1, max, max + 1]) {
      const typed = Array.from({ length: count }, (_, n) => `interest ${n}`).join(",");
      assert.equal(withInterests([], typed).length, Math.min(count, max));
    }
    const chars = LIMITS.interestCharsMax;
    for (const count of [chars - 1, chars, chars + 1]) {
      assert.equal(withInterests([], "x".repeat(count))[0]?.length, Math.min(count, chars));
    }
    const [cut = ""] = withInterests([], `${"x".repeat(chars - 1)}\u{1f922}`);
    assert.equal(cut, "x".repeat(chars - 1));
  });
});
