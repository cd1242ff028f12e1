/** What shows while one writes, and what was read: two people on two servers, in real browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

function boxOf({ page }: Visitor): Locator {
  return page.getByRole("textbox", { name: /^Message /u });
}

describe("writing", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("an @ offers the people of the room; arrows and Enter choose, Escape declines, a click does, too", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    await using brin = await Visitor.at(browser, world.two.url, { name: "Brin" });
    await using bruno = await Visitor.at(browser, world.two.url, { name: "Bruno" });
    const box = boxOf(ada);
    const options = ada.page.getByRole("option");
    await box.pressSequentially("Dear @br");
    await options.nth(1).waitFor();
    assert.deepEqual(await options.allInnerTexts(), ["B\nBrin", "B\nBruno"]);
    await ada.assertAccessible("people to name");
    await box.press("ArrowDown");
    assert.equal(await options.nth(1).getAttribute("aria-selected"), "true");
    await box.press("Enter");
    assert.equal(await box.inputValue(), "Dear @Bruno ");
    await box.pressSequentially("and @b");
    await options.first().click();
    assert.equal(await box.inputValue(), "Dear @Bruno and @Brin ");
    await box.pressSequentially("mail me@b");
    assert.equal(await options.count(), 0);
    await box.pressSequentially(" @b");
    await options.first().waitFor();
    await box.press("Escape");
    assert.equal(await options.count(), 0);
    await box.press("Enter");
    await bruno.hears("Dear @Bruno and @Brin mail me@b @b");
    for (const { page } of [brin, bruno]) await page.locator('[data-meant="true"]').waitFor();
    for (const visitor of [ada, brin, bruno]) visitor.assertNoComplaints();
  });

  test("@room calls everybody only if one says so", async () => {
    await using cleo = await Visitor.at(browser, world.one.url, { name: "Cleo" });
    await using dora = await Visitor.at(browser, world.two.url, { name: "Dora" });
    await cleo.makeRoom("Choir");
    const people = await cleo.showPeople();
    await people.getByRole("searchbox").fill("Dora");
    await people.getByRole("button", { name: /Bring in\s*Dora/u }).click();
    await people.locator(".member", { hasText: "Dora" }).waitFor();
    await cleo.page.keyboard.press("Escape");
    await dora.go("Choir");
    await boxOf(cleo).fill("only the words @room");
    await cleo.page.getByText("Tell all 2 people").waitFor();
    await boxOf(cleo).press("Enter");
    await dora.hears("only the words @room");
    await boxOf(cleo).fill("everybody @room");
    await cleo.page.getByLabel("Tell all 2 people in the room that they are meant").check();
    await boxOf(cleo).press("Enter");
    const meant = dora.page.locator('[data-meant="true"]');
    await meant.waitFor();
    assert.match(await meant.innerText(), /everybody @room/u);
    cleo.assertNoComplaints();
    dora.assertNoComplaints();
  });

  test("who types shows until they have said it; what was read is seen, and unread again on purpose", async () => {
    await using emil = await Visitor.at(browser, world.one.url, { name: "Emil" });
    const phone = { viewport: SIZES.phone, colorScheme: "dark" } as const;
    await using fay = await Visitor.at(browser, world.two.url, { name: "Fay", ...phone });
    await emil.page.getByRole("button", { name: "Start a chat" }).click();
    await emil.page.getByRole("searchbox").fill("Fay");
    await emil.page.getByRole("dialog").getByRole("button", { name: /Fay/u }).click();
    await emil.page
      .getByRole("button", { name: /^Start/u })
      .last()
      .click();
    await emil.isIn("Fay");
    await emil.say("psst");
    await emil.hears("psst");
    assert.equal(await emil.page.getByText("Seen", { exact: true }).count(), 0);
    await fay.page.getByRole("button", { name: /^All rooms/u }).click();
    await fay.go("Emil");
    await emil.page.getByText("Seen", { exact: true }).waitFor();
    await boxOf(fay).pressSequentially("ye");
    await emil.page.getByText("Fay is typing…").waitFor();
    await fay.assertAccessible("a chat of two");
    await fay.say("yes?");
    await emil.hears("yes?");
    await emil.page.getByText("Fay is typing…").waitFor({ state: "detached" });
    const row = emil.page.locator(".message", { hasText: "yes?" });
    await row.locator(".bubble").hover();
    await row.getByRole("button", { name: "Mark unread from here" }).click();
    await emil.roomItem("Fay").locator(".unread-badge").waitFor();
    await emil.go("General");
    await emil.go("Fay");
    await emil.page.locator(".row", { hasText: "yes?" }).locator(".new-line").waitFor();
    await emil.roomItem("Fay").locator(".unread-badge").waitFor({ state: "detached" });
    emil.assertNoComplaints();
    fay.assertNoComplaints();
  });
});
