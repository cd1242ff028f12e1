/**
 * Pages of other origins: what they send comes with the cookie, and is refused for where it comes
 * from.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { World } from "#test/security/world.ts";
import { harmless, mustRefuse, openWorld } from "#test/security/world.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import type { RawAnswer } from "#test/support/raw-http.ts";
import { ask, exchange, upgrade } from "#test/support/raw-http.ts";
import { RawSocket } from "#test/support/raw-socket.ts";

/** One server as it starts by itself, and one behind a proxy, under names of its own. */
const plain = await openWorld();
const named = await openWorld({
  args: ["--public-url", "https://chat.example,http://chat.internal:8000"],
});
const ada = await Member.enter(plain.url, "ada");
const brin = await Member.enter(named.url, "brin");

interface Site {
  readonly world: World;
  readonly member: Member;
  readonly cookie: string;
  /** Origins that are its own. */
  readonly own: readonly string[];
  readonly foreign: Readonly<Record<string, readonly string[]>>;
}

const { port } = plain;
const mine = `http://127.0.0.1:${port}`;

const SITES: Readonly<Record<string, Site>> = {
  "without a public address": {
    world: plain,
    member: ada,
    cookie: `Cookie: klatch=${ada.token}`,
    own: [mine],
    foreign: {
      null: ["Origin: null"],
      empty: ["Origin: "],
      evil: ["Origin: http://evil.example"],
      "evil on our port": [`Origin: http://evil.example:${port}`],
      "our address as a subdomain": [`Origin: ${mine}.evil.example`],
      "our address as a user": [`Origin: ${mine}@evil.example`],
      "another scheme": [`Origin: https://127.0.0.1:${port}`],
      "a socket's scheme": [`Origin: ws://127.0.0.1:${port}`],
      "another port": ["Origin: http://127.0.0.1:9"],
      "no port": ["Origin: http://127.0.0.1"],
      "another name of this machine": [`Origin: http://localhost:${port}`],
      "another address of this machine": [`Origin: http://127.0.0.2:${port}`],
      "our address as a number": [`Origin: http://2130706433:${port}`],
      "our address in IPv6": [`Origin: http://[::ffff:127.0.0.1]:${port}`],
      "any address": [`Origin: http://0.0.0.0:${port}`],
      "capital letters": [`Origin: HTTP://127.0.0.1:${port}`],
      "a slash at the end": [`Origin: ${mine}/`],
      "a dot at the end": [`Origin: http://127.0.0.1.:${port}`],
      "a user": [`Origin: http://ada@127.0.0.1:${port}`],
      "a file": ["Origin: file://"],
      "an extension": ["Origin: chrome-extension://abcdefghijklmnop"],
      "two in one": [`Origin: ${mine}, http://evil.example`],
      "two in one with a space": [`Origin: ${mine} http://evil.example`],
      "ours and evil": [`Origin: ${mine}`, "Origin: http://evil.example"],
      "evil and ours": ["Origin: http://evil.example", `Origin: ${mine}`],
      "ours twice": [`Origin: ${mine}`, `Origin: ${mine}`],
      "ours as the referrer only": ["Origin: null", `Referer: ${mine}/`],
      "ours as the forwarded host": [
        "Origin: http://evil.example",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: http",
      ],
      "a foreign name that leads here": [
        `Origin: http://evil.example:${port}`,
        `Host: evil.example:${port}`,
      ],
      "a foreign name that begins as ours": [
        `Origin: http://127.0.0.1.evil.example:${port}`,
        `Host: 127.0.0.1.evil.example:${port}`,
      ],
    },
  },
  "with a public address": {
    world: named,
    member: brin,
    cookie: `Cookie: __Host-klatch=${brin.token}`,
    own: ["https://chat.example", "http://chat.internal:8000"],
    foreign: {
      null: ["Origin: null"],
      "the same without TLS": ["Origin: http://chat.example"],
      "another port": ["Origin: https://chat.example:8443"],
      "the usual port, spelt out": ["Origin: https://chat.example:443"],
      "a subdomain": ["Origin: https://a.chat.example"],
      "the domain above": ["Origin: https://example"],
      "a longer name": ["Origin: https://chat.example.evil"],
      "a name that ends alike": ["Origin: https://evilchat.example"],
      "capital letters": ["Origin: https://CHAT.example"],
      "a slash at the end": ["Origin: https://chat.example/"],
      "a letter that looks alike": ["Origin: https://xn--cht-7cd.example"],
      "the second without its port": ["Origin: http://chat.internal"],
      "where it really listens": [`Origin: ${named.url}`],
      "where it says it is": ["Origin: http://evil.example", "Host: chat.example"],
    },
  },
};

