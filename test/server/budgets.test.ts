/** What an operation may cost Redis: commands counted with MONITOR, round trips by slow lines. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Room } from "#protocol/room.ts";
import { Proxy } from "#test/faults/world/proxy.ts";
import { Member } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

/** What servers do by themselves, now and then. */
const OWN_WORK = /(?:online|active)_users|"server:|klatch:|leaving|callbacks|"PING"|"ECHO"/u;

/** Commands that clients gave while `act` ran; what scripts do inside is theirs. */
async function commandsOf(redis: RedisProcess, act: () => Promise<unknown>) {
  const path = process.env["KLATCH_TEST_REDIS_CLI"] ?? ".cache/redis/bin/redis-cli";
  const monitor = spawn(path, ["-s", redis.socket, "MONITOR"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let seen = "";
  monitor.stdout.setEncoding("utf8").on("data", (part: string) => (seen += part));
  try {
    await until(() => seen.startsWith("OK"), { what: "the monitor listens" });
    await act();
    const end = randomUUID();
    await redis.cli("ECHO", end);
    await until(() => seen.includes(end), { what: "the monitor has seen all" });
  } finally {
    monitor.kill();
  }
  const lines = seen.split("\n").filter((line) => / \[\d+ (?!lua\])/u.test(line));
  return lines.filter((line) => !OWN_WORK.test(line)).map((line) => line.replace(/^.*?\] /u, ""));
}

describe("budgets", { concurrency: false }, () => {
  let redis: RedisProcess;
  let proxy: Proxy;
  let server: ServerProcess;
  let ada: Member;
  before(async () => {
    redis = await startRedis();
    proxy = await Proxy.open(() => ({ path: redis.socket }));
    server = await startServer({
      args: ["--redis-url", `redis://127.0.0.1:${proxy.port}`],
    });
    ada = await Member.enter(server.url, "Ada");
    for (let n = 0; n < 49; n++) {
      await redis.cli("HSET", `{room:${900 + n}}:members`, "1", "member");
      await redis.cli("HSET", `{room:${900 + n}}:meta`, "kind", "open");
      await redis.cli("SADD", "user:1:rooms", String(900 + n));
    }
  });
  after(async () => {
    await server.stop();
    await proxy[Symbol.asyncDispose]();
    await redis.stop();
  });

  test("[CO1] a message is one script, whoever hears it", async () => {
    await using line = await ada.connect();
    await using other = await ada.connect();
    await Promise.all([line.join(), other.join()]);
    await line.send("warm");
    const commands = await commandsOf(redis, () => line.send("hello"));
    assert.equal(commands.length, 1, commands.join("\n"));
    assert.match(commands[0] ?? "", /^"EVALSHA"/u);
  });

  test("[CO1] a page of history is a script, and who said it", async () => {
    await ada.history();
    const commands = await commandsOf(redis, () => ada.history());
    // Besides: whose session it is, and what they are.
    assert.ok(commands.length <= 4, commands.join("\n"));
  });

  test("[CO2] the list of fifty rooms takes at most three round trips", async () => {
    const list = async () =>
      (await ada.call("GET", "/api/rooms")).json<{ rooms: readonly Room[] }>();
    assert.equal((await list()).rooms.length, 50);
    const latencyMs = 500;
    proxy.trouble.down = { latencyMs };
    const began = performance.now();
    await ada.call("GET", "/api/me");
    const aloneMs = performance.now() - began;
    await list();
    const listMs = performance.now() - began - 2 * aloneMs;
    delete proxy.trouble.down;
    // Whose session it is was asked in both.
    assert.ok(listMs < 3.9 * latencyMs, `${listMs} ms, ${aloneMs} ms for the session`);
  });
});
