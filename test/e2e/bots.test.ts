/** Bots and webhooks in browsers: made, told once, brought in, taken out, ended. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import type { MembersResult } from "#protocol/room.ts";
import type { WebhookAnswer } from "#protocol/webhook.ts";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member, request } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

const SAID = "Deploy is done";

describe("bots and webhooks", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let browser: Browser;
  /** The owner, at a page. */
  let olga: Visitor;
  before(async () => {
    redis = await startRedis();
    [server, browser] = await Promise.all([
      startServer({ args: ["--redis-url", redis.url] }),
      openBrowser(),
    ]);
    olga = await Visitor.at(browser, server.url, { name: "Olga" });
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await redis.stop();
  });

  /** What `/api/me` answers to a token. */
  const askAs = (token: string) =>
    request(server.url, "GET", "/api/me", { headers: { authorization: `Bearer ${token}` } });

  test("[BO9] an admin makes a bot, sees its token once, changes it, renews the token, and deletes it", async () => {
    const bots = await showBots(olga);
    await bots.getByText("There are no bots yet.").waitFor();
    await bots.getByRole("button", { name: "Make a bot" }).click();
    await olga.page.keyboard.type("two words");
    await bots.getByRole("button", { name: "Make the bot" }).click();
    await bots.getByRole("alert").getByText(/\S/u).waitFor();
    await bots.getByLabel("Name", { exact: true }).fill("Gardener");
    await bots.getByLabel("Display name", { exact: true }).fill("The gardener");
    await bots.getByLabel("What it is for").fill("Waters the plants");
    await bots.getByRole("checkbox", { name: /^React/u }).check();
    await bots.getByRole("button", { name: "Make the bot" }).click();
    await bots.getByText("The token of Gardener is shown this once.").waitFor();
    const token = await bots.getByLabel("Token", { exact: true }).inputValue();
    assert.match(token, /^[\w-]{43}$/u);
    assert.equal((await askAs(token)).json<{ username: string }>().username, "Gardener");
    assert.equal(await bots.getByLabel("Secret", { exact: true }).count(), 0);
    await bots.getByRole("button", { name: "I have kept it" }).click();
    assert.equal(await bots.getByLabel("Token", { exact: true }).count(), 0);
    await olga.page.waitForFunction('document.activeElement.textContent === "Make a bot"');

    const row = bots.getByRole("button", { name: "The gardener" });
    await row.click();
    await bots.getByText("Waters the plants").waitFor();
    await bots.getByText("May: Read, Write, React.").waitFor();
    await bots.getByRole("button", { name: "Edit…" }).click();
    await bots.getByLabel("Display name", { exact: true }).fill("");
    await bots.getByLabel("What it is for").fill("Waters and weeds");
    await bots.getByLabel("Address to call").fill("https://bot.example/klatch");
    await bots.getByRole("button", { name: "Save" }).click();
    await bots.getByText("The secret of Gardener is shown this once.").waitFor();
    assert.match(await bots.getByLabel("Secret", { exact: true }).inputValue(), /^[\w-]{43}$/u);
    await bots.getByText("Waters and weeds").waitFor();
    await bots.getByText("Called at https://bot.example/klatch").waitFor();

    await bots.getByRole("button", { name: "New token…" }).click();
    await bots.getByRole("button", { name: "Give Gardener a new token" }).click();
    const next = await bots.getByLabel("Token", { exact: true }).inputValue();
    assert.notEqual(next, token);
    assert.deepEqual([(await askAs(token)).status, (await askAs(next)).status], [401, 200]);
    await bots.getByRole("button", { name: "Delete…" }).click();
    await bots.getByRole("button", { name: "Delete Gardener" }).click();
    await bots.getByText("There are no bots yet.").waitFor();
    assert.equal((await askAs(next)).status, 401);
    await olga.page.keyboard.press("Escape");
    olga.assertNoComplaints();
  });

  test("[BO9] who moderates brings bots into a room and takes them out, General too", async () => {
    const api = await Member.enter(server.url, "Olga", "signIn");
    await api.call("POST", "/api/admin/bots", { username: "Porter", scopes: ["read"] });
    await olga.go("General");
    for (const room of ["General", "Workshop"]) {
      if (room !== "General") await olga.makeRoom(room);
      const people = await olga.showPeople();
      await people.getByRole("searchbox").fill("por");
      await people.getByRole("button", { name: "Bring in Porter" }).click();
      await people.getByRole("heading", { name: "1 bot" }).waitFor();
      await people.getByRole("button", { name: "Porter" }).click();
      await people.getByRole("button", { name: "Take out" }).click();
      await people.getByRole("heading", { name: "1 bot" }).waitFor({ state: "detached" });
      await olga.page.keyboard.press("Escape");
    }
    olga.assertNoComplaints();
  });

  test("[WH8] a moderator makes a webhook, sees its address once with a line that works, and revokes it", async () => {
    await olga.makeRoom("Deploys");
    const hooks = await showWebhooks(olga);
    await hooks.getByText("No webhooks yet").waitFor();
    await hooks.getByLabel("Name", { exact: true }).fill("Pipeline");
    await olga.page.keyboard.press("Enter");
    await hooks.getByText("Pipeline is ready.").waitFor();
    const address = await hooks.getByLabel("Address", { exact: true }).inputValue();
    const line = await hooks.getByLabel("Line for a shell").inputValue();
    assert.equal(line, `curl -d '${SAID}' ${address}`);
    // As the line for the shell posts it.
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const post = () => fetch(address, { method: "POST", body: SAID, headers });
    const posted = await post();
    const answer: unknown = await posted.json();
    assert.ok(isSaid(answer), JSON.stringify(answer));
    await olga.hears(SAID);
    await olga.page.keyboard.press("Escape");
    await showWebhooks(olga);
    await hooks.getByText("1 webhook", { exact: true }).waitFor();
    assert.equal(await hooks.getByLabel("Address", { exact: true }).count(), 0);
    await hooks.getByRole("button", { name: "Revoke Pipeline" }).click();
    await hooks.getByRole("button", { name: "Keep it" }).click();
    await hooks.getByRole("button", { name: "Revoke Pipeline" }).click();
    await hooks.getByRole("button", { name: "Revoke Pipeline" }).last().click();
    await hooks.getByText("No webhooks yet").waitFor();
    await olga.page.waitForFunction('document.activeElement.textContent === "No webhooks yet"');
    assert.equal((await post()).status, 404);
    await olga.page.keyboard.press("Escape");
    const room = new URL(olga.page.url()).searchParams.get("room") ?? "";
    const api = await Member.enter(server.url, "Olga", "signIn");
    const { members } = (await api.call("GET", `/api/rooms/${room}/members`)).json<MembersResult>();
    assert.deepEqual(
      members.map(({ username }) => username),
      ["Olga"],
    );
    olga.assertNoComplaints();
  });

  test("axe finds nothing, and nothing is wider than the window: wide and dark, on a phone and light", async () => {
    const api = await Member.enter(server.url, "Olga", "signIn");
    const draft = { description: "Opens the door", callback: "https://bot.example/porter" };
    await api.call("POST", "/api/admin/bots", { username: "Opener", scopes: ["read"], ...draft });
    const { page } = olga;
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
      const bots = await showBots(olga);
      await bots.getByRole("button", { name: "Opener" }).click();
      await bots.getByRole("button", { name: "New token…" }).click();
      await assertFits("bots");
      await bots.getByRole("button", { name: "Give Opener a new token" }).click();
      await bots.getByLabel("Token", { exact: true }).waitFor();
      await bots.getByRole("button", { name: "Edit…" }).click();
      await assertFits("bot-token");
      await bots.getByRole("button", { name: "Make a bot" }).click();
      await assertFits("new-bot");
      await page.keyboard.press("Escape");
      const back = page.getByRole("button", { name: /^All rooms/u });
      if (await back.isVisible()) await back.click();
      await olga.go("Deploys");
      const people = await olga.showPeople();
      if (size === "wide") {
        await people.getByRole("searchbox").fill("open");
        await people.getByRole("button", { name: "Bring in Opener" }).click();
      }
      await people.getByRole("button", { name: "Opener" }).click();
      await assertFits("people");
      await page.keyboard.press("Escape");
      const hooks = await showWebhooks(olga);
      await hooks.getByLabel("Name", { exact: true }).fill(`Hook-${size}`);
      await page.keyboard.press("Enter");
      await hooks.getByLabel("Address", { exact: true }).waitFor();
      await hooks.getByRole("button", { name: `Revoke Hook-${size}` }).click();
      await assertFits("webhooks");
      await page.keyboard.press("Escape");
    }
    olga.assertNoComplaints();
  });
});

function isSaid(answer: unknown): answer is WebhookAnswer {
  return typeof answer === "object" && answer !== null && "ok" in answer && answer.ok === true;
}

async function showBots(visitor: Visitor): Promise<Locator> {
  await visitor.openAccount();
  await visitor.page.getByRole("button", { name: "Administration" }).click();
  const dialog = visitor.page.getByRole("dialog", { name: "Administration" });
  await dialog.getByRole("tab", { name: "Bots" }).click();
  await dialog.locator('.admin-people[aria-busy="false"]').waitFor({ state: "attached" });
  return dialog;
}

async function showWebhooks(visitor: Visitor): Promise<Locator> {
  const people = await visitor.showPeople();
  await people.getByRole("button", { name: "Webhooks" }).click();
  const dialog = visitor.page.getByRole("dialog", { name: /^Webhooks of/u });
  await dialog.waitFor();
  return dialog;
}