/** Every route that changes something, with a body it would take. */
const ROUTES = [
  ["POST /api/accounts", () => ({ username: "mallory", password: PASSWORD })],
  ["POST /api/session", () => ({ username: "ada", password: PASSWORD })],
  ["POST /api/rooms/0/messages", () => ({ cid: randomUUID(), message: "forged" })],
  ["DELETE /api/session", () => undefined],
] as const;

/** A request with a cookie and these headers; `Host` is ours unless among them. */
function send(
  { world, cookie }: Site,
  route: string,
  headers: readonly string[],
  body: string,
): Promise<RawAnswer> {
  const host = headers.some((line) => line.startsWith("Host:"))
    ? []
    : [`Host: 127.0.0.1:${world.port}`];
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return exchange(world.port, [`${route} HTTP/1.1`, ...host, length, cookie, ...headers], body);
}

for (const [where, site] of Object.entries(SITES)) {
  for (const [what, headers] of Object.entries(site.foreign)) {
    test(`[S07] ${where}, a socket is refused to ${what}`, async () => {
      const all = [...headers, site.cookie];
      const answer = await harmless(site.world, () => upgrade(site.world.port, all));
      mustRefuse(answer, "origin-refused");
    });

    test(`[S07] ${where}, nothing is changed for ${what}`, async () => {
      for (const [route, body] of ROUTES) {
        const json = ["Content-Type: application/json", ...headers];
        const text = JSON.stringify(body()) ?? "";
        const answer = await harmless(site.world, () => send(site, route, json, text));
        mustRefuse(answer, "origin-refused", route);
        assert.equal(answer.headers.get("Access-Control-Allow-Origin"), null);
        assert.equal(answer.headers.get("Set-Cookie"), null);
      }
    });
  }

  test(`[S07] ${where}, its own origins may connect and write`, async () => {
    for (const origin of site.own) {
      const host = `Host: ${new URL(origin).host}`;
      const headers = [`Origin: ${origin}`, host, site.cookie];
      assert.equal((await upgrade(site.world.port, headers)).status, 101, origin);
      const text = JSON.stringify({ cid: randomUUID(), message: "from our page" });
      const json = ["Content-Type: application/json", `Origin: ${origin}`, host];
      const answer = await send(site, "POST /api/rooms/0/messages", json, text);
      assert.equal(answer.status, 201, answer.body);
    }
  });

  test(`[S07] ${where}, a cookie without an origin opens no socket and changes nothing`, async () => {
    await harmless(site.world, async () => {
      const headers = { Cookie: site.cookie.slice("Cookie: ".length) };
      await using line = await RawSocket.upgraded(site.world.url, headers);
      line.write("40/chat,{}");
      await line.until(() => line.frames.length > 1, "it is answered");
      assert.match(line.frames[1] ?? "", /^44\/chat,.*"not-signed-in"/u);
      for (const [route, body] of ROUTES) {
        const text = JSON.stringify(body()) ?? "";
        const answer = await send(site, route, ["Content-Type: application/json"], text);
        mustRefuse(answer, "origin-refused", route);
      }
    });
  });

  test(`[S07] ${where}, a program with a token needs no origin, and none of another's`, async () => {
    assert.equal((await site.member.say("from a program")).status, 201);
    const { token } = site.member;
    const headers = [`Authorization: Bearer ${token}`, "Origin: http://evil.example"];
    const body = JSON.stringify({ cid: randomUUID(), message: "x" });
    const answer = await harmless(site.world, () =>
      ask(
        site.world.port,
        "POST /api/rooms/0/messages",
        [...headers, "Content-Type: application/json"],
        body,
      ),
    );
    mustRefuse(answer, "origin-refused");
  });
}

