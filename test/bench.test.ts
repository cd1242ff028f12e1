/** The benches run and measure what they say, seen with a handful of clients for a moment. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measureFanOut } from "#bench/fan-out.ts";
import { measureJitter } from "#bench/jitter.ts";
import { ShownRecord } from "#bench/jitter/record.ts";
import { median, percentile } from "#bench/load/percentile.ts";
import { drawChart } from "#bench/report/chart.ts";
import { short, table } from "#bench/report/table.ts";
import { readBenchOptions } from "#bench/run/options.ts";
import { reloads } from "#bench/strangers/breaks.ts";
import { leaving, pairing, talking } from "#bench/strangers/pace.ts";
import { openBenchWorld } from "#bench/strangers/world.ts";
import { measureAppends, measureSends } from "#bench/send.ts";
import { BARE, KLATCH, MEMORY, TUTORIAL } from "#bench/subjects/subjects.ts";

const MOMENT = { warmMs: 50, measureMs: 200 };
/** So many that nobody reaches their limit (40 at once), however fast this machine is. */
const CHATS = 60;

describe("the benches", { concurrency: 2 }, () => {
  for (const subject of [KLATCH, BARE]) {
    test(`fan-out: ${subject.label} delivers everything to everyone`, async () => {
      const size = { listeners: 5, senders: 200, singles: 3, ...MOMENT };
      const result = await measureFanOut(subject, size);
      assert.ok(result.deliveriesPerS > 0);
      assert.ok(result.messagesPerFrame >= 1);
      assert.ok(result.singleMs.p50 > 0 && result.floodMs.p50 > 0);
      // The bare program must not have less to write than Klatch has.
      assert.ok(result.bytesPerDelivery > 240 && result.bytesPerDelivery < 300);
    });
  }

  test("send: Klatch stores each message it acknowledges", async () => {
    const result = await measureSends(KLATCH, { chats: CHATS, servers: 1, ...MOMENT });
    assert.ok(result.acknowledged > 0 && result.ackMs.p99 > 0);
  });

  test("send: two servers of the tutorial's scheme share the work", async () => {
    const result = await measureSends(TUTORIAL, { chats: CHATS, servers: 2, ...MOMENT });
    assert.ok(result.acknowledged > 0);
  });

  test("send: the log alone sets a limit", async () => {
    assert.ok((await measureAppends({ chats: 3, servers: 0, ...MOMENT })) > 0);
  });

  test("strangers: pairs, frames, ends and returns are measured, and none is lost", async () => {
    await using world = await openBenchWorld();
    const pairs = await world.pairs(4);
    const goals = [
      await pairing(world, 10, 1),
      await talking(pairs, 40, 1),
      await reloads(world, pairs.slice(0, 2)),
      await leaving(pairs.slice(2)),
    ];
    assert.deepEqual(
      goals.map(({ goal }) => goal),
      ["G2", "G5", "G9", "G6"],
    );
    assert.match(goals[1]?.measured ?? "", /0 of 40 lost, 0 twice, 0 refused/u);
    assert.match(goals[2]?.measured ?? "", /of 2 within 1 s/u);
  });

  const storm = { clients: 5, seconds: 1, messagesPerS: 20, cutEveryMs: 400, awayMs: 150 };

  test("jitter: Klatch shows everything once and in order, through every cut", async () => {
    const { right, all, cuts, replayMs, neverWhole } = await measureJitter(KLATCH, storm);
    assert.equal(right, all);
    assert.equal(neverWhole, 0);
    assert.ok(cuts > 5 && replayMs.p99 > 0);
  });

  test("jitter: the cuts are real, so Socket.IO by itself misses something", async () => {
    const { right, missing, all } = await measureJitter(MEMORY, storm);
    assert.ok(missing > 0);
    assert.equal(right + missing, all);
  });
});

describe("a client's record", () => {
  test("counts what is right, twice, late and missing", () => {
    const record = new ShownRecord();
    for (const n of [1, 2, 4, 3, 5, 5]) record.show(n, 0);
    assert.deepEqual(record.result(6), { right: 3, twice: 1, outOfOrder: 1, missing: 1 });
  });

  test("measures from coming back to being whole", () => {
    const record = new ShownRecord();
    record.show(1, 0);
    record.leave();
    record.comeBack(3, 100);
    record.show(2, 105);
    assert.deepEqual(record.replays, []);
    record.show(3, 107);
    assert.deepEqual(record.replays, [7]);
    record.leave();
    record.comeBack(5, 200);
    record.show(5, 205);
    assert.equal(record.result(5).missing, 1);
    assert.equal(record.neverWhole, 1);
  });
});

describe("reports", () => {
  test("take medians and percentiles", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(percentile([5, 1, 4, 2, 3], 0.5), 3);
    assert.equal(percentile([5, 1, 4, 2, 3], 0.99), 5);
    assert.equal(percentile([], 0.5), 0);
  });

  test("round to what can be believed, and line up", () => {
    assert.deepEqual([3_123_456, 24_321, 987, 1.404].map(short), [
      "3.12 M",
      "24.3 k",
      "987",
      "1.40",
    ]);
    assert.equal(table(["", "a"], [["b", "12"]]), "|     |   a |\n| --- | --: |\n| b   |  12 |");
  });

  test("draw each line once, in colours for light and dark pages", () => {
    const lines = [
      { label: "one", points: [[100, 10] as const, [1_000, 90] as const] },
      { label: "two", points: [[100, 12] as const, [1_000, 95] as const] },
    ];
    const svg = drawChart({ title: "t", xLabel: "x", yLabel: "y", lines });
    assert.equal(svg.match(/<path /gu)?.length, 2);
    assert.match(svg, /prefers-color-scheme: dark/u);
    assert.doesNotMatch(svg, /NaN|Infinity|<script/u);
  });

  test("refuse options that make no sense", () => {
    assert.equal(readBenchOptions(["--rounds", "3"]).rounds, 3);
    assert.throws(() => readBenchOptions(["--clients", "0"]), /--clients/u);
    assert.throws(() => readBenchOptions(["--seconds", "1e9"]), /--seconds/u);
  });
});
