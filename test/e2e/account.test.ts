/** One's own things on the page: profile, devices, invitations, leaving; in real browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import sharp from "sharp";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { PASSWORD, request } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

/** Opens a panel of the account menu. */
async function panel(visitor: Visitor, name: string): Promise<Locator> {
  await visitor.openAccount();
  await visitor.page.getByRole("button", { name, exact: true }).click();
  const dialog = visitor.page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}

describe("one's own things", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("an invitation lets somebody in where nobody else may; withdrawn, it does not", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    const invite = await panel(ada, "Invite people");
    await invite.getByRole("radio", { name: /^Who is invited/u }).check();
    await invite.getByRole("button", { name: "Make a link" }).click();
    const address = invite.getByLabel("Link", { exact: true });
    const link = await address.inputValue();
    await invite.getByRole("img", { name: "The link as a QR code" }).waitFor();
    await ada.assertAccessible("inviting");
    await invite.getByRole("combobox").selectOption("5 people");
    await invite.getByRole("button", { name: "Make a link" }).click();
    const many = invite.getByRole("listitem").filter({ hasText: "For 5 people" });
    await many.waitFor();
    const second = await address.inputValue();
    await many.getByRole("button", { name: "Withdraw" }).click();
    await many.waitFor({ state: "detached" });

    await using guest = await Visitor.at(browser, world.two.url);
    await guest.page.getByText("Here an account takes an invitation.").waitFor();
    await using late = await Visitor.at(browser, second.replace(world.one.url, world.two.url));
    await late.page.getByLabel("Name", { exact: true }).fill("Late");
    await late.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await late.page.getByRole("button", { name: "Create account" }).click();
    await late.page.getByText(/invitation cannot be used/u).waitFor();
    await using brin = await Visitor.at(browser, link.replace(world.one.url, world.two.url));
    assert.ok(!brin.page.url().includes("#"), brin.page.url());
    await brin.register("Brin");
    await invite.getByRole("radio", { name: /^Everybody/u }).check();
    const isOpen = async () => {
      const { text } = await request(world.two.url, "GET", "/api/welcome");
      return text.includes('"registration":"open"');
    };
    await until(isOpen, { what: "everybody may register" });
    await guest.page.reload();
    await guest.register("Hal");
    for (const visitor of [ada, brin, guest]) visitor.assertNoComplaints();
  });

  test("a profile has a picture, a name to be called by, and shows to others", async () => {
    const phone = { viewport: SIZES.phone, colorScheme: "dark" } as const;
    await using cleo = await Visitor.at(browser, world.one.url, { name: "Cleo", ...phone });
    const profile = await panel(cleo, "Profile");
    const picture = await sharp({
      create: { width: 640, height: 400, channels: 3, background: "#c33" },
    })
      .jpeg()
      .toBuffer();
    await profile
      .locator('input[type="file"]')
      .setInputFiles({ name: "me.jpg", mimeType: "image/jpeg", buffer: picture });
    await profile.locator(".avatar img").waitFor();
    await profile.getByLabel("What you are called").fill("Cleo of the Nile");
    await profile.getByLabel("About you").fill("I like boats.");
    await cleo.assertAccessible("a profile");
    await profile.getByRole("button", { name: "Save" }).click();
    await profile.waitFor({ state: "detached" });
    await cleo.go("General");
    await cleo.page.getByRole("textbox", { name: /^Message /u }).fill("here I am");
    await cleo.page.getByRole("button", { name: "Send", exact: true }).click();
    await cleo.hears("here I am");
    await using dora = await Visitor.at(browser, world.two.url, { name: "Dora" });
    const row = dora.page.locator(".message", { hasText: "here I am" });
    await row.getByText("Cleo of the Nile").waitFor();
    await row.locator(".avatar img").waitFor();
    await dora.page.waitForFunction(
      `document.querySelector(".message .avatar img").naturalWidth > 0`,
    );
    cleo.assertNoComplaints();
    dora.assertNoComplaints();
  });

  test("a link signs another device in, which may be signed out again from here", async () => {
    await using emil = await Visitor.at(browser, world.one.url, { name: "Emil" });
    const devices = await panel(emil, "Devices");
    await devices.getByRole("button", { name: "Sign in another device" }).click();
    const link = await devices.getByLabel("Link", { exact: true }).inputValue();
    await emil.assertAccessible("devices");
    await using phone = await Visitor.at(browser, link.replace(world.one.url, world.two.url), {
      viewport: SIZES.phone,
    });
    await phone.page.locator(".room-item").first().waitFor();
    assert.ok(!phone.page.url().includes("#"), phone.page.url());
    await using again = await Visitor.at(browser, link);
    await again.page.getByText(/link cannot be used/u).waitFor();
    await emil.page.keyboard.press("Escape");
    const list = await panel(emil, "Devices");
    await list.getByRole("button", { name: "Sign out everywhere else" }).click();
    await phone.page.getByText("You were signed out").waitFor();
    await list.getByText("This one").waitFor();
    emil.assertNoComplaints();
  });

  test("who deletes their account is gone, and what they said stays without their name", async () => {
    await using fay = await Visitor.at(browser, world.one.url, { name: "Fay" });
    await using gus = await Visitor.at(browser, world.two.url, { name: "Gus" });
    await fay.say("remember me");
    await gus.hears("remember me");
    const leave = await panel(fay, "Your data");
    await leave.getByRole("button", { name: "Delete my account…" }).click();
    await leave.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await fay.assertAccessible("leaving");
    await leave.getByRole("button", { name: "Delete my account", exact: true }).click();
    await fay.page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await gus.page.reload();
    await gus.arrived();
    const row = gus.page.locator(".message", { hasText: "remember me" });
    await row.getByText("deleted person").waitFor();
    gus.assertNoComplaints();
  });
});
