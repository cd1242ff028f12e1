/** What must not get out: in logs nothing that people wrote, in errors nothing of the inside. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { ErrorCode } from "#protocol/errors.ts";
import { mustRefuse, openWorld } from "#test/security/world.ts";
import { Member, request } from "#test/support/member.ts";
import { ask, exchange } from "#test/support/raw-http.ts";
import { RawSocket } from "#test/support/raw-socket.ts";
import { until } from "#test/support/until.ts";

const world = await openWorld({ args: ["--log-level", "debug", "--trusted-proxies", "127.0.0.1"] });
const { url, port, store, redis, server } = world;

/** Appears in everything a person could send; must appear in nothing a server prints. */
const CANARY = `canary${randomUUID().replaceAll("-", "")}`;
const NEW_PASSWORD = `${CANARY}-secret`;
const body = { username: "ada", password: NEW_PASSWORD };
const registered = await request(url, "POST", "/api/accounts", { body });
const token =
  /klatch=(?<token>[\w-]+)/u.exec(registered.headers.getSetCookie()[0] ?? "")?.[1] ?? "";
const ada = new Member(url, registered.json(), token);

/** Things of the inside that no answer may show. */
const INSIDE = new RegExp(
  [
    [
      "node_modules",
      String.raw`\.ts\b`,
      String.raw`\.js:`,
      String.raw`\bat \w+ \(`,
      "Error:",
      "Hono",
    ],
    [
      "WRONGTYPE",
      "NOSCRIPT",
      "ERR ",
      "ECONN",
      "EVALSHA",
      String.raw`redis\.sock`,
      "/tmp/",
      "closed",
    ],
  ]
    .flat()
    .join("|"),
  "u",
);

async function mustSayNothing(answer: { readonly text: string; readonly headers: Headers }) {
  assert.doesNotMatch(answer.text, INSIDE);
  assert.doesNotMatch(answer.text, new RegExp(CANARY, "u"));
  for (const name of ["server", "x-powered-by", "via", "x-runtime"]) {
    assert.equal(answer.headers.get(name), null);
  }
}

const ESCAPE = "\u001b[31mred\u001b[0m";
const LINES = 'x\r\n{"level":60,"msg":"forged"}\n\u2028data: forged\n\nid: 1\n\n';

test("[S26] whatever people send, the log shows none of it", async () => {
  const odd = [CANARY, `${CANARY}${LINES}`, `${CANARY}${ESCAPE}`];
  await using line = await ada.connect();
  await line.join();
  for (const text of odd) {
    await ada.say(text);
    await line.send(text);
    await ada.say("x", text);
    await request(url, "POST", "/api/accounts", { body: { username: text, password: text } });
    await request(url, "POST", "/api/session", { body: { username: text, password: text } });
    await request(url, "POST", "/api/session", { body: { username: "ada", password: text } });
    await ada.call(
      "GET",
      `/api/rooms/${encodeURIComponent(text)}/messages?before=${encodeURIComponent(text)}`,
    );
    await ada.call("GET", `/${encodeURIComponent(text)}`);
    await line.ask("send", { room: text, cid: text, message: text });
  }
  await ask(port, "GET /api/me", [
    `Cookie: klatch=${CANARY}`,
    `User-Agent: ${CANARY}`,
    `Referer: http://${CANARY}.example/`,
    `X-Forwarded-For: ${CANARY}`,
    `Authorization: Basic ${CANARY}`,
  ]);
  await exchange(port, [`GET /${CANARY} HTTP/1.1`, `Host: ${CANARY}/x`]);
  await exchange(port, [CANARY]);
  await using raw = await RawSocket.signedIn(url, token);
  raw.write(`42/chat,["${CANARY}"]`);
  raw.write(`4${CANARY}`);
  await raw.closed();
  await ada.at(url).call("DELETE", `/api/${CANARY}`);
  mustBeClean();
});

/** Every line is an event, as JSON, or one for people; nothing private or forged is in any. */
function mustBeClean(): void {
  const output = server.output();
  assert(!output.includes(CANARY), output);
  assert(!output.includes(token) && !output.includes("$2"), output);
  assert(!output.includes("forged"), output);
  // oxlint-disable-next-line no-control-regex -- because control characters are exactly what it looks for
  assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/u);
  for (const text of output.split("\n").filter((each) => each !== "")) {
    if (!text.startsWith("{")) continue;
    const event: unknown = JSON.parse(text);
    assert(typeof event === "object" && event !== null, text);
    for (const field of ["level", "time", "server", "msg"]) assert(field in event, text);
  }
}

/** How many errors nobody expected were logged so far. */
const logged = () => server.output().split("unexpected error").length - 1;

test("[S24] an error nobody expected says nothing of itself, over HTTP or a socket, and is logged once", async () => {
  const id = String(ada.me.id);
  // Another program wrote a text where a hash should be.
  await store.set("{room:88}:members", CANARY);
  const before = logged();
  for (const answer of [
    await ada.call("GET", "/api/rooms/88/messages"),
    await ada.say(CANARY, randomUUID(), "88"),
  ]) {
    mustRefuse(answer, "internal");
    await mustSayNothing(answer);
  }
  await using line = await ada.connect();
  for (const answer of [
    await line.ask("join", { room: "88" }),
    await line.send(CANARY, randomUUID(), "88"),
  ]) {
    const said = JSON.stringify(answer);
    assert.match(said, /"code":"internal"/u);
    assert.doesNotMatch(said, INSIDE);
  }
  assert.equal(logged() - before, 4);
  assert.equal(line.closing, undefined);
  await store.del("{room:88}:members");
  assert.equal((await store.hExists("{room:0}:members", id)) === 1, true);
  mustBeClean();
});

