/**
 * A server that dies and comes back: what the page says meanwhile, and that nothing written is
 * lost.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

describe("connection", { concurrency: false }, () => {
  let redis: RedisProcess;
  let here: ServerProcess;
  let elsewhere: ServerProcess;
  let browser: Browser;
  const start = (...args: string[]) => startServer({ args: ["--redis-url", redis.url, ...args] });
  before(async () => {
    redis = await startRedis();
    [here, elsewhere, browser] = await Promise.all([start(), start(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await Promise.all([here.stop(), elsewhere.stop()]);
    await redis.stop();
  });

  test("a server killed: quiet, a banner, a countdown; when it is back, everything arrives once", async () => {
    await using ada = await Visitor.at(browser, here.url, { name: "Ada" });
    const brin = await Member.enter(elsewhere.url, "Brin");
    const { page } = ada;
    const banner = page.locator(".banner");
    await ada.say("before");
    await page.locator('.message[data-state="stored"]').waitFor();

    await here.stop("SIGKILL");
    await page.locator('.room-link[data-live="false"]').waitFor();
    assert.equal(await banner.innerText(), "");
    await page.getByText("Reconnecting…").waitFor();
    await ada.say("one, written meanwhile");
    await ada.say("two, written meanwhile");
    await page.getByText("Will be sent when you are connected").first().waitFor();
    await brin.say("said elsewhere");
    await page.getByText("The server cannot be reached").waitFor({ timeout: 25_000 });
    await page.getByRole("button", { name: "Retry now" }).waitFor();
    await ada.assertAccessible("countdown");

    here = await start("--port", String(here.port));
    await page.getByRole("button", { name: "Retry now" }).click();
    await ada.arrived();
    await until(async () => (await banner.innerText()) === "", { what: "no banner" });
    await ada.hears("said elsewhere");
    const said = ["before", "said elsewhere", "one, written meanwhile", "two, written meanwhile"];
    await until(
      async () => (await page.locator('.message[data-state="stored"]').count()) === said.length,
      { what: "all stored" },
    );
    assert.deepEqual(await ada.texts(), said);
    const { messages } = await brin.history();
    assert.deepEqual(
      messages.map(({ message }) => message),
      said,
    );
  });

  test("a device without network is told so; what it writes is sent by itself when it is back", async () => {
    await using cleo = await Visitor.at(browser, here.url, { name: "Cleo" });
    const context = cleo.page.context();
    await context.setOffline(true);
    // A socket that is open already does not notice; the page is loaded offline for whoever comes
    // anew.
    await cleo.page.evaluate("window.dispatchEvent(new Event('offline'))");
    await here.stop("SIGKILL");
    await cleo.page.getByText("You are offline: messages will be sent later.").waitFor();
    await cleo.say("from the tunnel");
    here = await start("--port", String(here.port));
    await context.setOffline(false);
    await cleo.arrived();
    await cleo.page
      .locator('.message[data-state="stored"]')
      .filter({ hasText: "from the tunnel" })
      .waitFor();
  });

  test("five hundred messages wait at most: one more stays in the box, with the reason", async () => {
    await using gus = await Visitor.at(browser, here.url, { name: "Gus" });
    const { page } = gus;
    await page.context().setOffline(true);
    await page.evaluate(`(() => {
      const box = document.querySelector("#composer");
      for (let n = 0; n <= 500; n++) {
        box.value = "number " + n;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        box.form.requestSubmit();
      }
    })()`);
    const trouble = page.locator(".composer-trouble");
    await trouble.getByText("500 messages wait to be sent.").waitFor();
    assert.equal(await page.locator("#composer").inputValue(), "number 500");
    await gus.hears("number 499");
  });

  test("what waits to be sent survives a reload and another server's start", async () => {
    await using dora = await Visitor.at(browser, here.url, { name: "Dora" });
    await here.stop("SIGKILL");
    await dora.page.locator('.room-link[data-live="false"]').waitFor();
    await dora.say("written before the reload");
    await dora.page.getByText("Will be sent when you are connected").waitFor();
    here = await start("--port", String(here.port));
    await dora.page.reload();
    const line = dora.page.locator(".message").filter({ hasText: "written before the reload" });
    await line.and(dora.page.locator('[data-state="stored"]')).waitFor();
    assert.equal(await line.count(), 1);
  });

  test("a message that is refused says why, and can be sent again or taken back", async () => {
    await using emil = await Visitor.at(browser, here.url, { name: "Emil" });
    const { page } = emil;
    // Not a member any more, as far as the server knows: it refuses, for good.
    const id = (await redis.cli("GET", "username:emil")).replace("user:", "");
    await redis.cli("HDEL", "{room:0}:members", id);
    await emil.say("refused");
    const failed = page.locator('.message[data-state="failed"]');
    await failed.waitFor();
    await failed.getByText("Not sent.").waitFor();
    await failed.getByRole("button", { name: "Retry" }).click();
    await failed.getByText("Not sent.").waitFor();
    await failed.getByRole("button", { name: "Remove" }).click();
    await failed.waitFor({ state: "detached" });
    assert.deepEqual(await page.locator(".message").filter({ hasText: "refused" }).count(), 0);
  });
});
