/** Bodies, commands and frames that are not what they should be. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ErrorCode } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { harmless, mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import { Member, request } from "#test/support/member.ts";
import { ask } from "#test/support/raw-http.ts";
import { RawSocket, errorCode } from "#test/support/raw-socket.ts";

const world = await openWorld();
const { url, port } = world;
const ada = await Member.enter(url, "ada");

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const manyKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join(",")}}`;
const GOOD = `"cid":"abcdefgh","message":"hello","username":"ada","password":"wrong password"`;

/**
 * JSON that is well-formed and yet no command of ours: none has a text where `message` and
 * `password` are due.
 */
const WRONG_SHAPES: Readonly<Record<string, string>> = {
  null: "null",
  true: "true",
  "a number": "0",
  "minus zero": "-0",
  "a number beyond floats": "1e400",
  "a number beyond integers": "9007199254740993",
  "a text": '"text"',
  "an empty text": '""',
  "an empty list": "[]",
  "a list of one": `[{${GOOD}}]`,
  "a list in a list": "[[]]",
  "an empty object": "{}",
  "only a cid and a name": '{"cid":"abcdefgh","username":"ada"}',
  "only a text": '{"message":"hello","password":"wrong password"}',
  "an ordinary key in another case": `{${GOOD.toUpperCase()}}`,
  "fields with a space": `{${GOOD.replaceAll('":"', ' ":"')}}`,
  "nulls as texts": '{"cid":"abcdefgh","message":null,"username":null,"password":null}',
  "numbers as texts": '{"cid":12345678,"message":1,"username":1,"password":12345678}',
  "a huge number as text": '{"cid":"abcdefgh","message":1e400,"username":"ada","password":1e400}',
  "booleans as texts": '{"cid":true,"message":true,"username":true,"password":true}',
  "lists as texts": '{"cid":["abcdefgh"],"message":["hi"],"username":["ada"],"password":["x"]}',
  "objects as texts":
    '{"cid":{"length":8},"message":{"toString":"hi"},"username":{"normalize":1},"password":{}}',
  "the last of two keys wrong": `{${GOOD},"message":1,"password":1}`,
  "the first of two keys null":
    '{"cid":"abcdefgh","username":"ada","message":"a","password":"b",'.concat(
      '"message":null,"password":null}',
    ),
  "fields of the prototype": `{"__proto__":{${GOOD},"polluted":true}}`,
  "a nested prototype": `{"a":{"__proto__":{"polluted":true}},"__proto__":{"polluted":1}}`,
  "a constructor's prototype": `{"constructor":{"prototype":{"polluted":true,${GOOD}}}}`,
  "a prototype that is null": '{"__proto__":null,"constructor":null,"toString":null}',
  "methods as fields": '{"hasOwnProperty":1,"valueOf":1,"toJSON":1,"then":1,"message":{"then":1}}',
  "8 levels of lists": nested(8),
  "thousands of keys": manyKeys(5_000),
  "a field in an escape": `{${GOOD.replaceAll("e", String.raw`\u0045`)}}`,
};

/** Bodies that are no JSON, or more than we read. */
const WRONG_BODIES: Readonly<Record<string, readonly [string | Uint8Array, ErrorCode]>> = {
  nothing: ["", "bad-request"],
  "white space": [" \n\t", "bad-request"],
  "half an object": [`{${GOOD}`, "bad-request"],
  "a comma too many": [`{${GOOD},}`, "bad-request"],
  "a comment": [`{${GOOD}/* */}`, "bad-request"],
  "single quotes": ["{'message':'a'}", "bad-request"],
  "no quotes": ["{message:1}", "bad-request"],
  "NaN as a value": ['{"message":NaN}', "bad-request"],
  "Infinity as a value": ['{"message":-Infinity}', "bad-request"],
  "undefined as a value": ['{"message":undefined}', "bad-request"],
  "a hexadecimal number": ['{"message":0x10}', "bad-request"],
  "two objects": [`{${GOOD}}{${GOOD}}`, "bad-request"],
  "a line feed in a text": ['{"message":"a\nb"}', "bad-request"],
  "a NUL in a text": ['{"message":"a\0b"}', "bad-request"],
  "a NUL at the end": [`{${GOOD}}\0`, "bad-request"],
  "a form": ["message=hello&cid=abcdefgh", "bad-request"],
  XML: [
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    "bad-request",
  ],
  "bytes that are no UTF-8": [
    Buffer.from(`{${GOOD}}`.replace("hello", "\xff\xfe"), "latin1"),
    "bad-request",
  ],
  "overlong UTF-8": [Buffer.from('{"message":"\xc0\xaf"}', "latin1"), "bad-request"],
  "half a character in UTF-8": [Buffer.from('{"message":"\xed\xa0\x80"}', "latin1"), "bad-request"],
  "UTF-8 cut short": [Buffer.from('"\xf0\x9f', "latin1"), "bad-request"],
  "UTF-16": [Buffer.from(`{${GOOD}}`, "utf16le"), "bad-request"],
  "9 levels of lists": [nested(9), "bad-request"],
  "33 levels of lists": [nested(33), "bad-request"],
  "30,000 levels of lists": [nested(30_000), "bad-request"],
  "30,000 levels never closed": ["[".repeat(30_000), "bad-request"],
  "30,000 levels of objects": ['{"a":'.repeat(10_000), "bad-request"],
  "a million levels": [nested(1_000_000), "too-large"],
  "a million keys": [manyKeys(1_000_000), "too-large"],
};

