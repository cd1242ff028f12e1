/** What one lets others see, and wants to be told: two people on two servers, in real browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { LIMITS } from "#protocol/limits.ts";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

async function talk(from: Visitor, to: string): Promise<void> {
  await from.page.getByRole("button", { name: "Start a chat" }).click();
  await from.page.getByRole("searchbox").fill(to);
  await from.page
    .getByRole("dialog")
    .getByRole("button", { name: new RegExp(to, "u") })
    .click();
  await from.page
    .getByRole("button", { name: /^Start/u })
    .last()
    .click();
  await from.isIn(to);
}

describe("settings", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("one may look offline, is away after five minutes, and back with a touch", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    const context = await browser.newContext({ viewport: SIZES.wide, colorScheme: "dark" });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await page.clock.install();
    await using brin = new Visitor(page);
    await page.goto(world.two.url);
    await brin.register("Brin");
    await talk(ada, "Brin");
    const people = ada.page.locator(".people-words");
    await people.getByText("Online", { exact: true }).waitFor();
    await page.clock.fastForward(LIMITS.idleAfterMs + 1_000);
    await people.getByText("Away", { exact: true }).waitFor();
    await page.mouse.move(200, 200);
    await people.getByText("Online", { exact: true }).waitFor();

    await brin.openAccount();
    await page.getByRole("button", { name: "Settings" }).click();
    const settings = page.getByRole("dialog", { name: "Settings" });
    await settings.getByLabel("Show when I am here").uncheck();
    await people.getByText(/^Last here/u).waitFor();
    await settings.getByRole("button", { name: "8 hours" }).click();
    await settings.getByText(/^Quiet until/u).waitFor();
    await brin.assertAccessible("settings, dark");
    await settings.getByLabel("Show when I am here").check();
    await people.getByText("Online", { exact: true }).waitFor();
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("what is announced of a room is one's own to say, and shows on all devices", async () => {
    const phone = { viewport: SIZES.phone };
    await using cleo = await Visitor.at(browser, world.one.url, { name: "Cleo", ...phone });
    await using again = await Visitor.at(browser, world.two.url);
    await again.page.getByRole("button", { name: "Sign in" }).click();
    await again.signIn("Cleo");
    const bell = /^What is announced of General/u;
    await cleo.page.getByRole("button", { name: bell }).click();
    const dialog = cleo.page.getByRole("dialog");
    await dialog.getByRole("radio", { name: /^Mentions/u }).check();
    await dialog.getByRole("button", { name: "1 hour" }).click();
    await dialog.getByText(/^Quiet until/u).waitFor();
    await cleo.assertAccessible("what is announced");
    await dialog.getByRole("button", { name: "Save" }).click();
    for (const { page } of [cleo, again]) {
      await page.getByRole("button", { name: /not everything now$/u }).waitFor();
    }
    await again.page.getByRole("button", { name: bell }).click();
    const mentions = again.page.getByRole("radio", { name: /^Mentions/u });
    await mentions.waitFor();
    assert.equal(await mentions.isChecked(), true);
    cleo.assertNoComplaints();
    again.assertNoComplaints();
  });
});