test("[S24] every refusal is one document of known words", async () => {
  const tries: readonly (readonly [
    ErrorCode,
    Promise<{ text: string; headers: Headers; status: number }>,
  ])[] = [
    ["bad-request", ada.call("POST", "/api/rooms/0/messages", "{")],
    [
      "bad-request",
      ada.call("POST", "/api/rooms/0/messages", { cid: CANARY, message: { [CANARY]: 1 } }),
    ],
    ["bad-request", ada.call("POST", "/api/rooms/0/messages", { cid: `${CANARY}:`, message: "x" })],
    ["bad-request", ada.call("GET", `/api/rooms/0/messages?limit=${CANARY}`)],
    ["bad-request", ada.call("GET", `/api/rooms/0/messages?before=${CANARY.slice(0, 20)}`)],
    ["not-found", ada.call("GET", `/api/rooms/${CANARY}/messages`)],
    ["not-found", ada.call("GET", `/${CANARY}`)],
    [
      "name-not-allowed",
      request(url, "POST", "/api/accounts", { body: { username: `${CANARY}-`, password: "x" } }),
    ],
    [
      "password-not-allowed",
      request(url, "POST", "/api/accounts", {
        body: { username: "brin", password: CANARY.repeat(9) },
      }),
    ],
    [
      "wrong-credentials",
      request(url, "POST", "/api/session", { body: { username: CANARY, password: CANARY } }),
    ],
  ];
  for (const [code, tried] of tries) {
    const answer = await tried;
    mustRefuse(answer, code);
    await mustSayNothing(answer);
  }
});

test("[S24] nothing for developers or operators is open to everybody", async () => {
  const paths = [
    [
      "/metrics",
      "/debug",
      "/debug/pprof",
      "/admin",
      "/status",
      "/server-status",
      "/env",
      "/config",
    ],
    [
      "/.git/config",
      "/.env",
      "/package.json",
      "/package-lock.json",
      "/src/server/main.ts",
      "/node_modules/hono/package.json",
    ],
    [
      "/socket.io/",
      "/socket.io/socket.io.js",
      "/socket.io/socket.io.js.map",
      "/api/",
      "/api/users",
    ],
    [
      "/index.html~",
      "/assets",
      "/assets/../../bin/start.ts",
      "//etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
    ],
  ].flat();
  for (const path of paths) {
    const answer = await ask(port, `GET ${path}`);
    mustRefuse(answer, "not-found", path);
    await mustSayNothing({ ...answer, text: answer.body });
  }
});

test("[S22] junk that others put on the channels or into the log forges nothing", async () => {
  await using line = await ada.connect();
  await line.join();
  const junk = [
    "",
    "{",
    "null",
    "[]",
    '{"type":"message"}',
    `{"type":"fork","x":"${"y".repeat(9)}"}`,
    `${CANARY}${LINES}${ESCAPE}`,
    '{"type":"message","room":"0","id":"x","prev":"y","data":{}}',
    '{"type":"session-ended"}',
    '{"type":"__proto__"}',
  ];
  for (const each of junk) {
    await store.sPublish("room:0", each);
    await store.sPublish(`user:${ada.me.id}`, each);
  }
  const members = [
    "",
    "{",
    "null",
    "7",
    '{"message":7}',
    `{"message":"${CANARY}"}`,
    '{"__proto__":{"polluted":1}}',
  ];
  await store.zAdd(
    "room:0",
    members.map((value, at) => ({ score: at + 1, value })),
  );
  const mark = randomUUID();
  assert.equal((await ada.say(mark)).status, 201);
  await line.until(() => line.texts().includes(mark), "a true word");
  assert.deepEqual(
    line.events.filter(({ type }) => type !== "message"),
    [],
  );
  const page = await ada.call("GET", "/api/rooms/0/messages?after=0.000000");
  assert.equal(page.status, 200);
  await store.zRemRangeByScore("room:0", 0, members.length);
  assert.equal(line.closing, undefined);
  mustBeClean();
});

test("[S24] while Redis is away every answer says so in our words, and the server lives", async () => {
  await using line = await ada.connect();
  await line.join();
  await redis.kill();
  for (const tried of [
    ada.call("GET", "/api/me"),
    ada.say(CANARY),
    ada.call("DELETE", "/api/session"),
    request(url, "POST", "/api/session", { body }),
    request(url, "POST", "/api/accounts", { body: { ...body, username: "cleo" } }),
  ]) {
    const answer = await tried;
    mustRefuse(answer, "unavailable");
    await mustSayNothing(answer);
  }
  assert.match(JSON.stringify(await line.send(CANARY)), /"code":"unavailable"/u);
  const ready = await request(url, "GET", "/readyz");
  assert.equal(ready.status, 503);
  await mustSayNothing(ready);
  assert.equal((await request(url, "GET", "/healthz")).status, 200);
  await redis.restart();
  await until(async () => (await request(url, "GET", "/readyz")).status === 200, { what: "ready" });
  assert.equal((await ada.call("GET", "/api/me")).status, 200);
  mustBeClean();
});
