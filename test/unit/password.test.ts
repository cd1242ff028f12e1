/** Passwords: what the rules let in, counted in characters and in bcrypt's bytes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import { passwordProblem } from "#protocol/password.ts";
import { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { isCommonPassword } from "#server/secrets/common-passwords.ts";
import { anyCharacter } from "#test/support/any-character.ts";

const ACCEPTED: readonly (readonly [what: string, password: string])[] = [
  ["8 characters", "kq7!xw2p"],
  ["14 characters", "kq7!xw2pkq7!xw"],
  ["15 characters", "kq7!xw2pkq7!xw2"],
  ["64 characters", "a1".repeat(32)],
  ["72 bytes", "x".repeat(72)],
  ["72 bytes in 36 characters", "é".repeat(36)],
  ["72 bytes in 18 emoji", "🐈".repeat(18)],
  ["8 emoji", "🐈🐕🐟🐎🐇🐄🐖🐑"],
  ["spaces before and after, which count", "  four  "],
  ["only spaces", "        "],
  ["a control character", "tab\tinside"],
  ["a line feed", "two\nlines"],
  ["composed", "caf\u00e9 noir"],
  ["decomposed", "cafe\u0301 noir"],
];

const REFUSED: readonly (readonly [what: string, password: string, why: RegExp])[] = [
  ["nothing", "", /at least 8 characters/u],
  ["7 characters", "kq7!xw2", /at least 8 characters/u],
  ["7 emoji, 14 units of UTF-16", "🐈".repeat(7), /at least 8 characters/u],
  ["73 bytes", "x".repeat(73), /at most 72 bytes/u],
  ["37 characters of two bytes", "é".repeat(37), /at most 72 bytes/u],
  ["72 bytes and a tail", `${"é".repeat(36)}tail`, /at most 72 bytes/u],
  ["128 characters", "a1".repeat(64), /at most 72 bytes/u],
  ["1,024 characters", "a1".repeat(512), /at most 72 bytes/u],
  ["1 MB", "x".repeat(1_000_000), /at most 72 bytes/u],
  ["NUL inside", "kq7!\0xw2p", /NUL/u],
  ["NUL at the end", "kq7!xw2p\0", /NUL/u],
  ["half a character", "kq7!xw2p\ud83d", /half a character/u],
];

describe("[AC3] a password", () => {
  for (const [what, password] of ACCEPTED) {
    test(`of ${what} is accepted`, () => {
      assert.equal(passwordProblem(password), undefined);
    });
  }

  for (const [what, password, why] of REFUSED) {
    test(`of ${what} is refused, with the reason`, () => {
      assert.match(passwordProblem(password) ?? "", why);
    });
  }

  test("that is accepted never has more bytes than bcrypt reads", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 80 }), (password) => {
        if (passwordProblem(password) !== undefined) return;
        assert.ok(Buffer.byteLength(password) <= LIMITS.passwordBytesMax);
        assert.ok(Array.from(password).length >= LIMITS.passwordCharsMin);
      }),
    );
  });

  test("that everybody tries first is recognised, whatever its capitals", () => {
    for (const common of ["password", "PassWord", "password1", "12345678", "qwertyuiop"]) {
      assert.ok(isCommonPassword(common), common);
    }
    for (const rare of ["correct horse battery", "kq7!xw2p", "", "constructor-x9", "__proto__"]) {
      assert.ok(!isCommonPassword(rare), rare);
    }
  });
});

describe("[AC3] a hash", () => {
  const hasher = new BcryptHasher();

  test("is bcrypt of cost 12, and only its own password opens it", async () => {
    const hash = await hasher.hash("kq7!xw2p");
    assert.match(hash, /^\$2[aby]\$12\$.{53}$/u);
    assert.ok(await hasher.verify("kq7!xw2p", hash));
    assert.ok(!(await hasher.verify("kq7!xw2q", hash)));
    assert.ok(!(await hasher.verify("kq7!xw2p ", hash)));
  });

  test("no tail after 72 bytes, nor after a NUL, opens it", async () => {
    const full = "é".repeat(36);
    const hash = await hasher.hash(full);
    assert.ok(await hasher.verify(full, hash));
    assert.ok(!(await hasher.verify(`${full}tail`, hash)));
    const short = await hasher.hash("kq7!xw2p");
    assert.ok(!(await hasher.verify("kq7!xw2p\0tail", short)));
  });

  test("nobody's hash is opened by anything", async () => {
    assert.ok(!(await hasher.verify("", undefined)));
    assert.ok(!(await hasher.verify("password", undefined)));
  });

  test("a longer password is never cut off, it is refused", async () => {
    await assert.rejects(hasher.hash("x".repeat(73)));
  });

  test("of anything that is no hash is no", async () => {
    await assert.doesNotReject(async () => {
      assert.equal(await hasher.verify("password", "plain text").catch(() => false), false);
    });
  });

  test("more at a time than can wait are refused as busy, and the rest are done", async () => {
    const slow = new BcryptHasher();
    // The cheapest cost there is: the queue is what is looked at here.
    const cheap = "$2b$04$KhTxGHbeb6.zZNFD1ljNxej8hYz030AI9SdoyeqHE1wcEzHB8V1se";
    const tries = Array.from({ length: 210 }, () => slow.verify("kq7!xw2p", cheap));
    const done = await Promise.allSettled(tries);
    const refused = done.filter(({ status }) => status === "rejected");
    assert.equal(refused.length, 8);
    for (const each of refused) assert.match(JSON.stringify(each), /"code":"busy"/u);
  });
});
