/** Usernames: one canonical name for everything that reads the same, and nothing that hides. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import { countChars } from "#protocol/message.ts";
import { canonicalUsername, parseUsername } from "#protocol/username.ts";
import { anyCharacter } from "#test/support/any-character.ts";

/** Typed, and what it is known under. */
const ACCEPTED: readonly (readonly [typed: string, canonical: string])[] = [
  // Case and width.
  ["nick", "nick"],
  ["Nick", "nick"],
  ["NICK", "nick"],
  ["nIcK", "nick"],
  ["ｎｉｃｋ", "nick"],
  ["Ｎｉｃｋ", "nick"],
  ["𝐧𝐢𝐜𝐤", "nick"],
  ["𝓝𝓲𝓬𝓴", "nick"],
  ["ⓝⓘⓒⓚ", "nick"],
  ["ⁿick", "nick"],
  ["nicK", "nick"],
  ["ﬁona", "fiona"],
  ["ﬃda", "ffida"],
  ["ǆan", "džan"],
  ["ǅan", "džan"],
  ["ǆAN", "džan"],
  ["Straße", "strasse"],
  ["STRASSE", "strasse"],
  ["Strasse", "strasse"],
  ["ẞtrasse", "sstrasse"],
  ["ſam", "sam"],
  ["ŉick", "ʼnick"],
  // Dots of i and j, with and without.
  ["nıck", "nick"],
  ["nİck", "nick"],
  ["ni\u0307ck", "nick"],
  ["İstanbul", "istanbul"],
  ["ıstanbul", "istanbul"],
  ["j\u0307ack", "jack"],
  ["i\u0307\u0301da", "ída"],
  ["ı\u0301\u0307da", "ída"],
  // Composed and decomposed.
  ["café", "café"],
  ["cafe\u0301", "café"],
  ["CAFE\u0301", "café"],
  ["Åsa", "åsa"],
  ["A\u030asa", "åsa"],
  ["\u212bsa", "åsa"],
  ["Nguyễn", "nguyễn"],
  ["nguye\u0302\u0303n", "nguyễn"],
  // Scripts.
  ["Иван", "иван"],
  ["ИВАН", "иван"],
  ["Νίκος", "νίκοσ"],
  ["ΝΊΚΟΣ", "νίκοσ"],
  ["νίκοσ", "νίκοσ"],
  ["ᾳδης", "αιδησ"],
  ["محمد", "محمد"],
  ["משה", "משה"],
  ["Արամ", "արամ"],
  ["გიორგი", "გიორგი"],
  ["अमित", "अमित"],
  ["রহিম", "রহিম"],
  ["ਹਰਪ੍ਰੀਤ", "ਹਰਪ੍ਰੀਤ"],
  ["અમિત", "અમિત"],
  ["குமார்", "குமார்"],
  ["రాము", "రాము"],
  ["ರಾಮು", "ರಾಮು"],
  ["രാമു", "രാമു"],
  ["නිමල්", "නිමල්"],
  ["สมชาย", "สมชาย"],
  ["ສົມ", "ສົມ"],
  ["សុខ", "សុខ"],
  ["အောင်", "အောင်"],
  ["አበበ", "አበበ"],
  ["山田", "山田"],
  ["山田たろう", "山田たろう"],
  ["タロー", "タロー"],
  ["ﾀﾛｰ", "タロー"],
  ["金민수", "金민수"],
  ["민수", "민수"],
  ["\u1106\u1175\u11ab수", "민수"],
  ["ㄅㄆ", "ㄅㄆ"],
  ["陳ㄅㄆ", "陳ㄅㄆ"],
  // Digits and what may stand between.
  ["a1", "a1"],
  ["1a", "1a"],
  ["иван1984", "иван1984"],
  ["山田2", "山田2"],
  ["ann.lee", "ann.lee"],
  ["ann-lee", "ann-lee"],
  ["ann_lee", "ann_lee"],
  ["a.b-c_d", "a.b-c_d"],
  ["２nd", "2nd"],
  ["x²", "x2"],
  // Names that a program may stumble over are still names.
  ["constructor", "constructor"],
  ["toString", "tostring"],
  ["hasOwnProperty", "hasownproperty"],
  ["NaN", "nan"],
  ["true", "true"],
  ["con", "con"],
  ["user", "user"],
  ["select", "select"],
  // Bounds.
  ["al", "al"],
  ["x".repeat(32), "x".repeat(32)],
  ["é".repeat(32), "é".repeat(32)],
  ["e\u0301".repeat(32), "é".repeat(32)],
];

