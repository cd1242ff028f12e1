/** Strain on a real Redis: how it grows and halves, what it leads to, and that it ends by itself. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { RedisSafetyStore } from "#server/redis/strangers/redis-safety-store.ts";
import type { Strain } from "#server/stranger/safety/strain.ts";
import { PAUSE, SEARCH_COST, proofBits, skipCost } from "#server/stranger/safety/strain.ts";
import { openRedis } from "#test/server/scripts/open-redis.ts";

const { redis, close } = await openRedis();
const store = new RedisSafetyStore(redis);
after(close);

const MINUTE_MS = 60_000;
/** What a phone hashes in about a second. */
const SECOND_BITS = 18;

/** Lets time pass: all that is remembered moves back. */
async function pass(ms: number): Promise<void> {
  for (const key of await redis.keys("{lobby}:strain:*")) {
    const { at, skips = "", till } = await redis.hGetAll(key);
    const earlier = skips.split(" ").filter(Boolean);
    await redis.hSet(key, {
      at: Number(at) - ms,
      skips: earlier.map((each) => Number(each) - ms).join(" "),
      till: Math.max(0, Number(till) - ms),
    });
  }
  for (const key of await redis.keys("{lobby}:reporters:*")) {
    for (const { value, score } of await redis.zRangeWithScores(key, 0, -1)) {
      await redis.zAdd(key, { value, score: score - ms });
    }
  }
}

/** A search after a chat of this length was ended. */
function skipOnce(uid: string, network: string, lastedMs: number): Promise<Strain> {
  return store.strain(uid, network, skipCost(lastedMs) + SEARCH_COST, 1);
}

async function skipUntilPaused(uid: string, network: string): Promise<Strain> {
  for (let count = 0; count <= PAUSE.skips; count++) {
    const strain = await skipOnce(uid, network, 1_000);
    if (strain.waitMs > 0) return strain;
  }
  throw new Error("There was no pause.");
}

const near = (is: number, wanted: number, what: string) => {
  assert.ok(Math.abs(is - wanted) < wanted * 0.02 + 0.05, `${what}: ${is}, not ${wanted}`);
};

