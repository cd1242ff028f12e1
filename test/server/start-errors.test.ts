/**
 * What keeps Klatch from starting is said in one line each, with the cure, and ends it with code 1.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { SETTINGS } from "#server/config.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startRefused, startServer } from "#test/support/server-process.ts";

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, output } = await startRefused({ args });
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /\n\s+at /u, "a stack trace is no message for people");
  return output.trim();
}

test("[ST1] every bad flag and variable is named at once", async () => {
  const { code, output } = await startRefused({
    args: ["--port", "99999", "--prot", "1", "--host"],
    env: {
      REDIS_URL: "http://redis.example",
      PUBLIC_URL: "chat.example",
      TRUSTED_PROXIES: "everyone",
      DEMO: "perhaps",
      LOG_LEVEL: "loud",
    },
  });
  assert.equal(code, 1);
  for (const words of [
    /--port is "99999", but a port is a number from 0 to 65535/u,
    /--prot is no setting\. There are: --port/u,
    /--host needs a value/u,
    /REDIS_URL is not understood/u,
    /PUBLIC_URL has "chat\.example"/u,
    /TRUSTED_PROXIES has "everyone"/u,
    /DEMO is "perhaps"/u,
    /LOG_LEVEL is "loud"/u,
  ]) {
    assert.match(output, words);
  }
});

test("[ST1] --help lists every setting and starts nothing", async () => {
  const { code, output } = await startRefused({ args: ["--help"] });
  assert.equal(code, 0);
  for (const { flag, variable } of SETTINGS) {
    assert.match(output, new RegExp(`--${flag} +${variable} `, "u"));
  }
});

test("[ST2] a port that is taken is said so", async () => {
  await using redis = await startRedis();
  await using other = await startServer({ args: ["--redis-url", redis.url] });
  const output = await refusal("--redis-url", redis.url, "--port", String(other.port));
  assert.match(output, new RegExp(`Port ${other.port} is taken.*--port`, "u"));
});

test("[ST3] a host that is not ours is said so", async () => {
  await using redis = await startRedis();
  const output = await refusal("--redis-url", redis.url, "--host", "203.0.113.7");
  assert.match(output, /203\.0\.113\.7 is no address of this machine.*--host/u);
});

test("[ST4] a Redis that cannot be reached is said so, without its password", async () => {
  const output = await refusal("--redis-url", "redis://klatch:geheim@127.0.0.1:1");
  assert.match(output, /Redis at redis:\/\/…@127\.0\.0\.1:1 cannot be reached.*Check REDIS_URL/u);
  assert.ok(!output.includes("geheim"));
});

test("[ST5] a wrong password for Redis is said so, without the password", async () => {
  await using redis = await startRedis();
  await redis.cli("CONFIG", "SET", "requirepass", "richtig");
  await using gate = await tcpGate(redis.socket);
  for (const user of ["", ":falsch@"]) {
    const output = await refusal("--redis-url", `redis://${user}127.0.0.1:${gate.port}`);
    assert.match(output, /does not accept the password.*REDIS_URL/u);
    assert.ok(!output.includes("falsch"));
  }
});

test("[ST6] a Redis that evicts keys is refused", async () => {
  await using redis = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
  const output = await refusal("--redis-url", redis.url);
  assert.match(output, /maxmemory-policy allkeys-lru.*Set maxmemory-policy to noeviction/u);
});

test("[ST7] a Redis older than 7.0 is refused", async () => {
  await using redis = await startRedis();
  await using gate = await tcpGate(redis.socket, (reply) =>
    reply.replace(/redis_version:\d+\.(?=\d+\.\d+)/u, (version) =>
      version.replace(/\d+\.$/u, "6."),
    ),
  );
  const output = await refusal("--redis-url", `redis://127.0.0.1:${gate.port}`);
  assert.match(output, /Redis 6\.\S+ is too old: Klatch needs Redis 7\.0/u);
});

test("[ST8] a replica and a cluster node are refused", async () => {
  await using primary = await startRedis();
  await using gate = await tcpGate(primary.socket);
  await using replica = await startRedis({ args: ["--replicaof", "127.0.0.1", String(gate.port)] });
  assert.match(await refusal("--redis-url", replica.url), /read-only replica/u);
  await using node = await startRedis({
    args: ["--cluster-enabled", "yes", "--appendonly", "no"],
  });
  assert.match(await refusal("--redis-url", node.url), /cluster mode/u);
});

/**
 * A TCP port in front of a unix socket; `change` may rewrite what Redis answers, for versions that
 * are not at hand.
 */
async function tcpGate(socket: string, change?: (reply: string) => string) {
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(socket);
    ends.add(client).add(redis);
    client.pipe(redis);
    if (change === undefined) redis.pipe(client);
    else
      redis
        .setEncoding("latin1")
        .on("data", (text: string) => client.write(change(text), "latin1"));
    for (const end of [client, redis]) {
      end.on("error", () => undefined);
      end.on("close", () => {
        client.destroy();
        redis.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => {
      for (const end of ends) end.destroy();
      server.close();
      return Promise.resolve();
    },
  };
}