const PLACES = ["/api/rooms/0/messages", "/api/accounts", "/api/session"] as const;

for (const path of PLACES) {
  for (const [what, body] of Object.entries(WRONG_SHAPES)) {
    test(`[S03] POST ${path} refuses ${what}`, async () => {
      mustRefuse(await harmless(world, () => ada.call("POST", path, body)), "bad-request");
    });
  }
  for (const [what, [body, code]] of Object.entries(WRONG_BODIES)) {
    test(`[S03] POST ${path} refuses a body of ${what}`, async () => {
      const headers = ["Content-Type: application/json", `Authorization: Bearer ${ada.token}`];
      mustRefuse(await harmless(world, () => ask(port, `POST ${path}`, headers, body)), code);
    });
  }
}

for (const type of [
  undefined,
  "text/plain",
  "text/plain;application/json",
  "text/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=application/json",
  "application/jsonp",
  "application/json-patch+json",
  "application/problem+json",
]) {
  test(`[S08] a body of type ${type ?? "none"} is refused, whatever it holds`, async () => {
    const body = `{${GOOD}}`;
    const headers = type === undefined ? [] : [`Content-Type: ${type}`];
    for (const path of PLACES) {
      const all = [...headers, `Authorization: Bearer ${ada.token}`];
      const answer = await harmless(world, () => ask(port, `POST ${path}`, all, body));
      mustRefuse(answer, "unsupported-media-type", path);
    }
  });
}

/** A message "a" with this cid, as JSON. */
const good = (cid: string) => `{"message":"a","cid":"${cid}"}`;

test("[S03] what JSON allows is read: a byte order mark, escapes, two keys alike, 200 fields more", async () => {
  const bodies = [
    `\uFEFF${good("with-bom")}`,
    String.raw`{"cid":"\u0065scaped-","m\u0065ssage":"\u0061"}`,
    `{"message":"b",${good("two-alike").slice(1)}`,
    `{${manyKeys(200).slice(1, -1)},${good("and-more").slice(1)}`,
    `{"__proto__":{"polluted":true},"from":7,${good("pollutes").slice(1)}`,
  ];
  for (const body of bodies) {
    const answer = await ada.call("POST", PLACES[0], body);
    assert.equal(answer.status, 201, body);
  }
  const { messages } = await ada.history("?limit=5");
  assert.deepEqual(new Set(messages.map(({ message }) => message)), new Set(["a"]));
  assert.deepEqual(new Set(messages.map(({ from }) => from)), new Set([ada.me.id]));
  await mustBeWell(world);
});

const COMMANDS = ["send", "join", "leave", "people"] as const;
const UNKNOWN = [
  "",
  "nope",
  "SEND",
  "send ",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "run",
  "events",
  "closing",
  "error",
];
const ROOMS = ["0", "null", "true", "[]", '["0"]', '{"toString":"0"}', `"${"0".repeat(65)}"`];

/** Arguments of a command, as JSON; all of them wrong. */
const WRONG_COMMANDS: readonly string[] = [
  ...COMMANDS.flatMap((name) => [
    `"${name}"`,
    ...Object.values(WRONG_SHAPES).map((json) => `"${name}",${json}`),
    `"${name}",null,{"room":"0","cid":"abcdefgh","message":"hi","ids":[1]}`,
  ]),
  ...ROOMS.flatMap((room) => [
    `"send",{"room":${room},"cid":"abcdefgh","message":"hi"}`,
    `"join",{"room":${room}}`,
    `"leave",{"room":${room}}`,
  ]),
  ...["0", "null", "{}", '"x"', '""', '"NaN"', '"-1.000000"', '"1.0"', '"1e3"', '"inf"'].map(
    (since) => `"join",{"room":"0","since":${since}}`,
  ),
  ...["1", '"1"', "null", '["1"]', "[0]", "[-1]", "[1.5]", "[1e400]", "[null]", "[[1]]"].map(
    (ids) => `"people",{"ids":${ids}}`,
  ),
  `"people",{"ids":{"0":1,"length":1}}`,
  `"send",${nested(30_000)}`,
  `"send",{"room":"0","cid":"abcdefgh","message":${nested(30_000)}}`,
  ...UNKNOWN.map((name) => `"${name}",{}`),
  "7,{}",
];

