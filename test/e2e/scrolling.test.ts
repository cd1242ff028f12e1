/**
 * Reading back: the reader's place is kept, the document stays bounded, days and authors are told
 * apart.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

const LINES = 500;
/** The page's clock in the test of days: a Tuesday afternoon in Vienna. */
const NOW = new Date("2026-03-10T15:00:00+01:00");

/** What the page shows of its scrolling, in pixels and rows. */
interface Look {
  readonly above: number;
  readonly below: number;
  readonly rows: number;
}

function look(page: Page): Promise<Look> {
  return page.evaluate<Look>(`(() => {
    const box = document.querySelector(".scroller");
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    return { above: box.scrollTop, below, rows: document.querySelectorAll(".message").length };
  })()`);
}

/** The row in the middle of what is visible, and where its top edge is. */
function middleRow(page: Page): Promise<{ cid: string; top: number }> {
  return page.evaluate(`(() => {
    const box = document.querySelector(".scroller").getBoundingClientRect();
    const middle = box.top + box.height / 2;
    const rows = [...document.querySelectorAll(".message")];
    const row = rows.find((each) => each.getBoundingClientRect().bottom > middle);
    return { cid: row.dataset.cid, top: row.getBoundingClientRect().top };
  })()`);
}

function topOf(page: Page, cid: string): Promise<number> {
  return page.evaluate(`document.querySelector('[data-cid="${cid}"]').getBoundingClientRect().top`);
}

/** Scrolls by so many pixels and lets the page do what it does then. */
async function scrollBy(page: Page, pixels: number): Promise<void> {
  await page.evaluate(`document.querySelector(".scroller").scrollTop += ${pixels}`);
  await page.waitForTimeout(30);
}

function lineAt(seconds: number, from: number, message: string): string[] {
  const id = `${seconds}.000000`;
  return [id, JSON.stringify({ from, date: seconds, message, roomId: "0", id, cid: "" })];
}

describe("scrolling", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let browser: Browser;
  let writer: Member;
  before(async () => {
    redis = await startRedis();
    [server, browser] = await Promise.all([
      startServer({ args: ["--redis-url", redis.url] }),
      openBrowser(),
    ]);
    writer = await Member.enter(server.url, "Writer");
    const began = Math.floor(Date.now() / 1_000) - LINES * 100;
    const lines = Array.from({ length: LINES }, (_, at) => {
      const more = at % 7 === 0 ? ", and more to say, so that rows are not all of one height" : "";
      return lineAt(began + at * 100, writer.me.id, `line ${at}${more.repeat(at % 3)}`);
    });
    await redis.cli("ZADD", "room:0", ...lines.flat());
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await redis.stop();
  });

  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${size}: reading back to the beginning and forth again keeps the place, with at most 300 rows`, async () => {
      await using ada = await Visitor.at(browser, server.url, { name: `Ada-${size}`, viewport });
      const { page } = ada;
      await ada.hears("line 499");
      await until(async () => (await look(page)).below < 1, { what: "at the bottom" });
      let most = 0;
      const step = async (pixels: number) => {
        const row = await middleRow(page);
        const { above, below } = await look(page);
        await scrollBy(page, pixels);
        const room = pixels < 0 ? above : below;
        if (room > Math.abs(pixels)) {
          const moved = row.top - (await topOf(page, row.cid));
          assert.ok(Math.abs(moved - pixels) < 1.5, `asked for ${pixels}, moved ${moved}`);
        }
        most = Math.max(most, (await look(page)).rows);
      };
      const beginning = page.getByText("This is where General begins.");
      while (!(await beginning.isVisible())) await step(-450);
      await ada.hears("line 0");
      while ((await look(page)).below > 1) await step(450);
      await ada.hears("line 499");
      assert.ok(most > 200 && most <= 300, `${most} rows at most`);
      ada.assertNoComplaints();
    });
  }

  test("what comes while one reads further up does not move the page; a button counts it and leads down", async () => {
    await using brin = await Visitor.at(browser, server.url, { name: "Brin" });
    const { page } = brin;
    await brin.hears("line 499");
    await scrollBy(page, -1_000);
    const row = await middleRow(page);
    await writer.say("news 1");
    await writer.say("news 2");
    await page.getByRole("button", { name: "Jump to latest · 2 new" }).waitFor();
    const movedBy = async () => Math.abs((await topOf(page, row.cid)) - row.top);
    assert.ok((await movedBy()) < 1);

    // A keyboard that opens, a window that shrinks: the lowest row stays the lowest.
    await page.setViewportSize({ width: 900, height: 500 });
    // Two frames: the page is laid out, and the place is restored.
    const drawn = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`;
    await page.evaluate(drawn);
    await page.setViewportSize({ width: 1280, height: 800 });
    await until(async () => (await movedBy()) < 2, { what: "the place is the same" });

    await page.getByRole("button", { name: /Jump to latest/u }).click();
    await brin.hears("news 2");
    await until(async () => (await look(page)).below < 1, { what: "at the bottom" });
    await writer.say("news 3");
    await brin.hears("news 3");
    assert.ok((await look(page)).below < 1, "stays at the bottom");
    await scrollBy(page, -2_000);
    await brin.say("my own takes me down");
    await until(async () => (await look(page)).below < 1, { what: "at the bottom" });
  });

  test("days are named in the reader's zone; five minutes or another author begin a new group", async () => {
    const [at, me] = [NOW.getTime() / 1_000, writer.me.id];
    const other = (await Member.enter(server.url, "Other")).me.id;
    await redis.cli("DEL", "room:0", "{room:0}:meta");
    const day = 86_400;
    const lines = [
      lineAt(at - 400 * day, me, "last year"),
      lineAt(at - 3 * day, me, "saturday"),
      // 23:50 and 00:10 in Vienna.
      lineAt(at - 15 * 3_600 - 600, me, "late"),
      lineAt(at - 15 * 3_600 + 600, me, "early"),
      lineAt(at - 900, me, "first"),
      lineAt(at - 600, me, "five minutes later"),
      lineAt(at - 299, me, "and one second more"),
      lineAt(at - 200, other, "another author"),
    ];
    await redis.cli("ZADD", "room:0", ...lines.flat());
    await using cleo = await Visitor.at(browser, server.url);
    await cleo.page.clock.setFixedTime(NOW);
    await cleo.register("Cleo");
    await cleo.hears("another author");
    const headings = cleo.page.locator(".timeline").getByRole("heading", { level: 2 });
    assert.deepEqual(await headings.allInnerTexts(), [
      "3 February 2025",
      "Saturday 7 March",
      "Yesterday",
      "Today",
    ]);
    const opening = cleo.page.locator('.message[data-opens="true"] .message-text');
    assert.deepEqual(await opening.allInnerTexts(), [
      "last year",
      "saturday",
      "late",
      "early",
      "first",
      "and one second more",
      "another author",
    ]);
    const when = cleo.page.locator(".message", { hasText: "late" }).first().locator("time");
    assert.equal(await when.getAttribute("datetime"), "2026-03-09T22:50:00.000Z");
    assert.match((await when.getAttribute("title")) ?? "", /Monday.* 9 March 2026.* 23:50/u);
  });
});
