/** Texts, names and passwords in every script and trick: kept exactly, or refused by a rule. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { canonicalUsername, parseUsername } from "#protocol/username.ts";
import { keys } from "#server/redis/keys.ts";
import { harmless, mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";

const world = await openWorld();
const { url, store } = world;
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");

const KEPT: Readonly<Record<string, string>> = {
  "white space around words": "  a \n\t b\r\n ",
  "bidirectional overrides": "\u202eevil\u202c \u202dgood\u202c",
  "bidirectional isolates": "\u2066a\u2069 \u2067b\u2069 \u2068c\u2069 \u200e\u200f\u061c",
  "overrides never closed": "\u202e\u202e\u202e txt.exe",
  "zero width between letters": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
  "tag characters after a letter": "a\u{e0041}\u{e0042}\u{e007f}",
  "a flag of tags": "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  "a hundred combining marks": `Z${"\u0301".repeat(100)}`,
  "a family of emoji": "👨‍👩‍👧‍👦",
  "a thousand joined emoji": "👨\u200d".repeat(1_999).concat("👩"),
  "line and paragraph separators": "a\u2028b\u2029c",
  "composed and not": "é \u0065\u0301 ﬁ Å Å",
  "no-character code points with ink": "a\ufffe\uffff",
  "private use": "\ue000\u{f0000}",
  "astral letters": "𝒦𝓁𝒶𝓉𝒸𝒽",
  "right to left": "שלום عليكم",
  HTML: "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "markup and templates": "{{7*7}} ${7*7} <%= 7*7 %> [a](javascript:alert(1))",
  "quotes and escapes": String.raw`\u0000 \x00 \n \" \\ ' " ` + "`",
  "the replacement character": "\ufffd",
  SQL: "'; DROP TABLE users;--",
  "a terminal's links": "]8;;http://evil.example",
  "numbers for floats": "1e400 -0 9007199254740993 NaN",
};

for (const [what, text] of Object.entries(KEPT)) {
  test(`[S04] a message of ${what} is kept exactly, both ways, live and later`, async () => {
    // In turn, so that nobody's burst is used up.
    await using line = await brin.connect();
    await line.join();
    assert.equal((await ada.say(text)).status, 201);
    assert("id" in (await line.send(text)));
    await line.until(() => line.events.length === 2, "both come");
    assert.deepEqual(line.texts(), [text, text]);
    const { messages } = await brin.history("?limit=2");
    assert.deepEqual(
      messages.map(({ message }) => message),
      [text, text],
    );
    const [stored = ""] = await store.zRange(keys.room("0"), -1, -1);
    assert(stored.includes(`"message":${JSON.stringify(text)},`), stored);
  });
}

const CONTROLS = [...Array(32).keys(), 127, ...Array.from({ length: 32 }, (_, at) => 128 + at)]
  .filter((code) => ![9, 10, 13].includes(code))
  .map((code) => String.fromCharCode(code));

const REFUSED: Readonly<Record<string, string>> = {
  nothing: "",
  spaces: "   ",
  "line feeds": "\n\r\n\t",
  "no-break spaces": "\u00a0\u202f\u2007",
  "wide spaces": "\u3000\u2003\u205f",
  "zero-width spaces": "\u200b\u200b",
  joiners: "\u200d\u200c",
  "a byte order mark": "\ufeff",
  "Hangul fillers": "\u3164\u115f\u1160\uffa0",
  "a blank of braille": "\u2800",
  "overrides alone": "\u202e\u202c\u2066\u2069",
  "marks alone": "\u0301\u0302\u20dd",
  "variation selectors alone": "\ufe0f\ufe0e\u{e0100}",
  "tags alone": "\u{e0041}\u{e007f}",
  "soft hyphens": "\u00ad\u00ad",
  "line separators alone": "\u2028\u2029",
  "code points without a character": "\uffff\u0378",
  "invisible operators": "\u2061\u2062\u2063\u2064",
  "a lone high surrogate": "a\ud800b",
  "a lone low surrogate": "a\udc00b",
  "surrogates in the wrong order": "\udc00\ud800",
  ...Object.fromEntries(CONTROLS.map((char) => [`the control ${char.charCodeAt(0)}`, `a${char}b`])),
};

test(`[S04] a message of any of ${Object.keys(REFUSED).length} blank or broken texts is refused`, async () => {
  await using line = await ada.connect();
  await harmless(world, async () => {
    for (const [what, text] of Object.entries(REFUSED)) {
      mustRefuse(await ada.say(text), "message-not-allowed", what);
      const answer = await line.send(text);
      assert(JSON.stringify(answer).includes('"code":"message-not-allowed"'), what);
    }
  });
  assert.equal(line.closing, undefined);
});

/** Spellings that are one name, which has an owner. */
const NICK = [
  "nick",
  "Nick",
  "NICK",
  "nIcK",
  "ｎｉｃｋ",
  "ＮＩＣＫ",
  "ⓝⓘⓒⓚ",
  "𝐧𝐢𝐜𝐤",
  "𝓃𝒾𝒸𝓀",
  "𝕟𝕚𝕔𝕜",
  "n\u{1d5c2}ck",
  "ｎick",
  "nic\u212a",
];