/** Typed, and a word of the reason. */
const REFUSED: readonly (readonly [typed: string, why: RegExp])[] = [
  // Length, counted after NFKC.
  ["", /2 to 32/u],
  ["a", /2 to 32/u],
  ["é", /2 to 32/u],
  ["e\u0301", /2 to 32/u],
  ["i\u0307", /too short/u],
  ["x".repeat(33), /2 to 32/u],
  ["ﬃ".repeat(11), /2 to 32/u],
  ["ß".repeat(17), /2 to 32|too long/u],
  ["x".repeat(1_000_000), /2 to 32/u],
  // White space and marks at the wrong place.
  [" nick", /letters and digits/u],
  ["nick ", /letters and digits/u],
  ["nick\u00a0", /letters and digits/u],
  ["ni ck", /letters and digits/u],
  ["ni\tck", /letters and digits/u],
  ["nick\n", /letters and digits/u],
  ["nick\r\nFLUSHALL", /letters and digits/u],
  ["nick\u3000", /letters and digits/u],
  ["nick.", /letters and digits/u],
  [".nick", /letters and digits/u],
  ["-nick", /letters and digits/u],
  ["_nick", /letters and digits/u],
  ["nick-", /letters and digits/u],
  ["ni..ck", /letters and digits/u],
  ["ni._ck", /letters and digits/u],
  ["__proto__", /letters and digits/u],
  ["--port", /letters and digits/u],
  // Characters that mean something elsewhere.
  ["nick:name", /letters and digits/u],
  ["room:{0}", /letters and digits/u],
  ["a{b}c", /letters and digits/u],
  ["<b>nick</b>", /letters and digits/u],
  ["nick@home", /letters and digits/u],
  ["nick#1", /letters and digits/u],
  ["nick/..", /letters and digits/u],
  ["nick\\", /letters and digits/u],
  ['"nick"', /letters and digits/u],
  ["nick'", /letters and digits/u],
  ["nick*", /letters and digits/u],
  ["nick$", /letters and digits/u],
  ["50%off", /letters and digits/u],
  ["a+b", /letters and digits/u],
  ["a,b", /letters and digits/u],
  ["…nick", /letters and digits/u],
  ["№nick°", /letters and digits/u],
  ["nick👍", /letters and digits/u],
  ["👍👍", /letters and digits/u],
  // What hides.
  ["ni\u200bck", /letters and digits/u],
  ["ni\u200cck", /letters and digits/u],
  ["ni\u200dck", /letters and digits/u],
  ["ni\u2060ck", /letters and digits/u],
  ["\ufeffnick", /letters and digits/u],
  ["ni\u00adck", /letters and digits/u],
  ["\u202enick", /letters and digits/u],
  ["nick\u202c", /letters and digits/u],
  ["\u2066nick\u2069", /letters and digits/u],
  ["nick\u{e0041}", /letters and digits/u],
  ["nick\0", /letters and digits/u],
  ["nick\u001b", /letters and digits/u],
  ["nick\ud83d", /letters and digits/u],
  ["ni\u034fck", /letters and digits|one script/u],
  ["nick\ufe0f", /letters and digits|one script/u],
  ["\u3164\u3164", /letters and digits/u],
  ["\uffa0\uffa0", /letters and digits/u],
  ["\u115f\u1160", /letters and digits/u],
  ["민\u3164수", /letters and digits/u],
  ["ក\u17b4ក", /letters and digits/u],
  ["ក\u17b5ក", /letters and digits/u],
  // Marks without a letter, and heaps of them.
  ["\u0301nick", /letters and digits/u],
  ["ann.\u0301lee", /letters and digits/u],
  [`n${"\u0300".repeat(20)}ick`, /letters and digits/u],
  [`ni${"\u0323\u0300".repeat(5)}ck`, /letters and digits/u],
  // No letter at all.
  ["12345", /one letter/u],
  ["1.2", /one letter/u],
  ["42", /one letter/u],
  ["１２", /one letter/u],
  ["١٢", /letters and digits|one letter/u],
  // Mixed scripts.
  ["nісk", /one script/u],
  ["аdmin", /one script/u],
  ["pаypal", /one script/u],
  ["раypal", /one script/u],
  ["Αdmin", /one script/u],
  ["niϲk", /one script/u],
  ["Ꭰdmin", /one script/u],
  ["аbΓ", /one script/u],
  ["nick山", /one script/u],
  ["山Иван", /one script/u],
  ["たろう민수", /one script/u],
  ["ㄅたろう", /one script/u],
  ["عlex", /one script/u],
  ["משהa", /one script/u],
  ["a.б", /one script/u],
  ["a1б", /one script/u],
  ["ꓠꓲꓚꓗ", /one script/u],
  // Reserved, however written.
  ["admin", /reserved/u],
  ["Admin", /reserved/u],
  ["ａｄｍｉｎ", /reserved/u],
  ["ADMİN", /reserved/u],
  ["admi\u0307n", /reserved/u],
  ["admın", /reserved/u],
  ["𝖆𝖉𝖒𝖎𝖓", /reserved/u],
  ["system", /reserved/u],
  ["ſystem", /reserved/u],
  ["everyone", /reserved/u],
  ["here", /reserved/u],
  ["General", /reserved/u],
  ["Klatch", /reserved/u],
  ["root", /reserved/u],
  ["null", /reserved/u],
  ["undefined", /reserved/u],
  ["deleted", /reserved/u],
];

