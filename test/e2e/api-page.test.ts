/** The page about the API in a real browser: for everyone, in both themes, on a phone, under the strict policy. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

describe("the page about the API", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let browser: Browser;
  before(async () => {
    redis = await startRedis();
    server = await startServer({ args: ["--redis-url", redis.url] });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await redis.stop();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      test(`[AP4] ${size}, ${colorScheme}: axe finds nothing, and nothing is wider than the window`, async () => {
        const context = await browser.newContext({ viewport, colorScheme });
        await using visitor = new Visitor(await context.newPage());
        const { page } = visitor;
        await page.goto(`${server.url}/api`);
        await page.getByRole("heading", { level: 1, name: "The API" }).waitFor();
        await visitor.assertAccessible(`the API, ${size}, ${colorScheme}`);
        const wider = await page.evaluate<number>(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        assert.ok(wider <= 0, `${wider} px`);
        const { KLATCH_PICTURES } = process.env;
        if (KLATCH_PICTURES === undefined) return;
        await page.screenshot({ path: `${KLATCH_PICTURES}/api-${size}-${colorScheme}.png` });
        await page.getByRole("link", { name: "Bots", exact: true }).click();
        await page.screenshot({ path: `${KLATCH_PICTURES}/api-bots-${size}-${colorScheme}.png` });
      });
    }
  }
});
