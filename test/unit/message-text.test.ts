/** Message texts: what may be said, to the character, and what only looks like something. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import { cidProblem, countChars, textProblem } from "#protocol/message.ts";
import { anyCharacter } from "#test/support/any-character.ts";

const zalgo = `Z${"\u0300\u0316\u0334".repeat(30)}algo`;
const family = "👨\u200d👩\u200d👧\u200d👦";

const ACCEPTED: readonly (readonly [what: string, text: string])[] = [
  ["one letter", "a"],
  ["one emoji", "👍"],
  ["an emoji of seven code points", family],
  ["a flag of a region, spelled in tag characters", "🏴\u{e0067}\u{e0062}\u{e007f}"],
  ["4,000 characters", "x".repeat(4_000)],
  ["4,000 emoji, 8,000 units of UTF-16", "👍".repeat(4_000)],
  ["tab, line feed and carriage return between words", "a\tb\r\nc\nd"],
  ["white space around", "  hello  "],
  ["U+2028 and U+2029 between words", "a\u2028b\u2029c"],
  ["right-to-left", "שלום עולם"],
  ["bidirectional controls among letters", "a\u202ebc\u202c\u2066d\u2069"],
  ["zero-width characters among letters", "a\u200bb\u200cc\u200dd\u2060e\ufefff"],
  ["ninety combining marks on one letter", zalgo],
  ["NFC", "caf\u00e9"],
  ["NFD", "cafe\u0301"],
  ["both forms mixed", "\u00e9e\u0301"],
  ["HTML", '<img src=x onerror="alert(1)">'],
  ["a script", "</script><script>alert(1)</script>"],
  ["JSON", '{"type":"message","room":"0"}'],
  ["quotes and backslashes", "\"'\\`\\\\"],
  ["SQL and shell", "'; DROP TABLE users; -- $(rm -rf /) `id`"],
  ["Redis protocol", "*1\r\n$8\r\nFLUSHALL\r\n"],
  ["Lua", "]] redis.call('FLUSHALL') --[["],
  ["format directives", "%s %d %n %d.%06d"],
  ["a name of JavaScript's own", "__proto__"],
  ["private use", "\ue000"],
  ["a noncharacter beside a letter", "a\uffff"],
  ["the replacement character", "\ufffd"],
  ["punctuation alone", "…"],
  ["a digit", "0"],
];

const REFUSED: readonly (readonly [what: string, text: string, why: RegExp])[] = [
  ["nothing", "", /empty/u],
  ["a space", " ", /empty/u],
  ["line feeds", "\n\r\n\t", /empty/u],
  ["a no-break space", "\u00a0", /empty/u],
  ["wide spaces", "\u2000\u2003\u3000", /empty/u],
  ["U+2028 alone", "\u2028", /empty/u],
  ["a zero-width space", "\u200b", /empty/u],
  ["zero-width joiners", "\u200d\u200d", /empty/u],
  ["a soft hyphen", "\u00ad", /empty/u],
  ["a byte order mark", "\ufeff", /empty/u],
  ["bidirectional controls alone", "\u202a\u202e\u202c\u2066\u2069", /empty/u],
  ["Hangul filler", "\u3164", /empty/u],
  ["halfwidth Hangul filler", "\uffa0", /empty/u],
  ["Hangul fillers of syllables", "\u115f\u1160", /empty/u],
  ["the empty Braille pattern", "\u2800", /empty/u],
  ["a variation selector", "\ufe0f", /empty/u],
  ["tag characters", "\u{e0041}\u{e007f}", /empty/u],
  ["a combining mark alone", "\u0301", /empty/u],
  ["combining marks on a space", " \u0301\u0489", /empty/u],
  ["a Mongolian vowel separator", "\u180e", /empty/u],
  ["interlinear annotation controls", "\ufff9\ufffb", /empty/u],
  ["an unassigned code point", "\u{e0fff}", /empty/u],
  ["4,001 characters", "x".repeat(4_001), /up to 4000 characters; this one has 4001/u],
  ["4,001 emoji", "👍".repeat(4_001), /this one has 4001/u],
  ["1 MB of one emoji family", family.repeat(40_000), /this one has 280000/u],
  ["NUL", "a\0b", /control characters/u],
  ["escape", "a\u001b[31mred", /control characters/u],
  ["backspace", "a\bb", /control characters/u],
  ["vertical tab", "a\vb", /control characters/u],
  ["form feed", "a\fb", /control characters/u],
  ["delete", "a\u007f", /control characters/u],
  ["C1 next line", "a\u0085b", /control characters/u],
  ["C1 control sequence introducer", "a\u009b31m", /control characters/u],
  ["half a character", "a\ud83d", /half a character/u],
  ["the other half", "\udc4da", /half a character/u],
];

describe("a text", () => {
  for (const [what, text] of ACCEPTED) {
    test(`of ${what} is a message`, () => {
      assert.equal(textProblem(text), undefined);
    });
  }

  for (const [what, text, why] of REFUSED) {
    test(`of ${what} is refused, with the reason`, () => {
      assert.match(textProblem(text) ?? "", why);
    });
  }

  test("every control character but tab, line feed and carriage return is refused", () => {
    for (let code = 0; code < 0xa0; code++) {
      if (code === 0x20) code = 0x7f;
      const isText = code === 0x09 || code === 0x0a || code === 0x0d;
      const problem = textProblem(`a${String.fromCodePoint(code)}b`);
      assert.equal(problem === undefined, isText, `U+${code.toString(16)}`);
    }
  });

  test("is never both accepted and unreadable", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 50 }), (text) => {
        if (textProblem(text) !== undefined) return;
        assert.ok(text.isWellFormed());
        assert.ok(text.trim() !== "");
        assert.equal(JSON.parse(JSON.stringify(text)), text);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is counted in code points", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        assert.equal(countChars(text), Array.from(text).length);
      }),
    );
    assert.equal(countChars(family), 7);
  });
});

describe("a cid", () => {
  test("is letters, digits, minus and underscore, as many as the limits say", () => {
    const { cidCharsMin: min, cidCharsMax: max } = LIMITS;
    for (const cid of ["a".repeat(min), "Z9_-".repeat(max / 4), "__proto__", "constructor"]) {
      assert.equal(cidProblem(cid), undefined, cid);
    }
    const others = [
      "",
      "a".repeat(min - 1),
      "a".repeat(max + 1),
      "a b c d e",
      "abcdefgh:",
      "abcdefgh}",
      "abcdefgh\n",
      "abcdefgh\0",
      "abcdéfgh",
      "ａｂｃｄｅｆｇｈ",
      "{room:0}",
      "abcdefg.",
      "12345678*",
    ];
    for (const other of others) {
      assert.match(cidProblem(other) ?? "", /^cid must be/u, JSON.stringify(other));
    }
  });
});
