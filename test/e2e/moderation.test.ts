/** Muting, banning, blocking, reporting, administering: several people on two servers, in browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const WEEK = 7 * 24 * 3_600;

describe("moderation", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  /** The first account: the owner. */
  let olga: Visitor;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
    olga = await Visitor.at(browser, world.one.url, { name: "Olga" });
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });
  const here = (name: string) => Visitor.at(browser, world.one.url, { name });
  const there = (name: string) => Visitor.at(browser, world.two.url, { name });
  /** Somebody without a page. */
  const member = (name: string) => Member.enter(world.two.url, name);
  /** The same person as on a page, as a program. */
  const also = (name: string) => Member.enter(world.two.url, name, "signIn");

  test("[RM13] who is muted sees until when where they wrote; bans are listed, and lifted", async () => {
    await using ada = await here("Ada");
    await using brin = await there("Brin");
    await ada.makeRoom("Kitchen");
    const room = new URL(ada.page.url()).searchParams.get("room") ?? "";
    await join(brin, "Kitchen");
    await brin.say("hello");
    await ada.hears("hello");

    const people = await ada.showPeople();
    await row(people, "Brin").click();
    await people.getByRole("button", { name: "Mute…" }).click();
    await people.getByRole("button", { name: "1 hour" }).click();
    await people.getByText(/^Muted until .*\d\d:\d\d$/u).waitFor();
    await brin.page.getByText(/^A moderator has muted you here until .*\d\d:\d\d\./u).waitFor();
    assert.equal(await brin.page.getByRole("textbox").count(), 0);
    await message(brin, "hello").locator(".bubble").hover();
    await message(brin, "hello").getByRole("button", { name: "Delete" }).waitFor();
    assert.equal(
      await message(brin, "hello")
        .getByRole("button", { name: /^React/u })
        .count(),
      0,
    );
    await people.getByRole("button", { name: "Unmute: Brin" }).click();
    await people.getByText(/^Muted until/u).waitFor({ state: "detached" });
    await brin.say("back again");
    await ada.hears("back again");

    await people.getByRole("button", { name: "Ban…" }).click();
    await people.getByLabel("Reason").fill("adverts");
    await people.getByLabel("Banned").selectOption("For 1 week");
    await people.getByRole("button", { name: "Ban Brin" }).click();
    await brin.page.getByText("You are not in Kitchen any more.").waitFor();
    await people.getByText(/^Banned until .*, by Ada: adverts$/u).waitFor();
    // Whom one was at is gone: the keyboard goes on from the head of the list.
    await ada.page.waitForFunction('document.activeElement.textContent === "1 person"');
    const answer = await (await also("Ada")).call("GET", `/api/rooms/${room}/bans`);
    const [ban] = answer.json<{ bans: readonly { readonly until: number }[] }>().bans;
    const weeks = ((ban?.until ?? 0) - Date.now() / 1_000) / WEEK;
    assert.ok(weeks > 0.99 && weeks <= 1, `${weeks} weeks`);
    await people.getByRole("button", { name: "Lift the ban: Brin" }).click();
    await people.getByText("Muted or banned").waitFor({ state: "detached" });
    await join(brin, "Kitchen");
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("[BL6] what somebody says whom one blocks is folded; their chat says why it is silent", async () => {
    await using cleo = await here("Cleo");
    await using dora = await there("Dora");
    await dora.say("look at this");
    await cleo.hears("look at this");
    await message(cleo, "look at this").locator(".bubble").hover();
    await message(cleo, "look at this").getByRole("button", { name: "Reply" }).click();
    await cleo.say("at what?");
    await cleo.page.getByTitle("Talk to Dora in private").last().click();
    await cleo.isIn("Dora");
    await cleo.say("hello Dora");
    await dora.go("Cleo");
    await dora.hears("hello Dora");

    const people = await cleo.showPeople();
    await row(people, "Dora").click();
    await people.getByRole("button", { name: "Block", exact: true }).click();
    await people.getByText("Blocked", { exact: true }).waitFor();
    await cleo.page.keyboard.press("Escape");
    await cleo.page.getByText("You block Dora, so nothing can be said here.").waitFor();
    assert.equal(await cleo.page.getByRole("textbox").count(), 0);
    await cleo.go("General");
    assert.equal(await cleo.page.getByText("look at this").count(), 0);
    await message(cleo, "at what?").locator(".quote", { hasText: BLOCKED }).waitFor();

    await dora.say("are you there?");
    await dora.page.getByText("Nothing can be said in this chat").first().waitFor();
    assert.equal(await dora.page.getByRole("textbox").count(), 0);
    await dora.go("General");
    await dora.say("Cleo?");
    await cleo.roomItem("General").getByText(BLOCKED).waitFor();
    const folded = cleo.page.locator(".message", { hasText: BLOCKED }).last();
    await folded.getByRole("button", { name: "Show" }).focus();
    await cleo.page.keyboard.press("Enter");
    await cleo.hears("Cleo?");
    await message(cleo, "Cleo?").getByText("Dora").waitFor();

    await cleo.openAccount();
    await cleo.page.getByRole("button", { name: "People you block" }).click();
    await cleo.page.getByRole("button", { name: "Unblock: Dora" }).waitFor();
    await cleo.page.keyboard.press("Escape");
    await cleo.go("Dora");
    await cleo.page.getByRole("button", { name: "Unblock" }).click();
    await cleo.page.waitForFunction('document.activeElement.tagName === "TEXTAREA"');
    await dora.go("Cleo");
    await dora.page.getByRole("button", { name: "Retry" }).click();
    await cleo.hears("are you there?");
    await dora.page.getByRole("textbox").waitFor();
    cleo.assertNoComplaints();
    dora.assertNoComplaints();
  });

  test("[RP6] a report reaches the admins, who see how many wait, dismiss, delete and suspend", async () => {
    await using emil = await there("Emil");
    const fay = await member("Fay");
    for (const text of ["watches!", "more watches!", "even more watches!"]) await fay.say(text);
    await emil.hears("even more watches!");
    await report(emil, "more watches!", "Harassment", "again and again");
    await emil.page.getByRole("button", { name: "Block Fay" }).waitFor();
    await emil.page.keyboard.press("Escape");
    await report(emil, "even more watches!", "Spam");
    await emil.page.keyboard.press("Escape");

    const admin = await administration(olga, "2");
    await admin
      .getByRole("tab", { name: "Reports" })
      .and(admin.locator("[aria-selected=true]"))
      .waitFor();
    const first = admin
      .getByRole("listitem")
      .filter({ has: admin.page().getByRole("heading") })
      .first();
    await first.getByText("Fay in General").waitFor();
    await first.locator('[data-reported="true"]', { hasText: "more watches!" }).waitFor();
    await first.locator(".report-line", { hasText: /^Fay \d\d:\d\d\s*watches!$/u }).waitFor();
    await first.getByText("Emil reported it: Harassment, again and again").waitFor();
    await first.getByRole("button", { name: "Delete the message" }).click();
    await admin.getByText("The message is deleted.").waitFor();
    await olga.page.waitForFunction(
      'document.activeElement.textContent === "Waiting for a decision"',
    );
    await emil.page.getByText("This message was deleted.").waitFor();

    await admin.getByRole("button", { name: "Delete and suspend…" }).click();
    await admin.getByRole("button", { name: "Delete and suspend", exact: true }).click();
    await admin.getByText("Nothing waits for a decision.").waitFor();
    assert.equal((await fay.call("GET", "/api/me")).status, 401);
    assert.equal(await olga.page.locator(".reports-badge").count(), 0);
    await admin.getByRole("button", { name: "Show decided ones" }).click();
    await admin.getByText(/^Deleted, and its author suspended, by You/u).waitFor();
    await admin.getByText(/^Deleted by You/u).waitFor();
    await olga.page.keyboard.press("Escape");

    const gil = await member("Gil");
    await gil.say("fine words");
    await emil.hears("fine words");
    await report(emil, "fine words", "Something else");
    await administration(olga, "1");
    await admin.getByText("Emil reported it: Something else").waitFor();
    await admin.getByRole("button", { name: "Dismiss" }).click();
    await admin.getByText("Dismissed: the message stays.").waitFor();
    await olga.page.keyboard.press("Escape");
    await olga.hears("fine words");
    emil.assertNoComplaints();
    olga.assertNoComplaints();
  });

  test("an owner names an admin, whose page knows at once; who is suspended learns why", async () => {
    await using gus = await there("Gus");
    await using hal = await there("Hal");
    assert.equal(await gus.page.getByRole("button", { name: "Administration" }).count(), 0);
    const owners = await administration(olga);
    await owners.getByRole("searchbox").fill("gus");
    await row(owners, "Gus").click();
    await owners.getByRole("button", { name: "Make admin" }).click();
    await row(owners, "Gus").getByText("Admin", { exact: true }).waitFor();
    await olga.page.keyboard.press("Escape");

    const admin = await administration(gus);
    await admin.getByRole("searchbox").fill("hal");
    await row(admin, "Hal").click();
    assert.equal(await admin.getByRole("button", { name: "Make admin" }).count(), 0);
    await admin.getByRole("button", { name: "Suspend…" }).click();
    await admin.getByLabel("Reason").fill("adverts");
    await admin.getByRole("button", { name: "Suspend Hal" }).click();
    await admin.getByText(/^Suspended by you, .*: adverts$/u).waitFor();
    await hal.page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await hal.page.getByLabel("Name", { exact: true }).fill("Hal");
    await hal.page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await hal.page.getByRole("button", { name: "Sign in" }).click();
    await hal.page.getByText("The reason given: adverts").waitFor();
    await admin.getByRole("button", { name: "Lift the suspension" }).click();
    await row(admin, "Hal").getByText("Suspended").waitFor({ state: "detached" });
    await hal.signIn("Hal");

    await admin.getByRole("searchbox").fill("gus");
    await row(admin, "Gus").click();
    await admin.getByRole("button", { name: "Step down as admin" }).click();
    await gus.page.getByText("You do not look after this Klatch any more.").waitFor();
    assert.equal(await gus.page.getByRole("dialog").count(), 0);
    gus.assertNoComplaints();
  });

  test("axe finds nothing, and nothing is wider than the window: wide and dark, on a phone and light", async () => {
    const [ivo, jan] = await Promise.all([member("Ivo"), member("Jan")]);
    const said = (await ivo.say("a rude word")).json<{ id: string }>();
    await jan.say("please not");
    const path = `/api/rooms/0/messages/${said.id}/reports`;
    const words = "not the first time, and surely not the last one of its kind";
    await jan.call("POST", path, { reason: "harassment", words });
    const api = await also("Olga");
    const { id } = (await api.call("POST", "/api/rooms", { kind: "open", name: "Study" })).json<{
      id: string;
    }>();
    for (const each of [ivo, jan])
      await api.call("PUT", `/api/rooms/${id}/members/${each.me.id}`, {});
    await api.call("PUT", `/api/rooms/${id}/mutes/${jan.me.id}`, {});
    await api.call("PUT", `/api/blocks/${ivo.me.id}`);
    await olga.hears("please not");
    const { page } = olga;
    // Each size and each theme once: what differs by both at the same time is nothing.
    const looks = [
      ["wide", "dark"],
      ["phone", "light"],
    ] as const;
    for (const [size, colorScheme] of looks) {
      const viewport = SIZES[size];
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const assertFits = async (screen: string) => {
        await olga.assertAccessible(`${screen}, ${size}, ${colorScheme}`);
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        assert.equal(width, viewport.width, screen);
      };
      await page.goto(`${world.one.url}/?room=0`);
      await olga.isIn("General");
      await page.getByText(BLOCKED).last().waitFor();
      await assertFits("folded");
      await message(olga, "please not").focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowDown");
      await message(olga, "please not").getByRole("button", { name: "Report" }).click();
      await page.getByLabel("In your words").waitFor();
      await assertFits("a report");
      await page.keyboard.press("Escape");
      const admin = await administration(olga);
      await page.getByRole("tab", { name: /^Reports/u }).click();
      await admin.getByText("Jan reported it: Harassment").waitFor();
      await admin.getByRole("button", { name: "Delete and suspend…" }).click();
      await assertFits("reports");
      await page.getByRole("tab", { name: /^Reports/u }).press("ArrowLeft");
      await row(admin, "Jan").click();
      await admin.getByRole("button", { name: "Suspend…" }).click();
      await assertFits("everybody");
      await page.keyboard.press("Escape");
      await page.goto(`${world.one.url}/?room=${id}`);
      await olga.isIn("Study");
      const people = await olga.showPeople();
      await people.getByText("Muted until it is lifted").waitFor();
      await row(people, "Ivo").click();
      await people.getByRole("button", { name: "Ban…" }).click();
      await assertFits("people, banning");
      await people.getByRole("button", { name: "Mute…" }).click();
      await assertFits("people, muting");
      await page.keyboard.press("Escape");
    }
    olga.assertNoComplaints();
  });
});