test("[S05] every spelling of a name is that name", async () => {
  await Member.enter(url, "Nick");
  await Member.enter(url, "straße");
  await harmless(world, async () => {
    for (const username of [...NICK, "STRASSE", "strasse", "Straſſe", "ﬆraße"]) {
      const answer = await request(url, "POST", "/api/accounts", {
        body: { username, password: PASSWORD },
      });
      mustRefuse(answer, "name-taken", username);
    }
  });
  const body = { username: "ＮＩＣＫ", password: PASSWORD };
  const signedIn = await request(url, "POST", "/api/session", { body });
  assert.equal(signedIn.json<{ username: string }>().username, "Nick");
});

const RESERVED = [
  "admin",
  "Admin",
  "ａｄｍｉｎ",
  "ADMIN",
  "ⓐdmin",
  "administrator",
  "system",
  "root",
  "everyone",
  "here",
  "all",
  "channel",
  "klatch",
  "KLATCH",
  "moderator",
  "support",
  "staff",
  "security",
  "owner",
  "null",
  "undefined",
  "me",
  "you",
  "guest",
  "nobody",
  "stranger",
  "general",
  "deleted",
];

const MIXED = [
  "\u0430dmin",
  "n\u0456ck",
  "p\u0430yp\u0430l",
  "\u0391lpha",
  "nick\u0585",
  "a\u05d0",
  "аb",
  "ада1a",
  "ｎіck",
  "Ωmega",
  "ba\u0e01",
  "абв-abc",
  "a日本",
  "aא",
  "ⲟmega",
  "nıçk\u03b1",
];

const WRONG = [
  ["", " ", "a", "1", "12", "1234567890", "1:2", "user:1", "0", "-1", "1-2", "007"],
  [
    "-nick",
    "nick-",
    ".nick",
    "nick.",
    "_nick",
    "nick_",
    "ni..ck",
    "ni--ck",
    "ni__ck",
    "ni.-ck",
    "...",
    "--",
  ],
  [
    "ni ck",
    " nick",
    "nick ",
    "nick\u00a0",
    "ni\u2003ck",
    "nick\n",
    "ni\tck",
    "nick\u0000",
    "\u0000\u0000",
    "ni\u001bck",
    "nick\u007f",
  ],
  [
    "ni\u200dck",
    "ni\u200bck",
    "\u200bnick",
    "nick\ufeff",
    "ni\u00adck",
    "ni\u2060ck",
    "nick\u202e",
    "\u202enick",
    "\u2066nick\u2069",
    "nick\u3164",
    "\u115fab",
    "ni\u034fck",
  ],
  [
    "<b>nick</b>",
    "nick&",
    "nick'",
    'nick"',
    "nick`",
    "nick/",
    "nick\\",
    "nick%00",
    "nick*",
    "nick?",
    "nick[0]",
    "@nick",
    "#nick",
    "nick!",
    "nick,",
    "nick;",
    "ni:ck",
    "{nick}",
    "nick}",
    "ni|ck",
    "ni$ck",
    "ni+ck",
    "ni=ck",
    "~nick",
    "ni(ck)",
  ],
  [
    "__proto__",
    "constructor.",
    "..",
    "nick@example.com",
    "http://nick",
    "ni\r\nck",
    "nick\r\nSET a b",
  ],
  [
    "😀😀",
    "nick😀",
    "❤️❤️",
    "★nick★",
    "①②",
    "½½",
    "٣٤",
    "nick٣",
    "𝟙𝟚",
    "ni\u{e0041}ck",
    "\ud800\ud800",
    "ni\udc00ck",
    "\ufffd\ufffd",
    "\ue000\ue000",
  ],
  [
    "n".repeat(33),
    "ß".repeat(17),
    "ﷺ".repeat(3),
    "n\u0301".repeat(40),
    "日".repeat(33),
    "n".repeat(256),
  ],
].flat();

