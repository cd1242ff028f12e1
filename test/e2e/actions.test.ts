/** What one can do with a message, and what is read: two people on two servers, in real browsers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

function row(visitor: Visitor, text: string): Locator {
  return visitor.page.locator(".message", { hasText: text }).last();
}

/** Points at a message and chooses something of its bar. */
async function act(visitor: Visitor, text: string, name: string): Promise<void> {
  await row(visitor, text).locator(".bubble").hover();
  await row(visitor, text).getByRole("button", { name, exact: true }).click();
}

describe("messages", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("reactions, a pin, a reply that leads to its original, an edit and a deletion show for both", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    await using brin = await Visitor.at(browser, world.two.url, { name: "Brin" });
    await ada.say("Who brings the cups?");
    await brin.hears("Who brings the cups?");
    await act(brin, "Who brings the cups?", "React with 👍");
    const chip = row(ada, "Who brings the cups?").locator(".reaction");
    await chip.waitFor();
    await chip.and(ada.page.getByTitle("Brin")).waitFor();
    assert.equal(await chip.getAttribute("aria-pressed"), "false");
    await chip.click();
    await row(brin, "Who brings the cups?").locator(".reaction", { hasText: "2" }).waitFor();
    await act(brin, "Who brings the cups?", "React with another emoji");
    await brin.page.getByRole("dialog").getByRole("button", { name: "React with ☕" }).click();
    await row(ada, "Who brings the cups?").locator(".reaction", { hasText: "☕" }).waitFor();
    await act(ada, "Who brings the cups?", "Pin");
    await row(brin, "Who brings the cups?").getByText("pinned by Ada").waitFor();

    await act(brin, "Who brings the cups?", "Reply");
    await brin.page.getByText("Reply to Ada").waitFor();
    await brin.page.keyboard.press("Escape");
    await brin.page.getByText("Reply to Ada").waitFor({ state: "detached" });
    await act(brin, "Who brings the cups?", "Reply");
    await brin.say("I do");
    const quote = row(ada, "I do").locator(".quote");
    await quote.getByText("Who brings the cups?").waitFor();
    await quote.click();
    await ada.page.waitForFunction(
      `document.activeElement.innerText.startsWith("You") ||
       document.activeElement.innerText.includes("brings the cups")`,
    );

    await brin.page.getByRole("textbox", { name: /^Message /u }).press("ArrowUp");
    await brin.page.getByText("Edit your message").waitFor();
    await brin.say("I do, and milk");
    await ada.hears("I do, and milk");
    await row(ada, "I do, and milk").getByText("edited").waitFor();
    assert.equal(await brin.page.getByRole("textbox", { name: /^Message /u }).inputValue(), "");
    await brin.assertAccessible("a reply and reactions");

    // The first account looks after General: it may delete what others said.
    await act(ada, "I do, and milk", "Delete");
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await brin.page.getByText("This message was deleted.").waitFor();
    ada.assertNoComplaints();
    brin.assertNoComplaints();
  });

  test("counts come from the server: a badge on every device, a line at what is new, nothing once read", async () => {
    await using cleo = await Visitor.at(browser, world.one.url, { name: "Cleo" });
    const dora = await Member.enter(world.two.url, "Dora");
    const found = (await dora.call("GET", "/api/people?search=Cleo")).json<{
      people: readonly { readonly id: number }[];
    }>();
    const people = found.people.map(({ id }) => id);
    const chat = (await dora.call("POST", "/api/chats", { people })).json<{ id: string }>().id;
    for (const text of ["one", "two", "hey @Cleo"]) await dora.say(text, undefined, chat);
    const badge = cleo.roomItem("Dora").locator(".unread-badge");
    await badge.getByText("@ 3").waitFor();
    await cleo.page.reload();
    await cleo.arrived();
    await badge.getByText("@ 3").waitFor();
    await cleo.go("Dora");
    await cleo.page.locator(".row", { hasText: "one" }).locator(".new-line").waitFor();
    await row(cleo, "hey @Cleo").and(cleo.page.locator('[data-meant="true"]')).waitFor();
    await badge.waitFor({ state: "detached" });
    await cleo.page.waitForFunction(
      `fetch("/api/rooms").then((answer) => answer.json())
        .then(({ rooms }) => rooms.every(({ unread }) => unread === 0))`,
    );
    await cleo.go("General");
    await cleo.page.waitForFunction(`document.title === "General · Klatch"`);
    await cleo.page.reload();
    await cleo.arrived();
    await cleo.roomItem("Dora").waitFor();
    assert.equal(await badge.count(), 0);
    cleo.assertNoComplaints();
  });

  test("the address of a message leads to it, however far back", async () => {
    const emil = await Member.enter(world.one.url, "Emil");
    const room = { kind: "open", name: "Long talk" };
    const { id } = (await emil.call("POST", "/api/rooms", room)).json<{ id: string }>();
    const first = (await emil.say("where it began", undefined, id)).json<{ id: string }>().id;
    // Each says less than the forty messages that may be said at once.
    const talkers = ["Finn", "Gil", "Hal", "Ida"].map((name) => Member.enter(world.one.url, name));
    for (const talker of await Promise.all(talkers)) {
      await talker.call("PUT", `/api/rooms/${id}/members/${talker.me.id}`, {});
      for (let n = 0; n < 32; n++) {
        assert.equal((await talker.say(`line ${n}`, undefined, id)).status, 201);
      }
    }
    await using fay = await Visitor.at(browser, world.two.url, { name: "Fay" });
    await fay.page.getByRole("button", { name: "Find open rooms" }).click();
    await fay.page.getByRole("button", { name: "Join Long talk" }).click();
    await fay.isIn("Long talk");
    await fay.page.goto(`${world.two.url}/?room=${id}&message=${first}`);
    await fay.page.locator(".message:focus", { hasText: "where it began" }).waitFor();
    await fay.page.goto(`${world.two.url}/?room=${id}&message=1000000000.000000`);
    await fay.page.getByText("This message is gone.").waitFor();
    fay.assertNoComplaints();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`a phone, ${colorScheme}: a long press shows the bar, which fits; Tab leads to it, too`, async () => {
      const phone = { viewport: SIZES.phone, hasTouch: true, isMobile: true, colorScheme };
      const name = `Gus-${colorScheme}`;
      await using gus = await Visitor.at(browser, world.one.url, { name, ...phone });
      const { page } = gus;
      await page.getByRole("textbox", { name: /^Message /u }).fill(`press me, ${colorScheme}`);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await gus.hears(`press me, ${colorScheme}`);
      const pressed = row(gus, `press me, ${colorScheme}`);
      await pressed.and(page.locator('[data-state="stored"]')).waitFor();
      const bubble = pressed.locator(".bubble");
      await bubble.dispatchEvent("pointerdown", { pointerType: "touch", bubbles: true });
      await pressed.getByRole("toolbar").waitFor();
      await bubble.dispatchEvent("pointerup", { pointerType: "touch", bubbles: true });
      await gus.assertAccessible(`the bar, ${colorScheme}`);
      const box = await pressed.getByRole("toolbar").boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= SIZES.phone.width);
      await pressed.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").waitFor();
      await gus.assertAccessible(`deleting, ${colorScheme}`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("textbox", { name: /^Message /u }).focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Tab");
      await pressed.getByRole("button", { name: "React with 👍" }).waitFor();
      gus.assertNoComplaints();
    });
  }
});