/**
 * Three at a time, since the third mistake ends a connection; side by side, since farewells take
 * time.
 */
describe("[S03] three mistakes are answered and end a connection", { concurrency: 10 }, () => {
  for (let at = 0; at < WRONG_COMMANDS.length; at += 3) {
    const three = [0, 1, 2].map((i) => WRONG_COMMANDS[(at + i) % WRONG_COMMANDS.length] ?? "");
    const names = three.map((json) => (json.length > 60 ? `${json.slice(0, 60)}…` : json));
    test(`[S03] ${names.join(" · ")}`, async () => {
      await harmless(world, async () => {
        await using line = await RawSocket.signedIn(url, ada.token);
        for (const json of three) {
          assert.deepEqual(line.closings, []);
          assert.equal(await line.refusal(json), "bad-request", json.slice(0, 200));
        }
        await line.closed();
        assert.deepEqual(line.closings, ["too-many-mistakes"]);
      });
    });
  }
});

test("[S03] two mistakes are forgiven, and do not keep a good command from working", async () => {
  await using line = await RawSocket.signedIn(url, ada.token);
  assert.equal(await line.refusal('"nope",{}'), "bad-request");
  assert.equal(await line.refusal('"send",{}'), "bad-request");
  assert.equal(
    await line.refusal('"send",{"room":"0","cid":"two-mistakes","message":"hi"}'),
    undefined,
  );
  assert.equal(
    await line.refusal('"send",{"room":"55","cid":"not-a-mistake","message":"hi"}'),
    "not-found",
  );
  assert.deepEqual(line.closings, []);
});

test("[S03] of a flood of mistakes three are answered, and one farewell is said", async () => {
  await harmless(world, async () => {
    await using line = await RawSocket.signedIn(url, ada.token);
    const answers = Array.from({ length: 1_000 }, () => line.command('"nope",{}'));
    assert.equal(
      (await Promise.all(answers)).filter((answer) => errorCode(answer)).length,
      LIMITS.strikesMax,
    );
    assert.deepEqual(line.closings, ["too-many-mistakes"]);
  });
});

test("[S03] nothing is done for a connection that made its third mistake", async () => {
  await harmless(world, async () => {
    await using line = await RawSocket.signedIn(url, ada.token);
    for (let i = 0; i < LIMITS.strikesMax; i++) line.write('42/chat,["send",{"room":"0"}]');
    const sent = line.command('"send",{"room":"0","cid":"too-late","message":"hi"}');
    assert.equal(await sent, undefined);
  });
});

/** Frames below the level of commands, and whether the connection ends at once. */
const FRAMES: readonly (readonly [what: string, frame: string, end: "closed" | "kept"])[] = [
  ["nothing", "", "closed"],
  ["an unknown packet", "9", "closed"],
  ["a text", "hello", "closed"],
  ["an open packet", "0{}", "kept"],
  ["a probe", "2probe", "closed"],
  ["an upgrade", "5", "kept"],
  ["a message of nothing", "4", "closed"],
  ["an unknown message", "49", "closed"],
  ["half an event", '42/chat,0["send",{', "closed"],
  ["an event that is an object", '42/chat,0{"send":1}', "closed"],
  ["an event that is a text", '42/chat,0"send"', "closed"],
  ["an event without a name", "42/chat,0[]", "closed"],
  ["an event named null", "42/chat,0[null]", "closed"],
  ["an event named by a list", '42/chat,0[["send"]]', "closed"],
  ["an event with a reserved name", '42/chat,0["connect"]', "closed"],
  ["a disconnect as an event", '42/chat,0["disconnect"]', "closed"],
  ["an event with an endless number", `42/chat,${"9".repeat(400)}["send",{}]`, "kept"],
  ["an event elsewhere", '42/admin,0["send",{}]', "closed"],
  ["an event in the common namespace", '42["send",{}]', "closed"],
  ["an answer to nothing", "43/chat,7[]", "kept"],
  ["an answer without a number", "43/chat,[]", "kept"],
  ["an answer that is no list", "43/chat,1{}", "closed"],
  ["an error of ours", '44/chat,{"message":"x"}', "closed"],
  ["signing in twice", "40/chat,{}", "closed"],
  ["signing in elsewhere", "40/admin,{}", "kept"],
  ["signing in to the common namespace", "40", "kept"],
  ["signing in with a list", "40/other,[]", "closed"],
  ["signing in to a prototype", "40/__proto__,{}", "kept"],
  ["too many attachments", '45999999-/chat,0["send"]', "closed"],
  ["attachments that are no number", '45x-/chat,0["send"]', "closed"],
  ["an attachment that never comes", '451-/chat,0["send",{"_placeholder":true,"num":0}]', "kept"],
  ["base64 that belongs nowhere", "bAAAA", "closed"],
];