const FETCH_SITES: readonly (readonly string[])[] = [
  ["Sec-Fetch-Site: cross-site", "Origin: http://evil.example"],
  ["Sec-Fetch-Site: same-site", "Origin: http://127.0.0.1:9"],
  ["Sec-Fetch-Site: none", "Origin: null"],
  ["Sec-Fetch-Site: same-origin", "Origin: http://evil.example"],
  ["Origin: http://evil.example"],
  [],
];

const FORMS: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "a form": ["application/x-www-form-urlencoded", "cid=abcdefgh&message=forged&username=ada"],
  "a form with files": ["multipart/form-data; boundary=x", "--x--"],
  "JSON as text": ["text/plain", '{"cid":"abcdefgh","message":"forged"}'],
  "JSON as JSON": ["application/json", '{"cid":"abcdefgh","message":"forged"}'],
};

for (const [route] of ROUTES) {
  test(`[S08] ${route} is refused to every foreign page and every form`, async () => {
    const site = SITES["without a public address"];
    assert(site !== undefined);
    await harmless(plain, async () => {
      for (const [what, [type, body]] of Object.entries(FORMS)) {
        for (const headers of FETCH_SITES) {
          const all = [`Content-Type: ${type}`, ...headers];
          mustRefuse(await send(site, route, all, body), "origin-refused", what);
        }
        if (type === "application/json" || route.startsWith("DELETE")) continue;
        const own = [`Content-Type: ${type}`, `Origin: ${mine}`];
        mustRefuse(await send(site, route, own, body), "unsupported-media-type", what);
      }
    });
  });
}

test("[S08] GET and HEAD change nothing, and no header or field makes another method of them", async () => {
  const site = SITES["without a public address"];
  assert(site !== undefined);
  const overrides = ["DELETE", "POST"].flatMap((method) => [
    `X-HTTP-Method-Override: ${method}`,
    `X-Method-Override: ${method}`,
    `X-HTTP-Method: ${method}`,
  ]);
  await harmless(plain, async () => {
    for (const path of ["/api/accounts", "/api/session", "/api/rooms/0/messages", "/api/me"]) {
      for (const method of ["GET", "HEAD"]) {
        const query = "?_method=DELETE&method=POST&cid=abcdefgh&message=forged";
        const answer = await ask(port, `${method} ${path}${query}`, [site.cookie, ...overrides]);
        assert([200, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
        assert.equal(answer.headers.get("Set-Cookie"), null);
      }
      const own = ["Content-Type: application/json", `Origin: ${mine}`, ...overrides];
      const answer = await send(site, `POST ${path}`, own, "[]");
      assert([400, 405].includes(answer.status), answer.text);
    }
  });
  assert.equal((await ada.call("GET", "/api/me")).status, 200);
});

test("[S07] no page of another origin is told that it may ask", async () => {
  await harmless(plain, async () => {
    for (const [route] of ROUTES) {
      const [, path = ""] = route.split(" ");
      const answer = await ask(port, `OPTIONS ${path}`, [
        "Origin: http://evil.example",
        "Access-Control-Request-Method: DELETE",
        "Access-Control-Request-Headers: content-type",
      ]);
      mustRefuse(answer, "method-not-allowed");
      const cors = [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));
      assert.deepEqual(cors, []);
    }
  });
});
