/**
 * The page for everyone: by keyboard, by screen reader, in both themes, on a phone, under a strict
 * policy.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";

/** What has the keyboard's focus: its id, or what it is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const { id, innerText, className } = document.activeElement;
    // Of a message, what it says: not the bar of what one can do with it.
    const said = document.activeElement.querySelector(".bubble")?.innerText;
    return id || className + ": " + (said ?? innerText);
  })()`);
}

describe("access", { concurrency: false }, () => {
  let server: ServerProcess;
  let browser: Browser;
  let writer: Member;
  before(async () => {
    [server, browser] = await Promise.all([
      startServer({ args: ["--data", tempFolder()] }),
      openBrowser(),
    ]);
    writer = await Member.enter(server.url, "Writer");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      test(`${size}, ${colorScheme}: axe finds nothing, and no screen is wider than the window`, async () => {
        await using ada = await Visitor.at(browser, server.url, { colorScheme, viewport });
        const { page } = ada;
        const assertFits = async (screen: string) => {
          await ada.assertAccessible(`${screen}, ${size}, ${colorScheme}`);
          const width = await page.evaluate<number>("document.documentElement.scrollWidth");
          assert.equal(width, viewport.width, screen);
        };
        await page.getByRole("heading", { name: "Create your account" }).waitFor();
        await assertFits("register");
        await page.getByRole("button", { name: "Create account" }).click();
        await assertFits("register, with rules broken");
        await ada.register(`Ada-${size}-${colorScheme}`);
        await ada.say("x".repeat(300));
        await writer.say("See https://example.org/ 🎉");
        await ada.hears("x".repeat(300));
        await page.getByRole("link", { name: "https://example.org/" }).first().waitFor();
        await assertFits("General");
        await ada.openAccount();
        await assertFits("the menu of the account");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Welcome back" }).waitFor();
        await assertFits("sign in");
        ada.assertNoComplaints();
      });
    }
  }

  test("the whole of it by keyboard alone: come in, write, read back, follow a link, go out", async () => {
    await using brin = await Visitor.at(browser, server.url);
    const { page } = brin;
    const { keyboard } = page;
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await keyboard.press("Tab");
    assert.equal(await focused(page), "username");
    await keyboard.type("Brin");
    await keyboard.press("Tab");
    await keyboard.type(PASSWORD);
    await keyboard.press("Enter");
    await brin.arrived();
    await writer.say("look: https://example.org/keys");
    await brin.hears("look: https://example.org/keys");

    assert.equal(await focused(page), "composer");
    await keyboard.type("one");
    await keyboard.press("Shift+Enter");
    await keyboard.type("two");
    await keyboard.press("Enter");
    await brin.hears("one\ntwo");
    await page.locator('.message:not([data-state="stored"])').waitFor({ state: "detached" });
    assert.equal(await focused(page), "composer");

    // One stop for all the messages: the newest first, then arrows.
    await keyboard.press("Shift+Tab");
    assert.match(await focused(page), /^message: .*two$/su);
    await keyboard.press("ArrowUp");
    assert.match(await focused(page), /^message: .*look/su);
    await keyboard.press("Tab");
    assert.match(await focused(page), /https:\/\/example\.org\/keys$/u);
    await keyboard.press("Home");
    await keyboard.press("End");
    await page.waitForTimeout(50);
    assert.match(await focused(page), /^message: .*two$/su);
    await keyboard.press("Escape");
    assert.equal(await focused(page), "composer");

    // From the top of the page: first the way past everything, then oneself.
    await page.evaluate("document.activeElement.blur()");
    await page.reload();
    await brin.arrived();
    await page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()");
    await page.locator(".skip-link").focus();
    await keyboard.press("Enter");
    assert.equal(await focused(page), "composer");
    await page.locator(".skip-link").focus();
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    for (const item of [
      /Profile/u,
      /Settings/u,
      /Devices/u,
      /Change password/u,
      /block/u,
      /Your data/u,
    ]) {
      await keyboard.press("Tab");
      assert.match(await focused(page), item);
    }
    await keyboard.press("Tab");
    assert.match(await focused(page), /Sign out/u);
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });

  test("a screen reader hears new messages of others, each once, and not one's own", async () => {
    await using cleo = await Visitor.at(browser, server.url, { name: "Cleo" });
    const log = cleo.page.getByRole("log");
    await writer.say("good morning");
    await log.getByText("Writer: good morning", { exact: true }).waitFor({ state: "attached" });
    await cleo.say("morning");
    await cleo.hears("morning");
    for (let at = 0; at < 6; at++) await writer.say(`burst ${at}`);
    await log
      .getByText(/Writer: burst|new messages from Writer/u)
      .first()
      .waitFor({ state: "attached" });
    assert.doesNotMatch((await log.textContent()) ?? "", /Cleo|: morning/u);
  });

  test("the page runs under a policy without inline code, and looks as it should without movement", async () => {
    const { headers, text } = await request(server.url, "GET", "/");
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /require-trusted-types-for 'script'/u);
    assert.doesNotMatch(policy, /unsafe|data:|\*/u);
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style| style=| on\w+=/u);
    await using dora = await Visitor.at(browser, server.url, {
      name: "Dora",
      reducedMotion: "reduce",
      forcedColors: "active",
    });
    await dora.assertAccessible("forced colours");
    dora.assertNoComplaints();
  });
});
