/** Rooms and private chats in real browsers over two servers: making, finding, bringing in, leaving. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

describe("rooms", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });
  const here = (name: string) => Visitor.at(browser, world.one.url, { name });
  const there = (name: string) => Visitor.at(browser, world.two.url, { name });

  test("a room is made; another finds it by its topic, sees what it is, joins, and they talk", async () => {
    await using ada = await here("Ada");
    await using brin = await there("Brin");
    await ada.makeRoom("Kitchen", { topic: "Beans and cups" });
    await ada.page.getByText("The first word is yours.").waitFor();
    await ada.say("Who is for coffee?");
    await ada.page.locator('.message[data-state="stored"]').waitFor();

    await brin.page.getByRole("button", { name: "Find open rooms" }).click();
    await brin.page.getByRole("searchbox").fill("beans");
    const found = brin.page.getByRole("dialog").getByRole("listitem");
    await found.getByText("Ada: Who is for coffee?").waitFor();
    assert.match(await found.innerText(), /Kitchen\s+1 person\s+Beans and cups/u);
    await brin.page.getByRole("button", { name: "Join Kitchen" }).click();
    await brin.isIn("Kitchen");
    await brin.hears("Who is for coffee?");
    await brin.say("Me");
    await ada.hears("Me");
    await ada.page.getByText("2 people · 2 online").waitFor();
    assert.match(brin.page.url(), /\?room=\d+$/u);

    // The first account looks after General.
    await ada.go("General");
    await ada.showPeople();
    await ada.page.getByRole("button", { name: "Room settings" }).click();
    await ada.page.getByLabel("Topic", { exact: true }).fill("Whatever comes to mind");
    assert.equal(await ada.page.getByRole("button", { name: "Delete the room" }).count(), 0);
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.isIn("General");
    await brin.go("General");
    await brin.page.locator(".room-topic", { hasText: "Whatever comes to mind" }).waitFor();
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("a closed room: unseen, brought in, a role, renamed for all, taken out and closed within 1 s", async () => {
    await using cleo = await here("Cleo");
    await using dora = await there("Dora");
    await cleo.makeRoom("Plans", { kind: "Closed" });
    await cleo.say("between us");
    await dora.page.getByRole("button", { name: "Find open rooms" }).click();
    await dora.page.getByRole("searchbox").fill("Plans");
    await dora.page.getByText("No open room is called like this.").waitFor();
    await dora.page.keyboard.press("Escape");

    const people = await cleo.showPeople();
    await people.getByRole("searchbox").fill("dor");
    await people.getByRole("button", { name: "Bring in Dora" }).click();
    await people.getByRole("heading", { name: "2 people" }).waitFor();
    await dora.roomItem("Plans").getByText("between us").waitFor();
    await dora.go("Plans");
    await dora.hears("between us");
    await dora.page.getByRole("button", { name: /People in/u }).click();
    assert.equal(await dora.page.getByRole("button", { name: "Room settings" }).count(), 0);
    await dora.page.keyboard.press("Escape");

    await people.getByRole("button", { name: "Dora" }).click();
    await people.getByRole("button", { name: "Make moderator" }).click();
    await people.getByRole("button", { name: /Dora.*Moderator/su }).waitFor();
    await dora.showPeople();
    await dora.page.getByRole("button", { name: "Room settings" }).click();
    await dora.page.getByLabel("Name", { exact: true }).fill("Plan B");
    await dora.page.getByLabel("Topic", { exact: true }).fill("In case A fails");
    await dora.page.getByRole("button", { name: "Save" }).click();
    await dora.isIn("Plan B");
    await people.getByRole("heading", { name: "Plan B" }).waitFor();
    await cleo.page.locator(".room-topic", { hasText: "In case A fails" }).waitFor();

    await people.getByRole("button", { name: "Take out" }).click();
    const asked = Date.now();
    await dora.page.getByText("You are not in Plan B any more.").waitFor();
    const took = Date.now() - asked;
    assert.ok(took < 1_000, `${took} ms`);
    await dora.isIn("General");
    await dora.roomItem("Plan B").waitFor({ state: "detached" });
    assert.equal(await dora.page.getByText("between us").count(), 0);
    cleo.assertNoComplaints();
    dora.assertNoComplaints();
  });

  test("a private chat: one click on a name; unseen until its first message; who is there", async () => {
    await using emil = await here("Emil");
    await using fay = await there("Fay");
    await emil.say("anyone?");
    await fay.hears("anyone?");
    await fay.page.locator(".message", { hasText: "anyone?" }).getByRole("button").first().click();
    await fay.isIn("Emil");
    await fay.page.getByText("Only you and Emil can read this.").waitFor();
    await fay.roomItem("Emil").locator(".presence-dot").waitFor();
    await fay.page.locator(".people-words", { hasText: "Online" }).waitFor();
    // Something that comes later is there: so would the chat be.
    await fay.go("General");
    await fay.say("a moment");
    await emil.hears("a moment");
    assert.equal(await emil.roomItem("Fay").count(), 0);

    await fay.go("Emil");
    await fay.say("just for you");
    await emil.roomItem("Fay").getByText("just for you").waitFor();
    await emil.roomItem("Fay").getByText("New messages").waitFor({ state: "attached" });
    await emil.go("Fay");
    await emil.hears("just for you");
    assert.equal(await emil.roomItem("Fay").locator(".unread-badge").count(), 0);
    await emil.page.close();
    await fay.roomItem("Emil").locator(".presence-dot").waitFor({ state: "detached" });
    await fay.page.locator(".people-words", { hasText: /^(?:Not here now|Last here)/u }).waitFor();
    fay.assertNoComplaints();
  });

  test("notes to oneself, an archived room, a room that is left, a room that is deleted", async () => {
    await using gus = await here("Gus");
    const hal = await Member.enter(world.two.url, "Hal");
    const { page } = gus;
    await page.getByRole("button", { name: "Start a chat" }).click();
    await page.getByRole("button", { name: "Notes to myself" }).click();
    await gus.isIn("Notes");
    await gus.say("buy milk");
    await gus.hears("buy milk");

    await gus.makeRoom("Old things");
    await gus.showPeople();
    await page.getByRole("button", { name: "Room settings" }).click();
    await page.getByRole("button", { name: "Archive the room" }).click();
    await page.getByRole("button", { name: "Open it again" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("This room is archived.").waitFor();
    await gus.roomItem("Old things").getByText("Archived").waitFor();
    await gus.showPeople();
    await page.getByRole("button", { name: "Room settings" }).click();
    await page.getByRole("button", { name: "Delete the room" }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await gus.isIn("General");
    await gus.roomItem("Old things").waitFor({ state: "detached" });

    const body = { kind: "open", name: "Lobby" };
    const { id } = (await hal.call("POST", "/api/rooms", body)).json<{ id: string }>();
    await page.goto(`${world.one.url}/?room=${id}`);
    await page.getByRole("heading", { name: "This room is not open to you." }).waitFor();
    await page.getByRole("button", { name: "Find open rooms" }).last().click();
    await page.getByRole("button", { name: "Join Lobby" }).click();
    await gus.isIn("Lobby");
    await gus.showPeople();
    await page.getByRole("button", { name: "Leave the room" }).click();
    await page.getByRole("button", { name: "Leave", exact: true }).click();
    await gus.isIn("General");
    assert.equal(await gus.roomItem("Lobby").count(), 0);
    assert.equal(await page.locator(".notice").innerText(), "");
    gus.assertNoComplaints();
  });

  test("every room has its address: Back, Forward, a reload; what is new stays new", async () => {
    await using ivo = await here("Ivo");
    const jan = await Member.enter(world.two.url, "Jan");
    const { page } = ivo;
    await ivo.makeRoom("One");
    const address = page.url();
    await ivo.makeRoom("Two");
    await page.goBack();
    await ivo.isIn("One");
    await page.goForward();
    await ivo.isIn("Two");
    const body = { people: [await idOf(jan, "Ivo")] };
    const chat = (await jan.call("POST", "/api/chats", body)).json<{ id: string }>().id;
    await jan.say("psst", undefined, chat);
    await ivo.roomItem("Jan").getByText("New messages").waitFor({ state: "attached" });
    await page.goto(address);
    await ivo.isIn("One");
    await ivo.roomItem("Jan").getByText("New messages").waitFor({ state: "attached" });
    await page.reload();
    await ivo.isIn("One");
    assert.equal(page.url(), address);
    assert.equal(await ivo.roomItem("Two").locator(".unread-badge").count(), 0);
    ivo.assertNoComplaints();
  });

  test("the switcher by keyboard: a few letters of a room, of a person, and Escape back to writing", async () => {
    await using kim = await here("Kim");
    await Member.enter(world.two.url, "Zoltan");
    const { page } = kim;
    const { keyboard } = page;
    await kim.makeRoom("Zebra crossing");
    await kim.go("General");
    await keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await keyboard.type("z");
    await page.getByRole("option", { name: /Zoltan/u }).waitFor();
    assert.match(await page.locator('[aria-selected="true"]').innerText(), /Zebra crossing/u);
    await keyboard.press("Enter");
    await kim.isIn("Zebra crossing");
    await keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await keyboard.type("zol");
    await page.locator('[aria-selected="true"]', { hasText: "Zoltan" }).waitFor();
    await keyboard.press("Enter");
    await kim.isIn("Zoltan");
    await keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await page.evaluate("document.activeElement.id"), "composer");
    kim.assertNoComplaints();
  });

  test("on a phone the list and a room are two screens, and Back goes from one to the other", async () => {
    const phone = { viewport: SIZES.phone, hasTouch: true, isMobile: true };
    await using lea = await Visitor.at(browser, world.one.url, { name: "Lea", ...phone });
    const { page } = lea;
    const list = page.getByRole("navigation", { name: "Rooms and chats" });
    assert.equal(await list.isVisible(), false);
    await page.goBack();
    await list.waitFor();
    assert.equal(await page.locator(".sheet").count(), 0);
    await lea.go("General");
    await page.getByRole("button", { name: "All rooms" }).click();
    await list.waitFor();
    await page.reload();
    await list.waitFor();
    await lea.makeRoom("Pocket");
    await page.reload();
    await lea.isIn("Pocket");
    assert.equal(await list.isVisible(), false);
    await page.getByRole("button", { name: "All rooms" }).click();
    await lea.roomItem("Pocket").waitFor();
    lea.assertNoComplaints();
  });

  test("a changed password signs the other window out and leaves this one; a wrong one says so", async () => {
    await using mia = await here("Mia");
    await using other = await Visitor.at(browser, world.two.url);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await other.signIn("Mia");
    const { page } = mia;
    await mia.openAccount();
    await page.getByRole("button", { name: "Change password" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Current password", { exact: true }).fill("not this one");
    await dialog.getByLabel("New password", { exact: true }).fill("another battery horse");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await dialog.locator('#current-password[aria-invalid="true"]').waitFor();
    await dialog.getByLabel("Current password", { exact: true }).fill(PASSWORD);
    await dialog.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed.").waitFor();
    await other.page.getByText("You were signed out").waitFor();
    await mia.say("still here");
    await mia.hears("still here");
    mia.assertNoComplaints();
  });
});

async function idOf(member: Member, name: string): Promise<number> {
  const answer = await member.call("GET", `/api/people?search=${name}`);
  const [person] = answer.json<{ people: readonly { readonly id: number }[] }>().people;
  assert.ok(person);
  return person.id;
}
