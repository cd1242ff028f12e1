/** Presence over real servers and a real Redis: windows, crashes, restarts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OnlineResult } from "#protocol/presence.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { Stopwatch } from "#test/support/stopwatch.ts";
import { until } from "#test/support/until.ts";

const start = (redis: RedisProcess) => startServer({ args: ["--redis-url", redis.url] });

/** As the page of somebody else shows it. */
const sees = async (line: Line) => {
  const answer = await line.ask<OnlineResult>("online", {});
  return "online" in answer ? answer.online : [];
};

/** As the tutorial reads it. */
const onlineIn = async (redis: RedisProcess) => {
  const ids = await redis.cli("SMEMBERS", "online_users");
  return ids === ""
    ? []
    : ids
        .split("\n")
        .map(Number)
        .toSorted((one, other) => one - other);
};

// Mostly waiting: all at once, each with a Redis of its own.
describe("presence on real servers", { concurrency: true }, () => {
  test("[PR1] who closes one of two windows stays online; who closes the last is offline within 3 s", async () => {
    await using redis = await startRedis();
    await using one = await start(redis);
    await using two = await start(redis);
    const ada = await Member.enter(one.url, "Ada");
    const brin = await Member.enter(two.url, "Brin");
    await using watching = await brin.connect();
    const changes: unknown[] = [];
    watching.socket.on("presence", (change) => void changes.push(change));
    await using first = await ada.connect();
    await using second = await ada.at(two.url).connect();
    await until(async () => (await sees(watching)).includes(ada.me.id), { what: "Ada is online" });
    assert.deepEqual(await onlineIn(redis), [ada.me.id, brin.me.id]);
    const answer = await brin.call("GET", "/api/online");
    assert.deepEqual(answer.json<OnlineResult>().online, [ada.me.id, brin.me.id]);
    await until(() => changes.length > 0, { what: "Brin is told" });
    first.socket.disconnect();
    second.socket.disconnect();
    using stopwatch = new Stopwatch();
    await using third = await ada.connect();
    await until(async () => (await sees(watching)).length === 2, { what: "Ada is back" });
    third.socket.disconnect();
    await until(() => changes.length > 1, { what: "Brin is told that Ada left" });
    assert.ok(stopwatch.wallMs > 1_500 && stopwatch.ms < 3_000, `${stopwatch.ms} ms`);
    assert.deepEqual(changes.at(-1), { online: [], offline: [ada.me.id] });
    assert.deepEqual(await onlineIn(redis), [brin.me.id]);
  });

  test("[PR3] people of a crashed server are offline within 35 s, those who came to another stay", async () => {
    await using redis = await startRedis();
    await using one = await start(redis);
    await using two = await start(redis);
    const cleo = await Member.enter(one.url, "Cleo");
    const dora = await Member.enter(one.url, "Dora");
    const emil = await Member.enter(two.url, "Emil");
    await using watching = await emil.connect();
    const offline: number[] = [];
    watching.socket.on("presence", (change) => void offline.push(...change.offline));
    await using lost = await cleo.connect();
    await using moving = await dora.connect();
    const all = [cleo, dora, emil].map(({ me }) => me.id);
    await until(async () => (await onlineIn(redis)).length === all.length, {
      what: "three are online",
    });
    await one.stop("SIGKILL");
    const killedAt = performance.now();
    await using moved = await dora.at(two.url).connect();
    await until(async () => !(await onlineIn(redis)).includes(cleo.me.id), {
      what: "Cleo is offline",
      timeoutMs: 35_000,
    });
    assert.deepEqual(await onlineIn(redis), [dora.me.id, emil.me.id]);
    assert.ok(performance.now() - killedAt < 35_000);
    await until(() => offline.includes(cleo.me.id), { what: "Emil is told" });
    assert.ok(!offline.includes(dora.me.id));
    assert.ok(!lost.socket.connected && !moving.socket.connected && moved.socket.connected);
  });

  test("[PR2] after a restart of Redis, and after it lost everything, all who are there are online", async () => {
    await using own = await startRedis();
    await using server = await start(own);
    const ada = await Member.enter(server.url, "Ada");
    await using line = await ada.connect();
    const isOnline = async () => (await own.cli("SISMEMBER", "online_users", "1")) === "1";
    await until(isOnline, { what: "Ada is online" });
    await own.kill();
    await own.restart();
    // All at once, as a Redis loses things.
    await own.cli(
      "EVAL",
      "return redis.call('DEL', unpack(redis.call('KEYS', '*online_users*')))",
      "0",
    );
    await until(isOnline, { what: "Ada is online again", timeoutMs: 15_000 });
    assert.ok(line.socket.connected);
    await until(async () => (await sees(line)).includes(ada.me.id), { what: "and seen" });
  });

  test("[PR5] the last server that ends leaves nobody online; another takes over without a gap", async () => {
    await using redis = await startRedis();
    await using one = await start(redis);
    const fay = await Member.enter(one.url, "Fay");
    await using line = await fay.connect();
    await until(async () => (await onlineIn(redis)).includes(fay.me.id), { what: "Fay is online" });
    await using two = await start(redis);
    const gus = await Member.enter(two.url, "Gus");
    await using watching = await gus.connect();
    await until(async () => (await sees(watching)).includes(fay.me.id), { what: "Gus sees Fay" });
    const offline: number[] = [];
    watching.socket.on("presence", (change) => void offline.push(...change.offline));
    await one.stop();
    await using moved = await fay.at(two.url).connect();
    await until(async () => (await redis.cli("ZCARD", "{online_users}:servers")) === "1", {
      what: "only one server is left",
      timeoutMs: 30_000,
    });
    assert.deepEqual(
      offline.filter((id) => id === fay.me.id),
      [],
    );
    assert.ok(moved.socket.connected && !line.socket.connected);
    await two.stop();
    assert.deepEqual(await onlineIn(redis), []);
    assert.equal(await redis.cli("KEYS", "{online_users}:at:*"), "");
  });
});
