/** The log of Klatch's own Redis after a write that was cut off by a loss of power. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { mendTornLog } from "#server/redis/embedded/torn-log.ts";
import { appendFiles } from "#test/faults/world/disk.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";

/** Three commands, as one transaction. */
const say = (redis: RedisProcess, id: number, text: string) => {
  const script = `redis.call('ZADD','log',ARGV[1],ARGV[2]) redis.call('SET','last',ARGV[1])
    redis.call('SET','sent:' .. ARGV[1],ARGV[1])`;
  return redis.cli("EVAL", script, "0", String(id), text);
};

const logOf = (redis: RedisProcess) => appendFiles(redis).at(-1) ?? join(redis.folder, "none");
const sizeOf = (redis: RedisProcess) => statSync(logOf(redis)).size;
const texts = (redis: RedisProcess) => redis.cli("ZRANGE", "log", "0", "-1");

/** A log of two transactions, and where the second one begins. */
async function twoSaid(redis: RedisProcess): Promise<number> {
  await say(redis, 1, "first");
  const begin = sizeOf(redis);
  await say(redis, 2, "second");
  await redis.kill();
  return begin;
}

/** Changes the log by hand. */
function rewrite(redis: RedisProcess, change: (log: string) => string): void {
  const log = readFileSync(logOf(redis), "latin1");
  const changed = change(log);
  assert.notEqual(changed, log);
  writeFileSync(logOf(redis), changed, "latin1");
}

describe("a log that ends in half a transaction", { concurrency: false }, () => {
  test("loses it whole, wherever it was cut, and nothing else", async () => {
    await using redis = await startRedis();
    const begin = await twoSaid(redis);
    const log = readFileSync(logOf(redis));
    const head = log.subarray(0, begin);
    const first = "*1\r\n$5\r\nMULTI\r\n".length;
    for (let cut = begin + first; cut < log.length; cut++) {
      writeFileSync(logOf(redis), log.subarray(0, cut));
      assert.equal(mendTornLog(redis.folder), cut - begin, `cut at ${cut - begin}`);
      assert.deepEqual(readFileSync(logOf(redis)), head);
    }
    // The part of MULTI itself holds no write; Redis takes it off by itself.
    for (let cut = begin; cut < begin + first; cut++) {
      writeFileSync(logOf(redis), log.subarray(0, cut));
      assert.equal(mendTornLog(redis.folder), 0, `cut at ${cut - begin}`);
    }
  });

  for (const missing of [3, 14, 20, 60, 90]) {
    test(`does not bring it back at a later start, when ${missing} bytes are missing`, async () => {
      await using redis = await startRedis();
      await twoSaid(redis);
      truncateSync(logOf(redis), sizeOf(redis) - missing);
      assert.ok(mendTornLog(redis.folder) > 0);
      await redis.restart();
      await say(redis, 3, "again");
      await redis.kill();
      assert.equal(mendTornLog(redis.folder), 0);
      await redis.restart();
      assert.equal(await texts(redis), "first\nagain");
    });
  }

  test("loses it also where the disk gave the file room that was never filled", async () => {
    await using redis = await startRedis();
    const begin = await twoSaid(redis);
    truncateSync(logOf(redis), sizeOf(redis) - 30);
    appendFileSync(logOf(redis), Buffer.alloc(4_096));
    mendTornLog(redis.folder);
    assert.equal(sizeOf(redis), begin);
    appendFileSync(logOf(redis), Buffer.alloc(512));
    assert.equal(mendTornLog(redis.folder), 512);
    await redis.restart();
    assert.equal(await texts(redis), "first");
  });

  test("is found in the newest of several files", async () => {
    await using redis = await startRedis();
    await say(redis, 1, "first");
    for (let round = 0; round < 10; round++) {
      const before = logOf(redis);
      await redis.cli("BGREWRITEAOF");
      while (appendFiles(redis).includes(before)) await redis.cli("PING");
    }
    await say(redis, 2, "second");
    await redis.kill();
    const [path] = appendFiles(redis);
    assert.match(path ?? "", /\.11\.incr\.aof$/u);
    truncateSync(logOf(redis), sizeOf(redis) - 5);
    assert.ok(mendTornLog(redis.folder) > 0);
  });
});

describe("a log is left as it is", { concurrency: false }, () => {
  test("where there is none yet, where it is whole, and where single commands end it", async () => {
    await using redis = await startRedis();
    assert.equal(mendTornLog(join(redis.folder, "elsewhere")), 0);
    assert.equal(mendTornLog(redis.folder), 0);
    await say(redis, 1, "first");
    assert.equal(mendTornLog(redis.folder), 0);
    await redis.cli("SET", "alone", "1");
    await redis.kill();
    assert.equal(mendTornLog(redis.folder), 0);
    truncateSync(logOf(redis), sizeOf(redis) - 4);
    assert.equal(mendTornLog(redis.folder), 0);
    await redis.restart();
    assert.equal(await redis.cli("GET", "alone"), "");
    assert.equal(await texts(redis), "first");
  });

  for (const [what, from, to] of [
    ["the frame of a command", "*4\r\n$4\r\nZADD", "+4\r\n$4\r\nZADD"],
    ["the length of a word", "$3\r\nSET", "$9\r\nSET"],
    ["the sign of a word", "$3\r\nSET", "#3\r\nSET"],
  ] as const) {
    for (const where of ["the first", "the last"]) {
      test(`where ${what} is damaged in ${where} transaction, which Redis refuses`, async () => {
        await using redis = await startRedis();
        await twoSaid(redis);
        rewrite(redis, (log) => {
          const at = where === "the first" ? log.indexOf(from) : log.lastIndexOf(from);
          return log.slice(0, at) + to + log.slice(at + from.length);
        });
        const size = sizeOf(redis);
        assert.equal(mendTornLog(redis.folder), 0);
        assert.equal(sizeOf(redis), size);
        await assert.rejects(redis.restart(), /Redis ended with code 1/u);
      });
    }
  }

  test("where a text looks like the beginning of a transaction", async () => {
    await using redis = await startRedis();
    const words = "*1\r\n$5\r\nMULTI\r\n";
    for (const text of [words, `${words}*1\r\n`, `${words}*3\r\n$3\r\nSET\r\n`]) {
      await redis.cli("SET", "text", text);
      await redis.kill();
      assert.equal(mendTornLog(redis.folder), 0);
      await redis.restart();
    }
  });
});
