/** A page at the root that is not Klatch's own, and who may poll. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { io } from "socket.io-client";
import { LIMITS } from "#protocol/limits.ts";
import { readConfig } from "#server/config.ts";
import { pythonJson } from "#server/tutorial/python-json.ts";
import { pagePolicy } from "#server/tutorial/page-policy.ts";
import type { Answer } from "#test/support/member.ts";
import { request } from "#test/support/member.ts";
import { SOCKET_TARGET, ask, upgrade } from "#test/support/raw-http.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startRefused, startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import { TutorialClient } from "./client.ts";

const INLINE = "document.title = 'Another';";
const HTML = `<!doctype html><title>A page</title><script src="/static/a.js"></script><script>${INLINE}</script>`;
const POLL = "/socket.io/?EIO=4&transport=polling";

function pageFolder(): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "static"));
  writeFileSync(join(folder, "index.html"), HTML);
  writeFileSync(join(folder, "static", "a.js"), "export {};");
  writeFileSync(join(folder, "face.jpg"), "no real picture");
  return folder;
}

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const policyOf = ({ headers }: Answer) => headers.get("Content-Security-Policy") ?? "";

describe("the tutorial's page", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let nick: TutorialClient;
  before(async () => {
    redis = await startRedis();
    const page = ["--tutorial", "--tutorial-page", pageFolder()];
    server = await startServer({ args: ["--demo", "--redis-url", redis.url, ...page] });
    nick = await TutorialClient.enter(server.url, "nick");
  });
  after(async () => {
    await server.stop();
    await redis.stop();
  });
  const get = (path: string, headers = {}) => request(server.url, "GET", path, { headers });

  test("[TU9] it is at the root with a policy of its own, and Klatch's own page is at /klatch", async () => {
    const root = await get("/");
    assert.equal(root.text, HTML);
    assert.match(policyOf(root), /default-src 'none'; script-src 'self' 'sha256-[^']+'; /u);
    assert.ok(policyOf(root).includes(hashOf(INLINE)));
    assert.doesNotMatch(policyOf(root), /unsafe|https?:|\*/u);
    assert.equal(
      (await get("/static/a.js")).headers.get("Content-Type"),
      "text/javascript; charset=utf-8",
    );
    assert.equal((await get("/face.jpg")).headers.get("Content-Type"), "image/jpeg");
    const own = await get("/klatch");
    assert.match(own.text, /id="klatch"/u);
    assert.match(policyOf(own), /require-trusted-types-for 'script'/u);
    const script = /src="(?<path>\/assets\/[^"]+\.js)"/u.exec(own.text)?.groups?.["path"] ?? "";
    assert.equal((await get(script)).status, 200, script);
    assert.match((await get("/strangers")).text, /Klatch/u);
    assert.equal((await get("/nothing")).status, 404);
  });

  test("[TU9] its folder must hold a page; without --tutorial it is all there, too", async () => {
    const empty = ["--tutorial", "--tutorial-page", tempFolder(), "--redis-url", redis.url];
    const { code, output } = await startRefused({ args: empty });
    assert.equal(code, 1);
    assert.match(output, /--tutorial-page: there is no index\.html/u);
    const { tutorial, tutorialPage } = readConfig([], { TUTORIAL_PAGE: "/page" });
    assert.deepEqual([tutorial, tutorialPage], [true, "/page"]);
  });

  test("a policy lets in what stands inside the page, by its hash, and nothing from elsewhere", () => {
    const policy = pagePolicy(
      "<style media=x>a{}</style><SCRIPT type=module>\nb\n</SCRIPT><script SRC = 'c'></script>",
    );
    assert.ok(policy.includes(`script-src 'self' ${hashOf("\nb\n")};`), policy);
    assert.ok(policy.includes(`style-src 'self' ${hashOf("a{}")};`), policy);
  });

  test("JSON is written as Python writes it", () => {
    const value = { a: [1, null, true], é: '\n"\\ü😀\u2028', c: [], d: {} };
    const text =
      String.raw`{"a": [1, null, true], "\u00e9": "\n\"\\\u00fc\ud83d\ude00\u2028", ` +
      '"c": [], "d": {}}';
    assert.equal(pythonJson(value), text);
    assert.deepEqual(JSON.parse(pythonJson(value)), value);
  });

  test("[TU10] a foreign page neither polls nor logs in, reads nothing, and opens no socket", async () => {
    const { port, url } = server;
    const cookie = `Cookie: ${nick.headers["Cookie"] ?? ""}`;
    const origin = "Origin: http://evil.example";
    const tries: readonly [string, string, readonly string[]][] = [
      ["GET", POLL, [cookie, origin]],
      ["GET", POLL, [cookie, "Sec-Fetch-Site: cross-site"]],
      ["POST", `${POLL}&sid=AAAA`, [cookie, origin]],
      // A browser names the origin of each of these.
      ["POST", `${POLL}&sid=AAAA`, [cookie]],
      ["POST", "/logout", [cookie]],
      ["POST", "/logout", [cookie, origin]],
      ["POST", "/login", [origin]],
    ];
    for (const [method, target, lines] of tries) {
      const answer = await ask(port, `${method} ${target}`, lines);
      assert.equal(answer.status, 403, `${method} ${target} ${lines.join()}`);
      assert.match(answer.body, /origin-refused/u);
    }
    for (const target of [SOCKET_TARGET, `${SOCKET_TARGET}&sid=AAAA`]) {
      assert.equal(
        (await upgrade(port, [cookie, "Origin: http://evil.example"], target)).status,
        403,
      );
    }
    assert.equal((await nick.get("/me")).text, '{"id":"1","username":"nick"}');
    const jsonp = await request(url, "GET", `${POLL}&j=0`);
    assert.equal(jsonp.status, 400);
  });

  test("[TU10] what polls is of our headers, within our limits, and only for the tutorial's namespace", async () => {
    const poll = await get(POLL, nick.headers);
    assert.equal(poll.status, 200);
    for (const name of [
      "Content-Security-Policy",
      "X-Content-Type-Options",
      "Cross-Origin-Resource-Policy",
    ]) {
      assert.ok(poll.headers.has(name), name);
    }
    const sid = /"sid":"(?<sid>[^"]+)"/u.exec(poll.text)?.groups?.["sid"] ?? "";
    const post = (body: string) =>
      request(server.url, "POST", `${POLL}&sid=${sid}`, { body, headers: nick.headers });
    assert.equal((await post("40/chat,")).status, 200);
    assert.match(
      (await get(`${POLL}&sid=${sid}`, nick.headers)).text,
      /^44\/chat,.*over WebSocket/u,
    );
    assert.equal((await post("x".repeat(LIMITS.frameBytesMax + 1))).status, 413);
    for (const path of [
      "/socket.io/?EIO=3&transport=polling",
      "/socket.io/?transport=polling",
      "/socket.io/",
    ]) {
      assert.equal((await get(path)).status, 400, path);
    }
    assert.equal((await get(`${POLL}&t=${"x".repeat(LIMITS.urlCharsMax)}`)).status, 414);
    assert.equal((await get(`${POLL}&sid=unknown`)).status, 400);
    assert.equal(
      (await upgrade(server.port, [`Origin: ${server.url}`], `${SOCKET_TARGET}&sid=x`)).status,
      400,
    );
  });

  test("[TU10] Klatch's own namespaces take no connection that began with polling", async () => {
    for (const name of ["/chat", "/strangers"]) {
      const socket = io(server.url + name, { forceNew: true, extraHeaders: nick.headers });
      const error = await new Promise<Error>((resolve) => {
        socket.once("connect_error", resolve);
      });
      socket.disconnect();
      assert.match(error.message, /over WebSocket from the start/u, name);
    }
  });

  test("[TU10] a client is cut off at as many connections as a person may have", async () => {
    const lines = [];
    for (let i = 0; i < LIMITS.connectionsPerUserMax; i++) {
      const line = await nick.connect(["websocket"]);
      await line.done();
      lines.push(line);
    }
    await assert.rejects(nick.connect(), /connections; close one first/u);
    for (const { socket } of lines) socket.disconnect();
  });
});
