/** The headers of every answer there is, to the letter, whoever asks and however it goes wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { World } from "#test/security/world.ts";
import { mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import type { RawAnswer } from "#test/support/raw-http.ts";
import { ask, exchange, upgrade } from "#test/support/raw-http.ts";

const COMMON = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
} as const;
const HSTS = { "strict-transport-security": "max-age=31536000" };

/** What differs from answer to answer, and is looked at where it matters. */
const VARYING = new Set(["date", "connection", "keep-alive", "content-length", "content-type"]);

const plain = await openWorld();
const secure = await openWorld({ args: ["--public-url", "https://chat.example"] });
const SITES = [
  { scheme: "http", world: plain, common: COMMON, cookie: "klatch" },
  { scheme: "https", world: secure, common: { ...COMMON, ...HSTS }, cookie: "__Host-klatch" },
] as const;

const JSON_BODY = "Content-Type: application/json";
const MESSAGES = "/api/rooms/0/messages";

interface Asked {
  readonly answer: (world: World, member: Member) => Promise<RawAnswer>;
  readonly status?: number;
  readonly code?: ErrorCode;
  /** Headers beyond those that every answer has, or in their place. */
  readonly more?: Readonly<Record<string, string | RegExp>>;
}

const get = (path: string, headers: readonly string[] = []): Asked["answer"] => {
  return ({ port }, { token }) =>
    ask(port, `GET ${path}`, [`Authorization: Bearer ${token}`, ...headers]);
};
const post = (
  path: string,
  body: string,
  headers: readonly string[] = [JSON_BODY],
): Asked["answer"] => {
  return ({ port }, { token }) =>
    ask(port, `POST ${path}`, [`Authorization: Bearer ${token}`, ...headers], body);
};
const raw = (...lines: readonly string[]): Asked["answer"] => {
  return ({ port }) => exchange(port, lines);
};
const socket = (headers: readonly string[], target?: string): Asked["answer"] => {
  return ({ port }) => upgrade(port, headers, target);
};