describe("strain", { concurrency: false }, () => {
  beforeEach(async () => {
    await redis.flushAll();
  });

  test("[SF1] it halves every 30 seconds, for one and for their network", async () => {
    await store.strain("ada", "home", 8, 0);
    await pass(30_000);
    const later = await store.strain("ada", "home", 0, 0);
    near(later.score, 4, "one half-life");
    const other = await store.strain("bob", "home", 2, 0);
    near(other.score, 2, "somebody new");
    near(other.networkScore, 6, "their network");
    await pass(60_000);
    near((await store.strain("bob", "home", 0, 0)).networkScore, 1.5, "two more");
  });

  test("[SF2] a bot that skips 20 a minute must work within 30 seconds, and pauses with the next skip", async () => {
    const bits: number[] = [];
    for (let at = 3_000; at <= 30_000; at += 3_000) {
      await pass(3_000);
      const strain = await skipOnce("bot", "bots", 3_000);
      assert.equal(strain.waitMs, 0);
      bits.push(proofBits(strain));
    }
    assert.ok(
      bits.some((each) => each > 0),
      bits.join(" "),
    );
    await pass(3_000);
    const { waitMs } = await skipOnce("bot", "bots", 3_000);
    assert.ok(waitMs > 0 && waitMs <= MINUTE_MS, String(waitMs));
  });

  for (const [what, gapsMs] of [
    ["evenly", Array.from({ length: 50 }, () => 6_000)],
    ["in bursts", Array.from({ length: 50 }, (_, at) => (at % 10 === 9 ? 60_000 : 0))],
    ["in pairs", Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 0 : 12_000))],
  ] as const) {
    test(`[SF2] who skips up to 10 a minute, ${what}, never works long and never pauses`, async () => {
      for (const gapMs of gapsMs) {
        const strain = await skipOnce("ada", "home", gapMs);
        assert.equal(strain.waitMs, 0);
        assert.ok(proofBits(strain) <= SECOND_BITS, `${proofBits(strain)} bits`);
        await pass(gapMs);
      }
    });
  }

  for (const [extra, isPaused] of [
    [-1, false],
    [0, false],
    [1, true],
  ] as const) {
    const count = LIMITS.strangerSkipsPerMinute + extra;
    test(`[SF2] ${count} skips within a minute, however short: ${isPaused ? "a pause" : "none"}`, async () => {
      let last: Strain | undefined;
      for (let at = 0; at < count; at++) last = await skipOnce("ada", "home", 0);
      assert.equal((last?.waitMs ?? 0) > 0, isPaused);
    });
  }

  test("[SF2] many skips of long chats are no reason for a pause", async () => {
    for (let at = 0; at < 40; at++) {
      const strain = await skipOnce("ada", "home", 60_000);
      assert.equal(strain.waitMs, 0);
      await pass(4_000);
    }
  });

  test("[SF3] pauses of one last 1, 5, 25 and 120 minutes; the third of a network is one of all there", async () => {
    const waits: number[] = [];
    for (let offence = 0; offence < 2; offence++) {
      const { waitMs } = await skipUntilPaused("bot", "bots");
      waits.push(waitMs);
      assert.equal((await store.strain("ada", "bots", 1, 0)).waitMs, 0, "others there go on");
      await pass(waitMs);
    }
    for (const wanted of [25, 120, 120]) {
      const { waitMs } = await skipUntilPaused(`bot ${wanted}`, "bots");
      const all = (await store.strain("ada", "bots", 1, 0)).waitMs;
      waits.push(all);
      assert.ok(waitMs >= all);
      await pass(all);
    }
    const minutes = waits.map((ms) => Math.ceil(ms / MINUTE_MS));
    assert.deepEqual(minutes, [1, 5, 5, 25, 120]);
    const longest = await skipUntilPaused("bot", "elsewhere");
    assert.equal(Math.ceil(longest.waitMs / MINUTE_MS), 25);
  });

  test("[SF3] while one pauses nothing is added, and nothing makes it longer", async () => {
    const { waitMs, score } = await skipUntilPaused("bot", "bots");
    for (let at = 0; at < 20; at++) await skipOnce("bot", "bots", 0);
    const now = await store.strain("bot", "bots", 50, 11);
    assert.ok(now.waitMs <= waitMs && now.score <= score);
  });

  test("[SF3] all of it ends by itself within ten minutes of the last pause", async () => {
    await store.strain("ada", "home", 5, 1);
    await skipUntilPaused("bot", "bots");
    await store.reportedBy("bots", "home");
    await store.spend("challenge", LIMITS.proofLifeMs);
    for (const key of await redis.keys("*")) {
      const ttl = await redis.pTTL(key);
      const most = key.includes("reporters") ? 60 : key.includes("bot") ? 11 : 10;
      assert.ok(ttl > 0 && ttl <= most * MINUTE_MS, `${key} ${ttl}`);
    }
  });

  test("[SF3] a clock that was set back makes no pause longer than the longest", async () => {
    await store.strain("ada", "home", 1, 0);
    const yearAhead = Date.now() + 365 * 24 * 60 * MINUTE_MS;
    await redis.hSet("{lobby}:strain:stranger:ada", { at: yearAhead, till: yearAhead });
    const { waitMs, score } = await store.strain("ada", "home", 1, 0);
    assert.ok(waitMs > 0 && waitMs <= 120 * MINUTE_MS, String(waitMs));
    assert.ok(Number.isFinite(score));
  });

  for (const [extra, isPaused] of [
    [-1, false],
    [0, true],
    [1, true],
  ] as const) {
    const count = LIMITS.strangerReportersMax + extra;
    test(`[SF8] reported by ${count} networks within an hour: ${isPaused ? "a pause" : "none"}`, async () => {
      for (let at = 0; at < count; at++) await store.reportedBy("bad", `reporter ${at}`);
      const { waitMs } = await store.strain("eve", "bad", 1, 0);
      assert.equal(Math.ceil(waitMs / MINUTE_MS), isPaused ? 25 : 0);
    });
  }

  test("[SF8] one who reports again and again is one, and an hour later none", async () => {
    for (let at = 0; at < 5; at++) await store.reportedBy("bad", "the same");
    await store.reportedBy("bad", "another");
    assert.equal((await store.strain("eve", "bad", 1, 0)).waitMs, 0);
    await pass(61 * MINUTE_MS);
    await store.reportedBy("bad", "a third");
    assert.equal((await store.strain("eve", "bad", 1, 0)).waitMs, 0);
  });
});
