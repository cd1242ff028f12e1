/** A Redis that comes back without what it held, under servers that run. */
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Member, request } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";

const LOST = /Redis has lost everything it kept, or is another one/gu;
const BACK = /Redis holds again what it held at the start/gu;

const open = (redis: RedisProcess, ...more: readonly string[]) =>
  startServer({ args: ["--redis-url", redis.url, "--log-level", "info", ...more] });

const ready = ({ url }: ServerProcess) => request(url, "GET", "/readyz");
const logged = ({ output }: ServerProcess, what: RegExp) => output().match(what)?.length ?? 0;
const registers = ({ url }: ServerProcess, username: string) =>
  request(url, "POST", "/api/accounts", { body: { username, password: "correct horse battery" } });

/** Kills it, takes its files away, and starts it again; gives a copy of what it had. */
async function empty(redis: RedisProcess): Promise<string> {
  const copy = tempFolder();
  await redis.kill();
  cpSync(logs(redis), copy, { recursive: true });
  rmSync(logs(redis), { recursive: true });
  await redis.restart();
  return copy;
}

async function restore(redis: RedisProcess, copy: string): Promise<void> {
  await redis.kill();
  rmSync(logs(redis), { recursive: true });
  cpSync(copy, logs(redis), { recursive: true });
  await redis.restart();
}

const logs = ({ folder }: RedisProcess) => join(folder, "appendonlydir");

/** Keys that stay, without those that servers write by themselves, whatever Redis it is. */
async function kept(redis: RedisProcess): Promise<readonly string[]> {
  const names = (await redis.cli("KEYS", "*")).split("\n");
  return names.filter(
    (name) => name !== "" && !/^(?:klatch:probe|throttle|\{online_users\}):/u.test(name),
  );
}

async function becomesReady(server: ServerProcess): Promise<void> {
  await until(async () => (await ready(server)).status === 200, {
    what: "ready again",
    timeoutMs: 10_000,
  });
}

async function saysLost(server: ServerProcess): Promise<void> {
  const isTold = async () => {
    const answer = await ready(server);
    return answer.status === 503 && /lost everything.*restart this server/u.test(answer.text);
  };
  await until(isTold, { what: "not ready, with the reason", timeoutMs: 10_000 });
}

describe("a Redis that comes back empty", { concurrency: false }, () => {
  test("[OP7] is not taken for a fresh one, and when the right one is back, all goes on", async () => {
    await using redis = await startRedis();
    await using server = await open(redis, "--demo");
    const ada = await Member.enter(server.url, "Ada");
    await using line = await ada.connect();
    await line.join();
    await line.send("before");
    const copy = await empty(redis);

    // Nobody has to ask: the log says it as soon as the link is back.
    await until(() => logged(server, LOST) > 0, { what: "it is logged", timeoutMs: 10_000 });
    await saysLost(server);
    await saysLost(server);
    assert.equal(logged(server, LOST), 1);
    assert.match(server.output(), /"level":50[^\n]*lost everything it kept/u);

    await line.until(() => line.closing === "signed-out", "the session ends");
    assert.equal((await ada.call("GET", "/api/me")).status, 401);
    assert.equal((await ada.say("after")).status, 401);
    const refused = await registers(server, "Brin");
    assert.equal(refused.status, 503);
    assert.match(refused.text, /"unavailable"/u);
    assert.deepEqual(await kept(redis), []);

    await restore(redis, copy);
    await becomesReady(server);
    assert.equal(logged(server, BACK), 1);
    assert.equal((await ada.call("GET", "/api/me")).status, 200);
    assert.ok((await ada.history()).messages.some(({ message }) => message === "before"));
    assert.equal((await registers(server, "Brin")).status, 201);
  });

  test("is told to who is in a room as a fork", async () => {
    await using redis = await startRedis();
    await using server = await open(redis);
    const ada = await Member.enter(server.url, "Ada");
    await using line = await ada.connect();
    await line.join();
    await line.send("before");
    const session = await redis.cli("KEYS", "session:*");
    const dump = await redis.cli("HGETALL", session);
    // The server stands still until session and membership are brought back by hand, or it would
    // find them gone first.
    process.kill(server.pid, "SIGSTOP");
    await redis.kill();
    rmSync(logs(redis), { recursive: true });
    await redis.restart();
    await redis.cli("HSET", session, ...dump.split("\n"));
    await redis.cli("HSET", "{room:0}:members", String(ada.me.id), "member");
    process.kill(server.pid, "SIGCONT");
    await line.until(() => line.events.some(({ type }) => type === "fork"), "a fork", 10_000);
    assert.match(server.output(), /Redis lost messages that were shown/u);
  });

  test("is a fresh one to a server that starts on it; the other waits to be restarted", async () => {
    await using redis = await startRedis();
    await using first = await open(redis);
    await Member.enter(first.url, "Ada");
    await empty(redis);
    await saysLost(first);
    await using second = await open(redis);
    assert.equal((await ready(second)).status, 200);
    assert.equal((await registers(second, "Brin")).status, 201);
    await saysLost(first);
    assert.equal((await registers(first, "Caro")).status, 503);
  });

  test("is noticed also when the link to it never broke", async () => {
    await using redis = await startRedis();
    await using server = await open(redis);
    await Member.enter(server.url, "Ada");
    await redis.cli("FLUSHALL");
    const answer = await ready(server);
    assert.equal(answer.status, 503);
    assert.equal(logged(server, LOST), 1);
    assert.equal((await registers(server, "Brin")).status, 503);
  });
});

test("a Redis that was restarted with what it held is the same; so are two servers' views of it", async () => {
  await using redis = await startRedis();
  await using one = await open(redis);
  await using other = await open(redis);
  const id = await redis.cli("GET", "klatch:instance");
  assert.match(id, /^[0-9a-f-]{36}$/u);
  await redis.kill();
  await redis.restart();
  await Promise.all([becomesReady(one), becomesReady(other)]);
  assert.equal(await redis.cli("GET", "klatch:instance"), id);
  assert.equal(logged(one, LOST) + logged(other, LOST), 0);
});