const ANSWERS: Readonly<Record<string, Asked>> = {
  health: { answer: get("/healthz"), status: 200 },
  readiness: { answer: get("/readyz"), status: 200 },
  "the page": {
    answer: get("/"),
    status: 200,
    more: { "cache-control": "no-cache", etag: /^"[\w-]{22}"$/u, vary: "Accept-Encoding" },
  },
  "the page of strangers": {
    answer: get("/strangers"),
    status: 200,
    more: {
      "cache-control": "no-cache",
      etag: /^"[\w-]{22}"$/u,
      vary: "Accept-Encoding",
      // It begins a worker, and may name one address for it.
      "content-security-policy": COMMON["content-security-policy"].replace(
        "trusted-types 'none'",
        "trusted-types klatch-worker",
      ),
    },
  },
  "a script of the page": {
    answer: get("/assets/app-1a2b3c.js"),
    status: 200,
    more: {
      "cache-control": "public, max-age=31536000, immutable",
      etag: /^"[\w-]{22}"$/u,
      vary: "Accept-Encoding",
    },
  },
  "who I am": { answer: get("/api/me"), status: 200 },
  history: { answer: get(MESSAGES), status: 200 },
  "a message sent": { answer: post(MESSAGES, '{"cid":"abcdefgh","message":"hi"}'), status: 201 },
  "a head": { answer: ({ port }) => ask(port, "HEAD /healthz"), status: 200 },
  "a head of nothing": { answer: ({ port }) => ask(port, "HEAD /nothing"), status: 404 },
  "not JSON": { answer: post(MESSAGES, "{"), code: "bad-request" },
  "a wrong query": { answer: get(`${MESSAGES}?limit=0`), code: "bad-request" },
  "no session": { answer: ({ port }) => ask(port, "GET /api/me"), code: "not-signed-in" },
  "a wrong password": {
    answer: post("/api/session", '{"username":"nobody","password":"wrong password"}'),
    code: "wrong-credentials",
  },
  "a foreign page": {
    answer: post(MESSAGES, "{}", ["Origin: http://evil.example"]),
    code: "origin-refused",
  },
  nothing: { answer: get("/nothing"), code: "not-found" },
  "nothing under api": { answer: get("/api/nothing"), code: "not-found" },
  "no such room": { answer: get("/api/rooms/9/messages"), code: "not-found" },
  "a folder": { answer: get("/assets/"), code: "not-found" },
  "a dotted path": { answer: get("/../../etc/passwd"), code: "not-found" },
  "an encoded path": { answer: get("/%2e%2e%2f%2e%2e%2fetc/passwd"), code: "not-found" },
  "half an escape": { answer: get("/%"), code: "not-found" },
  "a script of the library": { answer: get("/socket.io/socket.io.js"), code: "not-found" },
  polling: { answer: get("/socket.io/?EIO=4&transport=polling"), code: "not-found" },
  "a taken name": {
    answer: post("/api/accounts", JSON.stringify({ username: "ada", password: PASSWORD })),
    code: "name-taken",
  },
  "a cid again": {
    answer: post(MESSAGES, '{"cid":"abcdefgh","message":"ho"}'),
    code: "cid-reused",
  },
  "a wrong method": {
    answer: ({ port }) => ask(port, "POST /healthz"),
    code: "method-not-allowed",
  },
  "an unknown method": { answer: ({ port }) => ask(port, "PATCH /"), code: "method-not-allowed" },
  "a trace": { answer: ({ port }) => ask(port, "TRACE /healthz"), code: "method-not-allowed" },
  "a body too large": { answer: post(MESSAGES, "a".repeat(70_000)), code: "too-large" },
  "an address too long": { answer: get(`/${"a".repeat(3_000)}`), code: "url-too-long" },
  "another type": { answer: post(MESSAGES, "{}", []), code: "unsupported-media-type" },
  "a wrong name": {
    answer: post("/api/accounts", '{"username":"a b","password":"long enough"}'),
    code: "name-not-allowed",
  },
  "a wrong new password": {
    answer: post("/api/accounts", '{"username":"anybody","password":"password"}'),
    code: "password-not-allowed",
  },
  "an empty message": {
    answer: post(MESSAGES, '{"cid":"abcdefgi","message":""}'),
    code: "message-not-allowed",
  },
  "headers too large": {
    answer: get("/", [`X: ${"a".repeat(20_000)}`]),
    code: "headers-too-large",
  },
  "too many headers": {
    answer: get(
      "/",
      Array.from({ length: 3_000 }, (_, at) => `x${at}: 1`),
    ),
    code: "headers-too-large",
  },
  "no HTTP": { answer: raw("hello"), code: "bad-request" },
  TLS: { answer: raw("\x16\x03\x01\x02\x00\x01\x00"), code: "bad-request" },
  "a wrong method's name": { answer: raw("G@T / HTTP/1.1", "Host: x"), code: "bad-request" },
  "another version": { answer: raw("GET / HTTP/3.0", "Host: x"), code: "bad-request" },
  "a header without a name": {
    answer: raw("GET / HTTP/1.1", "Host: x", ": y"),
    code: "bad-request",
  },
  "a folded header": {
    answer: raw("GET / HTTP/1.1", "Host: x", "X: y", " z"),
    code: "bad-request",
  },
  "a NUL in a header": { answer: raw("GET / HTTP/1.1", "Host: x", "X: \0"), code: "bad-request" },
  "two lengths": {
    answer: raw("POST /api/session HTTP/1.1", "Host: x", "Content-Length: 1", "Content-Length: 2"),
    code: "bad-request",
  },
  "a length and chunks": {
    answer: raw("POST / HTTP/1.1", "Host: x", "Content-Length: 1", "Transfer-Encoding: chunked"),
    code: "bad-request",
  },
  "no host": { answer: raw("GET / HTTP/1.1"), code: "bad-request" },
  "a host that is none": { answer: raw("GET / HTTP/1.1", "Host: a/b"), code: "bad-request" },
  "a backslash": { answer: get("/a\\b"), code: "bad-request" },
  "a star": { answer: raw("OPTIONS * HTTP/1.1", "Host: x"), code: "bad-request" },
  "an address without a slash": {
    answer: raw("GET healthz HTTP/1.1", "Host: x"),
    code: "bad-request",
  },
  "an odd expectation": { answer: get("/healthz", ["Expect: wonders"]), status: 200 },
  "an offer of HTTP/2": {
    answer: get("/healthz", [
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABk",
    ]),
    status: 200,
  },
  "a socket of a foreign page": {
    answer: socket(["Origin: http://evil.example"]),
    code: "origin-refused",
  },
  "a socket elsewhere": { answer: socket([], "/elsewhere"), code: "not-found" },
  "a socket of an older protocol": {
    answer: socket([], "/socket.io/?EIO=3&transport=websocket"),
    code: "bad-request",
  },
  "a socket of another transport": {
    answer: socket([], "/socket.io/?EIO=4&transport=polling"),
    code: "bad-request",
  },
  "a socket that goes on with another": {
    answer: socket([], "/socket.io/?EIO=4&transport=websocket&sid=abc"),
    code: "bad-request",
  },
  "a socket with a wrong key": {
    answer: raw(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
      "Host: x",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: short",
    ),
    code: "bad-request",
  },
};

