/** The script that counts tries: a burst, then a steady rate, over all servers. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as fc from "fast-check";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisThrottle } from "#server/redis/people/redis-throttle.ts";
import { scripts } from "#server/redis/scripts.ts";
import { HOSTILE, openRedis, runRaw, snapshot } from "#test/server/scripts/open-redis.ts";

const { process, redis, close } = await openRedis();
const throttle = new RedisThrottle(redis);
after(close);

let subjects = 0;
const newSubject = () => `test:${subjects++}`;

/** Lets time pass for one subject: what it remembers moves back, and goes when it is over. */
async function pass(subject: string, ms: number): Promise<void> {
  const key = keys.throttle(subject);
  const left = await redis.pTTL(key);
  if (left < 0) return;
  if (left <= ms) await redis.del(key);
  else {
    await redis.decrBy(key, ms);
    await redis.pExpire(key, left - ms);
  }
}

describe("throttle", () => {
  test("lets a burst through and then one a time; a refused try costs nothing", async () => {
    const subject = newSubject();
    const rate = { burst: 3, everyMs: 60_000 };
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) waits.push(await throttle.take(subject, rate));
    assert.deepEqual(waits.slice(0, 3), [0, 0, 0]);
    for (const wait of waits.slice(3)) assert.ok(wait > 55_000 && wait <= 60_000, String(wait));
    await pass(subject, 60_000);
    assert.equal(await throttle.take(subject, rate), 0);
    assert.ok((await throttle.take(subject, rate)) > 55_000);
  });

  test("[TH1] throttles count across servers", async () => {
    const second = await connect(process.url, "klatch:test:second");
    try {
      const subject = newSubject();
      const other = new RedisThrottle(second);
      const tries = Array.from({ length: 40 }, (_, at) =>
        (at % 2 === 0 ? throttle : other).take(subject, { burst: 10, everyMs: 600_000 }),
      );
      const waits = await Promise.all(tries);
      assert.equal(waits.filter((wait) => wait === 0).length, 10);
    } finally {
      second.destroy();
    }
  });

  test("[TH1] never more than burst + time / every in any window", async () => {
    const rates = fc.record({
      burst: fc.integer({ min: 1, max: 6 }),
      everyMs: fc.constantFrom(60_000, 100_000, 3_600_000),
    });
    // In tenths of `everyMs`, so that the real time a run takes is far less than one.
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat(30)), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(rates, pauses, async ({ burst, everyMs }, tenths) => {
        const subject = newSubject();
        const allowedAt: number[] = [];
        let now = 0;
        for (const pause of tenths) {
          const ms = (pause * everyMs) / 10;
          await pass(subject, ms);
          now += ms;
          if ((await throttle.take(subject, { burst, everyMs })) === 0) allowedAt.push(now);
        }
        allowedAt.forEach((from, first) => {
          allowedAt.slice(first).forEach((to, count) => {
            // One tenth for the real time that passed meanwhile.
            const most = burst + (to - from) / everyMs + 0.1;
            assert.ok(count + 1 <= most, `${count + 1} in ${to - from} ms`);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  test("the wait it tells is long enough, and not much too long", async () => {
    const subject = newSubject();
    const rate = { burst: 2, everyMs: 60_000 };
    await throttle.take(subject, rate);
    await pass(subject, 20_000);
    await throttle.take(subject, rate);
    const wait = await throttle.take(subject, rate);
    assert.ok(wait > 35_000 && wait <= 40_000, String(wait));
    await pass(subject, wait);
    assert.equal(await throttle.take(subject, rate), 0);
  });

  test("what it remembers goes by itself when there is nothing left to remember", async () => {
    const subject = newSubject();
    const rate = { burst: 5, everyMs: 1_000 };
    for (let i = 1; i <= 5; i++) {
      await throttle.take(subject, rate);
      const ttl = await redis.pTTL(keys.throttle(subject));
      assert.ok(ttl > 0 && ttl <= i * 1_000, String(ttl));
    }
  });

  test("a clock that was set back locks nobody out for longer than one try", async () => {
    const subject = newSubject();
    const rate = { burst: 3, everyMs: 60_000 };
    const yearAhead = String(Date.now() + 365 * 86_400_000);
    await redis.set(keys.throttle(subject), yearAhead);
    const wait = await throttle.take(subject, rate);
    assert.ok(wait > 0 && wait <= 60_000, String(wait));
  });

  test("a subject that is cleared starts anew, others do not", async () => {
    const [one, other] = [newSubject(), newSubject()];
    const rate = { burst: 1, everyMs: 60_000 };
    await throttle.take(one, rate);
    await throttle.take(other, rate);
    await throttle.clear(one);
    assert.equal(await throttle.take(one, rate), 0);
    assert.ok((await throttle.take(other, rate)) > 0);
    await throttle.clear("never seen");
  });

  test("no bytes for a subject or a number do anything else", async () => {
    await redis.set("canary", "sings");
    for (const [what, bytes] of HOSTILE) {
      const name = keys.throttle(bytes.toString("latin1").slice(0, 1_000));
      assert.equal(await runRaw(redis, scripts.throttle, [name], ["1", "60000"]), 0, what);
      assert.ok(Number(await runRaw(redis, scripts.throttle, [name], ["1", "60000"])) > 0, what);
      assert.ok((await redis.pTTL(name)) > 0);
      await runRaw(redis, scripts.throttle, ["throttle:odd"], [bytes, bytes]).catch(
        () => undefined,
      );
      assert.notEqual(await redis.ttl("throttle:odd"), -1, what);
      await redis.del("throttle:odd");
    }
    assert.equal(await redis.get("canary"), "sings");
  });

  test("with the memory of Redis full, tries are refused and nothing is written", async () => {
    const before = await snapshot(redis);
    await redis.configSet("maxmemory", "1");
    try {
      const take = throttle.take(newSubject(), { burst: 1, everyMs: 1_000 });
      await assert.rejects(take, { code: "unavailable" });
    } finally {
      await redis.configSet("maxmemory", "0");
    }
    assert.deepEqual([...(await snapshot(redis)).keys()], [...before.keys()]);
    await redis.scriptFlush();
    assert.equal(await throttle.take(newSubject(), { burst: 1, everyMs: 1_000 }), 0);
  });
});
