/** Health and readiness, with the faults they are for. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Stopwatch } from "#test/support/stopwatch.ts";
import { Member, request } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

describe("health", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  before(async () => {
    redis = await startRedis();
    server = await startServer({ args: ["--redis-url", redis.url] });
  });
  after(async () => {
    await server.stop();
    await redis.stop();
  });
  const ready = () => request(server.url, "GET", "/readyz");
  const becomesReady = () =>
    until(async () => (await ready()).status === 200, { what: "ready again", timeoutMs: 10_000 });

  test("[OP1] a healthy server is alive and ready", async () => {
    assert.equal((await request(server.url, "GET", "/healthz")).text, '{"status":"ok"}');
    const answer = await ready();
    assert.equal(answer.status, 200);
    assert.equal(answer.json<{ status: string }>().status, "ready");
  });

  test("[OP2] a Redis that does not answer makes it not ready in a second, but alive", async () => {
    await redis.kill("SIGSTOP");
    using stopwatch = new Stopwatch();
    const answer = await ready();
    assert.ok(stopwatch.ms < 1_000, `${stopwatch.ms} ms`);
    assert.equal(answer.status, 503);
    assert.match(answer.text, /did not take a write within 500 ms/u);
    assert.equal((await request(server.url, "GET", "/healthz")).status, 200);
    await redis.kill("SIGCONT");
    await becomesReady();
  });

  test("[OP3] a Redis that begins to evict keys makes it not ready", async () => {
    await redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    const answer = await ready();
    assert.equal(answer.status, 503);
    assert.match(answer.text, /maxmemory-policy to noeviction/u);
    await redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await becomesReady();
  });

  test("[OP4] a Redis that was killed and started again is used again by itself", async () => {
    await redis.kill("SIGKILL");
    const answer = await ready();
    assert.equal(answer.status, 503);
    await redis.restart();
    await becomesReady();
  });

  test("[OP5] a full Redis makes it not ready, and what is there can still be read", async () => {
    await redis.cli("CONFIG", "SET", "maxmemory", "1");
    assert.equal((await ready()).status, 503);
    assert.equal((await request(server.url, "GET", "/healthz")).status, 200);
    await redis.cli("CONFIG", "SET", "maxmemory", "0");
    await becomesReady();
  });

  test("[OP6] a signal to stop ends it with code 0 within ten seconds, telling its sockets", async () => {
    await using own = await startServer({ args: ["--redis-url", redis.url] });
    const ada = await Member.enter(own.url, "Ada");
    await using line = await ada.connect();
    await line.join();
    const startedAt = performance.now();
    assert.equal(await own.stop("SIGTERM"), 0);
    assert.ok(performance.now() - startedAt < 10_000);
    assert.equal(line.closing, "restarting");
  });
});