for (const { scheme, world, common, cookie } of SITES) {
  const member = await Member.enter(world.url, "ada");

  for (const [what, { answer, status, code, more = {} }] of Object.entries(ANSWERS)) {
    test(`[S09] over ${scheme}, the headers of ${what} are exact`, async () => {
      const got = await answer(world, member);
      if (code === undefined) assert.equal(got.status, status, got.text);
      else mustRefuse(got, code);
      mustHave(got.headers, { ...common, ...askedFor(code), ...more });
    });
  }

  test(`[S09] over ${scheme}, the cookie of a session is exact, and is taken away as it came`, async () => {
    const secured = scheme === "https" ? "; Secure" : "";
    const body = JSON.stringify({ username: `cookie-${scheme}`, password: PASSWORD });
    const register = await ask(world.port, "POST /api/accounts", [JSON_BODY], body);
    const signIn = await ask(world.port, "POST /api/session", [JSON_BODY], body);
    for (const { headers } of [register, signIn]) {
      const set = headers.getSetCookie();
      const life = 30 * 24 * 3600;
      assert.equal(set.length, 1);
      assert.match(
        set[0] ?? "",
        new RegExp(
          `^${cookie}=[\\w-]{43}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${secured}$`,
          "u",
        ),
      );
      mustHave(headers, { ...common, "set-cookie": /./u });
    }
    const token = /=(?<token>[\w-]{43});/u.exec(signIn.headers.getSetCookie()[0] ?? "")?.[1] ?? "";
    const signOut = await ask(world.port, "DELETE /api/session", [
      `Authorization: Bearer ${token}`,
    ]);
    assert.equal(signOut.status, 204);
    assert.deepEqual(signOut.headers.getSetCookie(), [
      `${cookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secured}`,
    ]);
    mustHave(signOut.headers, { ...common, "set-cookie": /./u });
  });

  test(`[S09] over ${scheme}, an unchanged page has the same headers as the page`, async () => {
    const etag = (await ask(world.port, "GET /")).headers.get("ETag") ?? "";
    const answer = await ask(world.port, "GET /", [`If-None-Match: ${etag}`]);
    assert.equal(answer.status, 304);
    mustHave(answer.headers, {
      ...common,
      "cache-control": "no-cache",
      etag,
      vary: "Accept-Encoding",
    });
  });
}

test("[S09] too many tries are told when to come back, with the headers of every answer", async () => {
  const body = '{"username":"guessed","password":"wrong password"}';
  const tries = Array.from({ length: 7 }, () =>
    ask(plain.port, "POST /api/session", [JSON_BODY], body),
  );
  const answers = await Promise.all(tries);
  const refused = answers.find(({ status }) => status === 429);
  assert(refused !== undefined);
  const { retryAfter } = mustRefuse(refused, "too-many-requests");
  mustHave(refused.headers, { ...COMMON, "retry-after": String(retryAfter) });
  assert(retryAfter !== undefined && retryAfter > 0 && retryAfter <= 30, String(retryAfter));
  await mustBeWell(plain);
});

/** What HTTP wants to be said along with some refusals. */
function askedFor(code: ErrorCode | undefined): Asked["more"] {
  const status = code === undefined ? 200 : ERRORS[code].status;
  if (status === 401) return { "www-authenticate": 'Bearer realm="Klatch"' };
  return status === 405 ? { allow: "GET, HEAD" } : {};
}

/** These headers, each with this value, and none besides but those that vary. */
function mustHave(headers: Headers, expected: Readonly<Record<string, string | RegExp>>): void {
  const rest = [...headers].filter(([name]) => !VARYING.has(name));
  const names = new Set(rest.map(([name]) => name));
  assert.deepEqual([...names].sort(), Object.keys(expected).sort());
  for (const [name, value] of rest) {
    const wanted = expected[name] ?? "";
    if (typeof wanted === "string") assert.equal(value, wanted, name);
    else assert.match(value, wanted, name);
  }
}
