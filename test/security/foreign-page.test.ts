/**
 * A real browser, signed in, on a page of somebody else: on this machine, so even its cookies are
 * shared.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { chromium } from "playwright-core";
import { harmless, openWorld } from "#test/security/world.ts";
import { Member } from "#test/support/member.ts";
import { SOCKET_TARGET } from "#test/support/raw-http.ts";

const world = await openWorld();
const { url, port } = world;
const ada = await Member.enter(url, "ada");

const evil = createServer((_request, response) => {
  response.setHeader("Content-Type", "text/html").end("<!doctype html><title>evil</title>");
}).listen(0, "127.0.0.1");
await once(evil, "listening");
const address = evil.address();
assert(typeof address === "object" && address !== null);
/** The same host, so that cookies go along; only the port differs. */
const EVIL = `http://127.0.0.1:${address.port}/`;
/** Another site altogether, as far as a browser is concerned. */
const FAR = `http://localhost:${address.port}/`;

const browser = await chromium.launch({
  executablePath: process.env["KLATCH_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
after(async () => {
  await browser.close();
  evil.close();
});

/** A page of this address in a browser in which ada is signed in. */
async function visit(place: string): Promise<Page> {
  const context = await browser.newContext();
  await context.addCookies([
    { name: "klatch", value: ada.token, url, httpOnly: true, sameSite: "Lax" },
  ]);
  const page = await context.newPage();
  await page.goto(place);
  return page;
}

/**
 * What a script on the page gets from a request with the visitor's cookies: what it may read, or
 * "refused".
 */
function fetchFrom(
  page: Page,
  path: string,
  init: Readonly<Record<string, unknown>>,
): Promise<string> {
  return page.evaluate(
    async ([target, options]) => {
      const answer = await fetch(target, { credentials: "include", ...options }).catch(
        () => undefined,
      );
      if (answer === undefined) return "refused";
      return `${answer.type} ${answer.status} ${await answer.text()}`.trim();
    },
    [url + path, init] as const,
  );
}

/** Whether a script on the page gets a socket. */
function connectFrom(page: Page): Promise<string> {
  return page.evaluate(
    (target) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(target);
        socket.addEventListener("open", () => {
          resolve("open");
        });
        socket.addEventListener("error", () => {
          resolve("refused");
        });
      }),
    `ws://127.0.0.1:${port}${SOCKET_TARGET}`,
  );
}

const BODY = '{"cid":"abcdefgh","message":"forged"}';
const MESSAGES = "/api/rooms/0/messages";

/** Requests that a script may try, and whether the browser hides the answer or never asks. */
const TRIES: Readonly<Record<string, readonly [path: string, init: Record<string, unknown>]>> = {
  "read who is signed in": ["/api/me", {}],
  "read messages": [MESSAGES, {}],
  "read blindly": ["/api/me", { mode: "no-cors" }],
  "send JSON as text": [MESSAGES, { method: "POST", body: BODY }],
  "send JSON as text, blindly": [MESSAGES, { method: "POST", body: BODY, mode: "no-cors" }],
  "send JSON": [
    MESSAGES,
    { method: "POST", body: BODY, headers: { "Content-Type": "application/json" } },
  ],
  "sign out": ["/api/session", { method: "DELETE" }],
  "sign in as another": [
    "/api/session",
    {
      method: "POST",
      mode: "no-cors",
      body: '{"username":"ada","password":"correct horse battery"}',
    },
  ],
};

for (const [whose, place] of [
  ["of another port", EVIL],
  ["of another site", FAR],
] as const) {
  for (const [what, [path, init]] of Object.entries(TRIES)) {
    test(`[S08] a page ${whose} cannot ${what}`, async () => {
      await harmless(world, async () => {
        const page = await visit(place);
        assert.match(await fetchFrom(page, path, init), /^(?:refused|opaque 0)$/u);
        await page.context().close();
      });
      assert.equal((await ada.call("GET", "/api/me")).status, 200);
    });
  }

  test(`[S07] a page ${whose} cannot open a socket`, async () => {
    await harmless(world, async () => {
      const page = await visit(place);
      assert.equal(await connectFrom(page), "refused");
      await page.context().close();
    });
  });

  test(`[S08] a form on a page ${whose} changes nothing`, async () => {
    await harmless(world, async () => {
      for (const [path, type] of [
        [MESSAGES, "text/plain"],
        [MESSAGES, "application/x-www-form-urlencoded"],
        ["/api/session", "multipart/form-data"],
      ] as const) {
        const page = await visit(place);
        const answered = page.waitForResponse((response) => response.url() === url + path);
        await page.setContent(
          `<form method="post" action="${url}${path}" enctype="${type}">` +
            `<input name='{"cid":"abcdefgh","message":"forged","x":"' value='"}'></form>`,
        );
        await page.evaluate("document.forms[0].submit()");
        assert.equal((await answered).status(), 403, type);
        await page.context().close();
      }
    });
  });

  test(`[S09] a page ${whose} cannot frame ours, nor hold on to a window of it`, async () => {
    const page = await visit(place);
    const framed: unknown = await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.src = "${url}";
      frame.addEventListener("load", () => resolve(frame.contentDocument === null));
      document.body.append(frame);
    })`);
    // What is in the frame is the browser's own error page, which no page may look into.
    assert.equal(framed, true);
    assert.notEqual(await page.frames()[1]?.evaluate("document.title"), "Klatch");
    const popup = page.waitForEvent("popup");
    await page.evaluate(`void (globalThis.held = window.open("${url}"))`);
    const opened = await popup;
    await opened.waitForLoadState();
    assert.equal(await opened.evaluate("window.opener === null"), true);
    await page.context().close();
  });
}

test("[S07] our own page may do what foreign ones may not", async () => {
  const page = await visit(url);
  assert.equal(await connectFrom(page), "open");
  assert.match(await fetchFrom(page, "/api/me", {}), /^basic 200 .*"username":"ada"/u);
  const json = { "Content-Type": "application/json" };
  const sent = await fetchFrom(page, MESSAGES, { method: "POST", body: BODY, headers: json });
  assert.match(sent, /^basic 201 /u);
  assert.equal(await page.evaluate("document.cookie"), "");
  await page.context().close();
});