const BLOCKED = "A message by somebody you block";

function message(visitor: Visitor, text: string): Locator {
  return visitor.page.locator(".message", { hasText: text }).last();
}

function row(people: Locator, name: string): Locator {
  return people.locator(".person-row", { hasText: name });
}

async function join(visitor: Visitor, room: string): Promise<void> {
  await visitor.page.getByRole("button", { name: "Find open rooms" }).click();
  await visitor.page.getByRole("button", { name: `Join ${room}` }).click();
  await visitor.isIn(room);
}

/** Reports a message by its bar, up to the thanks. */
async function report(visitor: Visitor, text: string, reason: string, words = ""): Promise<void> {
  const { page } = visitor;
  const reported = page.locator(".message").filter({ has: page.getByText(text, { exact: true }) });
  await reported.locator(".bubble").hover();
  await reported.getByRole("button", { name: "Report" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: reason }).check();
  await dialog.getByLabel("In your words").fill(words);
  await dialog.getByRole("button", { name: "Report", exact: true }).click();
  await dialog.getByText("Thank you. The admins will look at it.").waitFor();
}

/** Opens the administration; `waiting` are the reports that the badge of one's picture counts by then. */
async function administration(visitor: Visitor, waiting?: string): Promise<Locator> {
  const { page } = visitor;
  if (waiting !== undefined) {
    await page.reload();
    await page
      .locator(".account-button .reports-badge")
      .getByText(waiting, { exact: true })
      .waitFor();
  }
  await visitor.openAccount();
  await page.getByRole("button", { name: "Administration" }).click();
  const dialog = page.getByRole("dialog", { name: "Administration" });
  await dialog.waitFor();
  return dialog;
}
