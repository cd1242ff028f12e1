/** Looking after strangers, in a browser: figures, the switch, a report, a ban and its end. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { say, talk } from "#test/support/franked.ts";
import { Refused, TestStranger } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

describe("looking after strangers", { concurrency: false }, () => {
  let world: StrangerServers;
  let browser: Browser;
  let olga: Visitor;
  let desk: Locator;
  before(async () => {
    [world, browser] = await Promise.all([strangerServers(), openBrowser()]);
    olga = await Visitor.at(browser, world.one.url, { name: "Olga" });
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  const button = (name: string | RegExp) => desk.getByRole("button", { name });

  /** One of two reports the other one, for a threat they made. */
  async function threaten(): Promise<void> {
    await using both = await talk(world.one.url, world.two.url, "a threat");
    const { ada, bob, pair, roles } = both;
    const lines = [
      await say(bob, pair, roles.bob, "I know where you live"),
      await say(ada, pair, roles.ada, "please leave me alone"),
      await say(bob, pair, roles.bob, "You will be sorry. ".repeat(12).trim()),
    ];
    await ada.ask("report", { pair, reason: "threat", excerpt: lines });
    await bob.next("ended");
  }

  test("[SF10] [SF12] [SF13] an admin reads a report, bans, lifts, closes and opens; in every look", async () => {
    const { page } = olga;
    await threaten();
    await using both = await talk(world.one.url, world.two.url, "just talking");
    await olga.openAccount();
    await page.getByRole("button", { name: "Administration" }).click();
    await page.getByRole("tab", { name: "Strangers" }).click();
    desk = page.getByRole("tabpanel");
    await desk.getByText("Strangers can meet.").waitFor();
    await desk.getByRole("heading", { name: /^Threats/u }).waitFor();
    await desk.getByText("I know where you live").waitFor();
    await desk.locator(".tile", { hasText: "Talking" }).getByText("2", { exact: true }).waitFor();
    for (const [size, scheme] of LOOKS) {
      await page.setViewportSize(SIZES[size]);
      await page.emulateMedia({ colorScheme: scheme });
      await olga.assertAccessible(`strangers, ${size}, ${scheme}`);
      const isWide = await page.evaluate<boolean>(
        "document.documentElement.scrollWidth > innerWidth",
      );
      assert.equal(isWide, false, `${size} ${scheme}`);
    }
    await page.setViewportSize(SIZES.wide);

    await desk.getByLabel("Ban their network for").selectOption("3 days");
    await button("Ban their network").click();
    await desk.getByText("Banned for 3 days; the report is deleted.").waitFor();
    await desk.getByText("Nothing waits for a decision.").waitFor();
    await page.waitForFunction('document.activeElement.textContent === "Reports"');
    const lift = button(/^Lift the ban: Threats, until/u);
    await lift.click();
    await desk.getByText("No network is banned.").waitFor();

    await button("Close…").click();
    await button("Close now").click();
    await desk.getByText("Closed: no strangers can meet.").waitFor();
    const ended = await both.ada.next("ended");
    assert.equal(ended.reason, "restarting");
    await assert.rejects(TestStranger.enter(world.two.url), Refused);
    await button("Let strangers meet").click();
    await desk.getByText("Strangers can meet.", { exact: true }).first().waitFor();
    olga.assertNoComplaints();
  });
});

const LOOKS = [
  ["wide", "light"],
  ["wide", "dark"],
  ["phone", "light"],
  ["phone", "dark"],
] as const;
