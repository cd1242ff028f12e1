/**
 * A real Chromium for the tests of the page, and visitors in it, each with a device of their own.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { PASSWORD } from "#test/support/member.ts";
import { tempFolder } from "#test/support/temp.ts";

export const SIZES = {
  wide: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

const QUIET =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The Chromium that `npm test` found or installed. */
export function openBrowser(): Promise<Browser> {
  const { KLATCH_TEST_CHROMIUM, HOME } = process.env;
  const folder = tempFolder();
  return chromium.launch({
    executablePath: KLATCH_TEST_CHROMIUM ?? "/usr/bin/chromium",
    args: QUIET.split(" "),
    env: { ...process.env, HOME: HOME ?? folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
  });
}

export interface VisitorOptions extends BrowserContextOptions {
  /** A name to come in under: the visitor registers and is in General. */
  readonly name?: string;
}

/** Somebody at a device: a page, and what the browser complained of in its console. */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly #complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.#complaints.push(error.message));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // The browser itself reports every refused request; the page asked on purpose.
      if (/status of 4\d\d/u.test(message.text())) return;
      this.#complaints.push(`${message.text()} (${message.location().url})`);
    });
  }

  /** Opens the page in a fresh browser profile. */
  static async at(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { name, ...device } = options;
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      timezoneId: "Europe/Vienna",
      ...device,
    });
    context.setDefaultTimeout(20_000);
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    if (name !== undefined) await visitor.register(name);
    return visitor;
  }

  async register(name: string, password = PASSWORD): Promise<void> {
    const { page } = this;
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await this.arrived();
  }

  async signIn(name: string, password = PASSWORD): Promise<void> {
    const { page } = this;
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await this.arrived();
  }

  async signOut(): Promise<void> {
    await this.openAccount();
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await this.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  }

  /** Opens the menu of one's own account; on a phone it is on the screen with the list. */
  async openAccount(): Promise<void> {
    const back = this.page.getByRole("button", { name: /^All rooms/u });
    if (await back.isVisible()) await back.click();
    await this.page.getByRole("button", { name: "Your account" }).click();
    await this.page.getByRole("button", { name: "Sign out" }).waitFor();
  }

  /** The room's line in the list. */
  roomItem(name: string): Locator {
    const { page } = this;
    return page.locator(".room-item", { has: page.getByText(name, { exact: true }) });
  }

  /** Goes to a room of the list. */
  async go(name: string): Promise<void> {
    await this.roomItem(name).click();
    await this.isIn(name);
  }

  /** Resolves when this room is shown and live. */
  async isIn(name: string): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    await this.page.locator('.scroller[aria-busy="false"]').waitFor();
  }

  /** Makes a room and is in it. */
  async makeRoom(name: string, { topic = "", kind = "Open" } = {}): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "Make a room" }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Topic", { exact: true }).fill(topic);
    await page.getByRole("radio", { name: new RegExp(`^${kind}`, "u") }).check();
    await page.getByRole("button", { name: "Make the room" }).click();
    await this.isIn(name);
  }

  /** Opens the list of people in the room shown. */
  async showPeople(): Promise<Locator> {
    await this.page.getByRole("button", { name: /People in/u }).click();
    const people = this.page.getByRole("dialog");
    await people.locator(".member").first().waitFor();
    return people;
  }

  /** Resolves when General is shown and live, with what was said before. */
  async arrived(): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: "General" }).waitFor();
    await this.page.locator('.room-link[data-live="true"]').waitFor();
    await this.page.locator('.scroller[aria-busy="false"]').waitFor();
  }

  async say(text: string): Promise<void> {
    const box = this.page.getByRole("textbox", { name: /^Message /u });
    await box.fill(text);
    await box.press("Enter");
  }

  /** Resolves when a message with exactly this text is shown. */
  async hears(text: string): Promise<void> {
    await this.page.locator(".message-text").getByText(text, { exact: true }).first().waitFor();
  }

  /** Texts of the messages that are in the document, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator(".message-text").allInnerTexts();
  }

  /** Fails if the browser complained of anything: a policy broken, a script that failed. */
  assertNoComplaints(): void {
    assert.deepEqual(this.#complaints, []);
  }

  /** Fails if axe finds anything to mend on the screen shown. */
  async assertAccessible(screen: string): Promise<void> {
    // What is just fading in has not its colours yet; the steam over the cup never ends.
    await this.page.evaluate(`Promise.allSettled(document.getAnimations()
      .filter((each) => each.effect.getComputedTiming().endTime < 5_000)
      .map((each) => each.finished)).then(() => undefined)`);
    // Over the debugger, since the page's own policy lets no foreign script in.
    const debug = await this.page.context().newCDPSession(this.page);
    await debug.send("Runtime.evaluate", { expression: AXE });
    await debug.detach();
    const found = await this.page.evaluate<readonly string[]>(`axe
      .run(document, { resultTypes: ["violations"] })
      .then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`);
    assert.deepEqual(found, [], screen);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