for (const [what, frame, end] of FRAMES) {
  test(`[S03] after a frame of ${what} the connection is ${end}`, async () => {
    await harmless(world, async () => {
      await using line = await RawSocket.signedIn(url, ada.token);
      line.write(frame);
      if (end === "closed") return void (await line.closed());
      if (frame.startsWith("451-")) return undefined;
      assert.deepEqual(await line.command('"leave",{"room":"0"}'), {});
      return undefined;
    });
  });
}

test("[S03] bytes in place of a text are refused as any wrong text, in or out of place", async () => {
  await harmless(world, async () => {
    await using line = await RawSocket.signedIn(url, ada.token);
    line.write(
      '451-/chat,0["send",{"room":"0","cid":"abcdefgh","message":{"_placeholder":true,"num":0}}]',
    );
    line.write(Buffer.from("bytes"));
    await line.until(
      () => line.frames.some((frame) => /^43\/chat,0.*bad-request/u.test(frame)),
      "refused",
    );
    line.write('451-/chat,1["send",{"_placeholder":true,"num":7}]');
    line.write(Buffer.from("bytes"));
    await line.closed();
    await using other = await RawSocket.signedIn(url, ada.token);
    other.write(Buffer.from([0xff, 0x00, 0xfe]));
    await other.closed();
  });
});

test("[S03] a connection that was refused at the door says nothing more", async () => {
  await harmless(world, async () => {
    for (const auth of [
      "{}",
      '{"token":""}',
      '{"token":null}',
      '{"token":["x"]}',
      `{"__proto__":{"token":"${ada.token}"}}`,
      `{"token":"${"A".repeat(43)}"}`,
    ]) {
      await using line = await RawSocket.upgraded(url);
      line.write(`40/chat,${auth}`);
      await line.until(() => line.frames.some((frame) => frame.startsWith("44/chat,")), "refused");
      assert.match(line.frames.at(-1) ?? "", /"code":"not-signed-in"/u);
      line.write('42/chat,0["send",{"room":"0","cid":"abcdefgh","message":"hi"}]');
      await line.closed();
      assert.equal(line.frames.filter((frame) => frame.startsWith("43")).length, 0);
    }
  });
});

test("[S03] a list in place of a query's value, or a value twice, changes nothing", async () => {
  for (const query of ["limit[]=5", "limit=5&limit=1e9", "before[]=x", "__proto__[limit]=7"]) {
    const answer = await harmless(world, () => ada.call("GET", `/api/rooms/0/messages?${query}`));
    assert.equal(answer.status, 200, query);
  }
  const wrong = [
    "limit=-1",
    "limit=0",
    "limit=NaN",
    "limit=1e9",
    "limit=1e400",
    "limit=",
    "limit=x",
    "limit=1.5",
    "limit=5,6",
    "before=NaN",
    "before=-1",
    "before=%2Binf",
    "before=(1.000000",
    "before=",
    "before=1.000000&after=1.000000",
    "after=1.000000%20LIMIT%200%201",
    "around=x",
    `before=${"1".repeat(33)}`,
  ];
  for (const query of wrong) {
    const answer = await harmless(world, () => ada.call("GET", `/api/rooms/0/messages?${query}`));
    mustRefuse(answer, "bad-request", query);
  }
});

test("a request with a wrong body is refused before it costs a try", async () => {
  for (let i = 0; i < 40; i++) {
    mustRefuse(await request(url, "POST", "/api/session", { body: "[]" }), "bad-request");
  }
  const body = { username: "ada", password: "a wrong password" };
  mustRefuse(await request(url, "POST", "/api/session", { body }), "wrong-credentials");
});
