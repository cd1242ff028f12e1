/**
 * Two people, two browsers, two servers: coming in, talking, going out; and the picture in the
 * README.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { tempFolder } from "#test/support/temp.ts";
import { twoServers } from "#test/support/two-servers.ts";

/**
 * Fonts differ from machine to machine, so the picture in the README is replaced only where it is
 * missing or UPDATE_SCREENSHOT is set.
 */
const SCREENSHOT = fileURLToPath(new URL("../../docs/screenshot.png", import.meta.url));
const isWanted = process.env["UPDATE_SCREENSHOT"] !== undefined || !existsSync(SCREENSHOT);

describe("talking", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("two people on two servers register and talk; each sees own and foreign messages as such", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    await using brin = await Visitor.at(browser, world.two.url, { name: "Brin" });
    await ada.page.getByText("The first word is yours.").waitFor();

    await ada.say("Hello Brin");
    await brin.hears("Hello Brin");
    await brin.say("Hello Ada");
    await ada.hears("Hello Ada");
    await brin.say("and again");
    await ada.hears("and again");

    const mine = ada.page.locator('.message[data-mine="true"]');
    assert.deepEqual(await mine.locator(".message-text").allInnerTexts(), ["Hello Brin"]);
    // One author, one breath: named once.
    assert.deepEqual(await ada.page.locator(".avatar + .message-head .author").allInnerTexts(), [
      "Brin",
    ]);
    const name = ada.page.getByRole("article", { name: /^Brin .* at .*and again$/u });
    await name.waitFor();
    assert.deepEqual(await ada.texts(), await brin.texts());
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("an edit and a deletion made elsewhere show at once, and say what they are", async () => {
    const edith = await Member.enter(world.one.url, "Edith");
    await using frank = await Visitor.at(browser, world.two.url, { name: "Frank" });
    const first = (await edith.say("to be mended")).json<{ id: string }>().id;
    const second = (await edith.say("to be taken back")).json<{ id: string }>().id;
    await frank.hears("to be taken back");
    await edith.call("PATCH", `/api/rooms/0/messages/${first}`, { message: "mended" });
    await edith.call("DELETE", `/api/rooms/0/messages/${second}`);
    const bubbles = frank.page.locator(".bubble");
    await bubbles.filter({ hasText: /^mended\s*edited$/u }).waitFor();
    await bubbles.filter({ hasText: "This message was deleted." }).waitFor();
    assert.ok(!(await frank.texts()).includes("to be taken back"));
    frank.assertNoComplaints();
  });

  test("a reload remembers who is here; signing out forgets; a refused sign-in says why", async () => {
    await using cleo = await Visitor.at(browser, world.one.url, { name: "Cleo" });
    await cleo.page.reload();
    await cleo.arrived();
    await cleo.signOut();
    await cleo.page.getByLabel("Name", { exact: true }).fill("cleo");
    await cleo.page.getByLabel("Password", { exact: true }).fill("not the password");
    await cleo.page.getByRole("button", { name: "Sign in" }).click();
    await cleo.page.getByRole("alert").filter({ hasText: /wrong/u }).waitFor();
    await cleo.signIn("CLEO");
    cleo.assertNoComplaints();
  });

  test("rules for names and passwords are told beside the field, before and after asking the server", async () => {
    await using visitor = await Visitor.at(browser, world.two.url);
    const { page } = visitor;
    const name = page.getByLabel("Name", { exact: true });
    const password = page.getByLabel("Password", { exact: true });
    await name.fill("a");
    await password.fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("A name has 2 to 32 characters.").waitFor();
    await page.getByText("A password has at least 8 characters.").waitFor();
    assert.equal(await name.getAttribute("aria-invalid"), "true");

    await Member.enter(world.one.url, "Taken");
    await name.fill("taken");
    await password.fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.locator('#username[aria-invalid="true"]').waitFor();
    assert.equal(await password.inputValue(), PASSWORD);
    await page.getByRole("button", { name: "Show password" }).click();
    assert.equal(await password.getAttribute("type"), "text");
  });

  test("signing out in one window sends the other to the door, with a sentence", async () => {
    await using dora = await Visitor.at(browser, world.one.url, { name: "Dora" });
    const other = await dora.page.context().newPage();
    await other.goto(world.one.url);
    await other.locator('.room-link[data-live="true"]').waitFor();
    await dora.signOut();
    await other.getByText("You were signed out").waitFor();
    assert.equal(await other.locator(".message").count(), 0);
  });

  test("whatever looks like markup is shown as text, and no link leads where it does not seem to", async () => {
    await using emil = await Visitor.at(browser, world.one.url, { name: "Emil" });
    const evil = [
      "<script>window.hurt = 1</script>",
      '<img src=x onerror="window.hurt = 1">',
      "javascript:window.hurt=1",
      "[x](javascript:window.hurt=1)",
      "https://bank.example@elsewhere.example/",
      "&lt;b&gt; {{7*7}} ${7*7}",
    ];
    const sender = await Member.enter(world.two.url, "Fay");
    for (const text of evil) await sender.say(text);
    await sender.say("see https://example.org/a_(b).");
    await emil.hears("see https://example.org/a_(b).");
    for (const text of evil) await emil.hears(text);
    const links = emil.page.locator(".message-text a").filter({ hasText: "example" });
    assert.equal(await links.count(), 1);
    assert.equal(await links.getAttribute("href"), "https://example.org/a_(b)");
    assert.equal(await links.getAttribute("rel"), "noopener noreferrer nofollow ugc");
    assert.equal(await emil.page.evaluate("window.hurt"), undefined);
    assert.equal(await emil.page.locator(".message-text :not(a)").count(), 0);
    emil.assertNoComplaints();
  });

  test("what was begun survives a reload, and too much is told before it is sent", async () => {
    await using gus = await Visitor.at(browser, world.one.url, { name: "Gus" });
    const box = gus.page.getByRole("textbox", { name: "Message General" });
    await box.pressSequentially("half a thou");
    await gus.page.reload();
    await gus.arrived();
    assert.equal(await box.inputValue(), "half a thou");
    await box.fill("x".repeat(4_001));
    await gus.page.getByText("1 too many").waitFor();
    await box.press("Enter");
    await gus.page.getByRole("alert").filter({ hasText: "up to 4000 characters" }).waitFor();
    assert.equal((await box.inputValue()).length, 4_001);
  });

  test("names are shown as text too, and a name with marks stays in its line", async () => {
    const refused = await request(world.one.url, "POST", "/api/accounts", {
      body: { username: "<img src=x>", password: PASSWORD },
    });
    assert.equal(refused.status, 422);
    await world.redis.cli("HSET", "user:9001", "username", "<img src=x onerror=hurt()>");
    const stored = { from: 9001, date: 1_600_000_000, message: "odd name", roomId: "0" };
    await world.redis.cli("ZADD", "room:0", "1600000000.000001", JSON.stringify(stored));
    await using hal = await Visitor.at(browser, world.one.url, { name: "Hal" });
    const author = hal.page.locator(".author").getByText("<img src=x onerror=hurt()>");
    await author.waitFor();
    hal.assertNoComplaints();
  });
});

