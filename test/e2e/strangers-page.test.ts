/** The page of strangers at its edges: other tabs, a page nobody looks at, a closed door, a small window. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Visitor, openBrowser } from "#test/e2e/browser.ts";
import { startServer } from "#test/support/server-process.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";
import { agree, isTalking, look, meet, strangerAt } from "#test/support/stranger-visitor.ts";
import { until } from "#test/support/until.ts";

/** Where pictures go, for who wants to look at them. */
const PICTURES = process.env["KLATCH_TEST_PICTURES"];

describe("the page of strangers", { concurrency: false }, () => {
  let world: StrangerServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([strangerServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("[SG22] a copied tab goes on with the chat, and the first one says so", async () => {
    await using ada = await strangerAt(browser, world.one.url, "phone");
    await using brin = await strangerAt(browser, world.two.url, "wide", "dark");
    await meet([ada, brin], "tabs");
    const token = await ada.page.evaluate<string>(`sessionStorage.getItem("klatch:stranger")`);
    const copy = new Visitor(await ada.page.context().newPage());
    await copy.page.addInitScript(`sessionStorage.setItem("klatch:stranger", "${token}")`);
    await copy.page.goto(`${world.two.url}/strangers`);
    await isTalking(copy);
    await ada.page.getByRole("heading", { name: "Continued in another tab" }).waitFor();
    await picture(ada.page, "moved-phone");
    await ada.assertAccessible("continued in another tab");
    await brin.say("still you?");
    await copy.hears("still you?");
    await picture(brin.page, "chat-wide-dark");
    await brin.assertAccessible("the chat, dark");
    for (const each of [ada, brin, copy]) each.assertNoComplaints();
  });

  test("what is said while nobody looks is marked, and the title calls", async () => {
    await using ada = await strangerAt(browser, world.one.url);
    await using brin = await strangerAt(browser, world.two.url, "phone");
    await meet([ada, brin], "looking");
    await ada.say("before");
    await brin.hears("before");
    await brin.page.evaluate(`Object.defineProperty(document, "hidden", {
      value: true, configurable: true })`);
    await ada.say("meanwhile");
    await until(async () => (await brin.page.title()) === "● Something was said");
    await brin.hears("meanwhile");
    assert.deepEqual(await linesAndMarks(brin.page), ["before", "New", "meanwhile"]);
    await brin.page.evaluate(`delete document.hidden`);
    await until(async () => (await brin.page.title()).endsWith("Strangers · Klatch"));
    await brin.page.getByRole("textbox").fill("I am back");
    await brin.page.getByRole("button", { name: "Send" }).click();
    await brin.hears("I am back");
    assert.deepEqual(await linesAndMarks(brin.page), ["before", "meanwhile", "I am back"]);

    // As high as a phone's keyboard leaves it: all that one needs is there.
    await brin.page.setViewportSize({ width: 390, height: 360 });
    await ada.say("a line that comes while one writes");
    await brin.hears("a line that comes while one writes");
    const last = await brin.page.locator(".message").last().boundingBox();
    const box = await brin.page.getByRole("textbox").boundingBox();
    assert.ok(
      last && box && last.y > 0 && last.y + last.height <= box.y && box.y + box.height < 360,
    );
    await picture(brin.page, "keyboard-phone");
    const isWide = `document.documentElement.scrollWidth > innerWidth`;
    assert.equal(await brin.page.evaluate(isWide), false);
    brin.assertNoComplaints();
  });

  test("a search goes on by itself after somebody has left, if one wants that", async () => {
    await using ada = await strangerAt(browser, world.one.url);
    await using brin = await strangerAt(browser, world.two.url);
    await agree(ada);
    await ada.page.getByText("Settings", { exact: true }).click();
    await ada.page.getByLabel(/^Search on by itself/u).check();
    await picture(ada.page, "settings-wide");
    await look(ada, "next");
    await agree(brin);
    await look(brin, "next");
    await Promise.all([isTalking(ada), isTalking(brin)]);
    await brin.page.getByRole("button", { name: "Block" }).click();
    await brin.page.getByText("You two will not meet again").first().waitFor();
    await ada.page.getByText(/Looking for someone new in \d s/u).waitFor();
    await ada.page.getByText("Looking among", { exact: true }).waitFor();
    ada.assertNoComplaints();
  });

  test("[SG31] where no strangers can be met, the page says so before anything else", async () => {
    await using server = await startServer({ args: ["--redis-url", world.redis.url] });
    await using ada = await strangerAt(browser, server.url, "phone");
    await ada.page.getByText("No strangers can be met here just now.").waitFor();
    await picture(ada.page, "closed-phone");
    await ada.assertAccessible("closed");
    await ada.page.getByRole("link", { name: "Back to Klatch" }).click();
    await ada.page.getByRole("heading", { name: "Create your account" }).waitFor();
    await ada.page.getByRole("link", { name: "talk to a stranger" }).click();
    await ada.page.getByText("No strangers can be met here just now.").waitFor();
    ada.assertNoComplaints();
  });
});

/** Lines and the mark between them, from the top. */
function linesAndMarks(page: Page): Promise<readonly string[]> {
  return page.locator(".strangers-lines :is(.message-text, .strangers-unread)").allInnerTexts();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