/** Letters and marks of all kinds, and what people do to them. */
const odd = fc.constantFrom(
  ...Array.from(
    "aAiIıİjJßẞſﬁǅŉΣσςᾳΐ\u0307\u0301\u0323\u0345\u0300кК山たタ민\u1160\u3164\u17b4\u200d.-_0９ ",
  ),
);
const anyName = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc.string({ unit: odd, maxLength: 12 }),
  fc.constantFrom(...ACCEPTED.map(([typed]) => typed)),
);

describe("[AC1] one canonical name, one account", () => {
  for (const [typed, canonical] of ACCEPTED) {
    test(`${JSON.stringify(typed)} is ${JSON.stringify(canonical)}`, () => {
      const name = parseUsername(typed);
      assert.ok(name.ok, JSON.stringify(name));
      assert.equal(name.canonical, canonical);
      assert.equal(name.display, typed.normalize("NFKC"));
      assert.equal(canonicalUsername(typed), canonical);
    });
  }

  test("the canonical form of a canonical form is itself, for any input at all", () => {
    fc.assert(
      fc.property(anyName, (typed) => {
        const canonical = canonicalUsername(typed);
        assert.equal(canonicalUsername(canonical), canonical);
      }),
      { numRuns: 5_000 },
    );
  });

  test("the same holds for every character there is, alone and among others", () => {
    for (let code = 0; code <= 0x10_ff_ff; code += code < 0x3_00_00 ? 1 : 97) {
      const canonical = canonicalUsername(`a${String.fromCodePoint(code)}\u0345`);
      assert.equal(canonicalUsername(canonical), canonical, `U+${code.toString(16)}`);
    }
  });

  test("capitals, width and composition never make another name", () => {
    fc.assert(
      fc.property(anyName, (typed) => {
        const name = parseUsername(typed);
        if (!name.ok) return;
        const forms = [name.display, typed.normalize("NFD"), name.display.toUpperCase()];
        for (const form of forms) assert.equal(canonicalUsername(form), name.canonical);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("[AC2] a name is letters of one script and digits, with single marks between", () => {
  for (const [typed, why] of REFUSED) {
    const shown = JSON.stringify(typed.length > 40 ? `${typed.slice(0, 20)}…` : typed);
    test(`${shown} is refused`, () => {
      const name = parseUsername(typed);
      assert.ok(!name.ok, JSON.stringify(name));
      assert.match(name.problem, why);
    });
  }

  test("an accepted name is of one script, visible, and within the limits in both forms", () => {
    // Not the tables of the code under test: scripts as the runtime itself knows them.
    const scripts = ["Latin", "Cyrillic", "Greek", "Hangul", "Hiragana", "Katakana", "Khmer"];
    fc.assert(
      fc.property(anyName, (typed) => {
        const name = parseUsername(typed);
        if (!name.ok) return;
        const used = scripts.filter((script) =>
          new RegExp(`\\p{sc=${script}}`, "u").test(name.display),
        );
        const isJapanese = used.every((script) => /^(?:Hiragana|Katakana)$/u.test(script));
        assert.ok(used.length <= 1 || isJapanese, `${name.display}: ${used.join()}`);
        assert.doesNotMatch(name.display, /[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}]/u);
        for (const form of [name.display, name.canonical]) {
          const chars = countChars(form);
          assert.ok(chars >= LIMITS.usernameCharsMin && chars <= LIMITS.usernameCharsMax, form);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test("the table covers at least 120 names", () => {
    assert.ok(ACCEPTED.length + REFUSED.length >= 120);
  });
});