test("the picture in the README", async () => {
  await using world = await twoServers();
  const browser = await openBrowser();
  try {
    const talk: readonly [string, string][] = [
      ["Ada", "Good morning! The beans from the new place are here."],
      ["Ada", "Twelve bags, because somebody typed an extra digit."],
      ["Brin", "Somebody, yes."],
      ["Nick", "I stand by my decision."],
      ["Cleo", "The servers moved last night, by the way. Did anybody notice?"],
      ["Brin", "Not a thing. I was writing the whole time."],
    ];
    const people = new Map<string, Member>();
    for (const name of ["Nick", "Ada", "Brin", "Cleo"]) {
      people.set(name, await Member.enter(world.two.url, name));
    }
    for (const [name, text] of talk) await people.get(name)?.say(text);
    const lines = await furnish(people);
    await using nick = await Visitor.at(browser, world.one.url, {
      viewport: { width: 1280, height: 800 },
      colorScheme: "light",
      reducedMotion: "reduce",
    });
    // The same minute in every picture, so that it changes only when the page does.
    await nick.page.getByRole("button", { name: "Sign in" }).click();
    await nick.signIn("Nick");
    await nick.say("Then the coffee is on me.\nKitchen, ten o’clock?");
    await nick.hears("Then the coffee is on me.\nKitchen, ten o’clock?");
    await nick.page.locator('.message[data-state="sending"]').waitFor({ state: "detached" });
    await nick.page.locator(".presence-dot").first().waitFor();
    await nick.page.getByText("4 people · 4 online").waitFor();
    await people.get("Cleo")?.say("Look what I found", undefined, lines.chat);
    await nick.roomItem("Cleo").getByText("Look what I found").waitFor();
    // Off the messages, so that none shows its bar.
    await nick.page.mouse.move(0, 0);
    await nick.page.evaluate(`for (const time of
      document.querySelectorAll(".when > [aria-hidden], .room-item-time"))
      time.textContent = "09:41"`);
    await nick.page.screenshot({ path: isWanted ? SCREENSHOT : join(tempFolder(), "page.png") });
    nick.assertNoComplaints();
    for (const line of lines.open) line.socket.disconnect();
  } finally {
    await browser.close();
  }
});

/** Rooms and chats for the picture, and people who are there. */
async function furnish(people: ReadonlyMap<string, Member>) {
  const member = (name: string): Member => {
    const found = people.get(name);
    assert.ok(found);
    return found;
  };
  const make = async (owner: string, path: string, body: unknown) => {
    return (await member(owner).call("POST", path, body)).json<{ id: string }>().id;
  };
  const nick = member("Nick").me.id;
  const rooms = [
    ["Ada", "open", "Kitchen", "Cups, beans and who washes them"],
    ["Brin", "closed", "Release 1.0", "What is left before Friday"],
    ["Cleo", "open", "Book club", "This month: Persuasion"],
  ] as const;
  for (const [owner, kind, name, topic] of rooms) {
    const room = await make(owner, "/api/rooms", { kind, name, topic });
    await member(owner).call("PUT", `/api/rooms/${room}/members/${nick}`, {});
    await member(owner).say(SAID[name], undefined, room);
  }
  const chat = await make("Cleo", "/api/chats", { people: [nick] });
  await member("Cleo").say("One second", undefined, chat);
  const other = await make("Ada", "/api/chats", { people: [nick] });
  await member("Ada").say("Thank you for the twelve bags", undefined, other);
  const open = await Promise.all(["Ada", "Brin", "Cleo"].map((name) => member(name).connect()));
  return { chat, open };
}

const SAID = {
  Kitchen: "Whose turn is it?",
  "Release 1.0": "Two tests to go.",
  "Book club": "Chapter four by Thursday?",
} as const;