const UNUSABLE = [...RESERVED, ...MIXED, ...WRONG];

test(`[S05] none of ${UNUSABLE.length} reserved, mixed or broken names can be had`, async () => {
  await harmless(world, async () => {
    for (const username of UNUSABLE) {
      const answer = await request(url, "POST", "/api/accounts", {
        body: { username, password: PASSWORD },
      });
      mustRefuse(answer, "name-not-allowed", JSON.stringify(username));
    }
    const long = { username: "n".repeat(257), password: PASSWORD };
    mustRefuse(await request(url, "POST", "/api/accounts", { body: long }), "bad-request");
  });
});

test("[S05] the canonical form of a canonical form is itself, for every name there was here", () => {
  for (const name of [
    ...NICK,
    ...RESERVED,
    ...MIXED,
    ...WRONG,
    "İstanbul",
    "ΣΊΣΥΦΟΣ",
    "ǅungla",
    "ŉ",
    "ﬀ",
  ]) {
    const once = canonicalUsername(name);
    assert.equal(canonicalUsername(once), once, JSON.stringify(name));
    const parsed = parseUsername(name);
    if (parsed.ok) assert.equal(parsed.canonical, once);
  }
});

test("[S05] names of the prototype are names as any other, and take nothing with them", async () => {
  for (const username of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
    const member = await Member.enter(url, username);
    assert.equal(
      (await member.call("GET", "/api/me")).json<{ username: string }>().username,
      username,
    );
    const again = await request(url, "POST", "/api/accounts", {
      body: { username, password: PASSWORD },
    });
    mustRefuse(again, "name-taken");
  }
  await mustBeWell(world);
});

const BAD_PASSWORDS: Readonly<Record<string, string>> = {
  nothing: "",
  "seven characters": "k7#mQ2!",
  "seven emoji": "😀🙃🤖👻🎃🦊🐙",
  "73 bytes": "k7#mQ2!xw".repeat(9).slice(0, LIMITS.passwordBytesMax + 1),
  "37 letters of two bytes": "é".repeat(37),
  "25 letters of three bytes": "語".repeat(25),
  "19 emoji": "😀".repeat(19),
  "1,024 characters": "k7#mQ2!x".repeat(128),
  "a NUL inside": "correct\u0000horse",
  "half a character": "correct horse \ud800",
  "the name": "password-tester",
  "the name in capitals": "PASSWORD-TESTER",
  "the name of the house": "klatch",
  "the first of all": "password",
  "the second": "12345678",
  "a common one": "qwertyuiop",
  another: "iloveyou1",
  "one of eleven digits": "12345678910",
  "one in capitals": "PASSWORD1",
  "one for football": "football1",
};

test(`[S13] none of ${Object.keys(BAD_PASSWORDS).length} bad passwords can be set`, async () => {
  await harmless(world, async () => {
    for (const [what, password] of Object.entries(BAD_PASSWORDS)) {
      const body = { username: "password-tester", password };
      mustRefuse(
        await request(url, "POST", "/api/accounts", { body }),
        "password-not-allowed",
        what,
      );
    }
    const body = { username: "password-tester", password: "x".repeat(1_025) };
    mustRefuse(await request(url, "POST", "/api/accounts", { body }), "bad-request");
  });
});

const GOOD_PASSWORDS: Readonly<Record<string, string>> = {
  "spaces at both ends": "  correct horse  ",
  "eight emoji": "😀🙃🤖👻🎃🦊🐙🌵",
  "64 characters": "k7#mQ2!x".repeat(8),
  "72 bytes of two": "é".repeat(36),
  "composed letters": "caf\u00e9 au lait",
  controls: "cor\trect\u0007horse",
};

for (const [what, password] of Object.entries(GOOD_PASSWORDS)) {
  test(`[S13] a password of ${what} is taken as it is, to the last character`, async () => {
    const username = `good-${Object.keys(GOOD_PASSWORDS).indexOf(what)}`;
    const body = { username, password };
    assert.equal((await request(url, "POST", "/api/accounts", { body })).status, 201);
    assert.equal((await request(url, "POST", "/api/session", { body })).status, 200);
    for (const near of [password.slice(0, -1), `${password} `, password.normalize("NFD")]) {
      if (near === password) continue;
      const wrong = { username, password: near };
      mustRefuse(await request(url, "POST", "/api/session", { body: wrong }), "wrong-credentials");
    }
  });
}
