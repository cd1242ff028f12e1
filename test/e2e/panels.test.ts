/** What lies over and beside the rooms, for everyone: wide and on a phone, by day and by night. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";

describe("panels", { concurrency: false }, () => {
  let server: ServerProcess;
  let browser: Browser;
  let brin: Member;
  let line: Line;
  before(async () => {
    [server, browser] = await Promise.all([
      startServer({ args: ["--data", tempFolder()] }),
      openBrowser(),
    ]);
    brin = await Member.enter(server.url, "Brin");
    const kitchen = { kind: "open", name: "Kitchen", topic: "Beans and cups" };
    const { id } = (await brin.call("POST", "/api/rooms", kitchen)).json<{ id: string }>();
    await brin.say("Who is for coffee?", undefined, id);
    line = await brin.connect();
  });
  after(async () => {
    line.socket.disconnect();
    await browser.close();
    await server.stop();
  });

  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`${size}, ${colorScheme}: axe finds nothing, nothing is wider than the window, Escape closes`, async () => {
        const name = `Ada-${size}-${colorScheme}`;
        await using ada = await Visitor.at(browser, server.url, { name, colorScheme, viewport });
        const { page } = ada;
        const people = `/api/people?search=${name}`;
        const found = (await brin.call("GET", people)).json<{ people: { id: number }[] }>();
        const ids = found.people.map(({ id }) => id);
        const chat = (await brin.call("POST", "/api/chats", { people: ids })).json<{
          id: string;
        }>();
        await brin.say("Do you have a minute?", undefined, chat.id);
        const assertFits = async (screen: string) => {
          await ada.assertAccessible(`${screen}, ${size}, ${colorScheme}`);
          const width = await page.evaluate<number>("document.documentElement.scrollWidth");
          assert.equal(width, viewport.width, screen);
        };
        const closes = async () => {
          await page.keyboard.press("Escape");
          await page.getByRole("dialog").waitFor({ state: "detached" });
        };
        const toList = async () => {
          if (size === "phone") await page.getByRole("button", { name: /^All rooms/u }).click();
        };

        await toList();
        await ada.roomItem("Brin").getByText("New messages").waitFor({ state: "attached" });
        await ada.roomItem("Brin").locator(".presence-dot").waitFor();
        await assertFits("the list");
        await page.getByRole("button", { name: "Find open rooms" }).click();
        await page.getByRole("button", { name: "Join Kitchen" }).waitFor();
        await assertFits("open rooms");
        await closes();
        await page.getByRole("button", { name: "Start a chat" }).click();
        await page.getByRole("button", { name: "Choose Brin" }).click();
        await page.getByRole("button", { name: "Brin Take out" }).waitFor();
        await assertFits("a new chat");
        await closes();
        await page.getByRole("button", { name: "Make a room" }).click();
        await page.getByRole("button", { name: "Make the room" }).click();
        await page.getByText("The name of a room is empty.").waitFor();
        await assertFits("a new room, with a rule broken");
        await closes();

        await ada.makeRoom(`Plans-${size}`, { topic: "Where to go next" });
        const drawer = await ada.showPeople();
        await drawer.getByRole("searchbox").fill("bri");
        await drawer.getByRole("button", { name: "Bring in Brin" }).waitFor();
        await drawer.locator(".member .person-row").first().click();
        await drawer.getByRole("button", { name: "Leave the room" }).click();
        await assertFits("people");
        await drawer.getByRole("button", { name: "Room settings" }).click();
        await page.getByRole("button", { name: "Delete the room" }).click();
        await assertFits("settings");
        await closes();
        await page.keyboard.press("Control+k");
        await page.getByRole("option").first().waitFor();
        await assertFits("the switcher");
        await closes();
        await ada.openAccount();
        await page.getByRole("button", { name: "Change password" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Change password" }).click();
        await page.getByText("Please type your current password.").waitFor();
        await assertFits("a new password, with rules broken");
        await closes();
        await page.goto(`${server.url}/?room=999999`);
        await page.getByRole("heading", { name: "This room is not open to you." }).waitFor();
        await assertFits("a room that is not there");
        ada.assertNoComplaints();
      });
    }
  }
});
