/** Klatch's own two Redis processes: what they keep, what they forget, and that they come back. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { command, infoField } from "#server/redis/embedded/command.ts";
import { findLeftovers } from "#server/redis/embedded/leftovers.ts";
import { startEmbeddedRedis } from "#server/redis/embedded.ts";
import type { EmbeddedRedisEvent, RedisBinary } from "#server/redis/embedded.ts";
import { redisBinary, redisCli } from "#test/support/redis-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";

describe("the embedded Redis processes", () => {
  test("keep what was acknowledged and forget what is strangers', over a restart", async () => {
    const dataDir = tempFolder();
    {
      await using redis = await start(dataDir);
      assert.match(redis.version, /^\d+\.\d+\.\d+$/u);
      await command(redis.durable, ["SET", "word", "kept"]);
      await command(redis.forgetful, ["SET", "word", "forgotten"]);
    }
    assert.deepEqual(await findLeftovers(join(dataDir, "redis")), []);
    await using redis = await start(dataDir);
    assert.equal(await command(redis.durable, ["GET", "word"]), "kept");
    assert.equal(await command(redis.forgetful, ["EXISTS", "word"]), "0");
  });

  test("are set to flush each write, to evict nothing, and to be private", async () => {
    await using redis = await start(tempFolder());
    assert.equal(await setting(redis.durable, "appendonly"), "yes");
    assert.equal(await setting(redis.durable, "appendfsync"), "always");
    assert.equal(await setting(redis.durable, "maxmemory-policy"), "noeviction");
    assert.equal(await setting(redis.durable, "port"), "0");
    assert.equal(await setting(redis.forgetful, "appendonly"), "no");
    assert.equal(await setting(redis.forgetful, "save"), "");
    assert.equal(await setting(redis.forgetful, "slowlog-log-slower-than"), "-1");
    assert.equal(await setting(redis.forgetful, "crash-log-enabled"), "no");
    for (const socket of [redis.durable, redis.forgetful]) {
      assert.equal(statSync(socket).mode & 0o777, 0o700);
    }
  });

  test("nothing of the forgetful one reaches a file, not even when it crashes", async () => {
    const dataDir = tempFolder();
    await using redis = await start(dataDir);
    const canary = `canary-${process.pid}-5f2e`;
    await command(redis.forgetful, ["SET", "secret", canary]);
    await command(redis.forgetful, ["SLOWLOG", "GET"]);
    process.kill(await pidOf(redis.forgetful), "SIGSEGV");
    await until(() => redis.events.some((event) => event.happened === "restarted"));
    for (const name of readdirSync(dataDir, { recursive: true, encoding: "utf8" })) {
      const path = join(dataDir, name);
      if (!statSync(path).isFile()) continue;
      assert.ok(!readFileSync(path, "latin1").includes(canary), `${name} holds the canary`);
    }
    assert.deepEqual(readdirSync(join(dataDir, "run", "empty")), []);
  });

  test("one that is killed is started again with everything, and that is told", async () => {
    await using redis = await start(tempFolder());
    await command(redis.durable, ["SET", "word", "kept"]);
    const before = await pidOf(redis.durable);
    process.kill(before, "SIGKILL");
    await until(() => redis.events.length === 2, { what: "two events" });
    assert.notEqual(await pidOf(redis.durable), before);
    assert.equal(await command(redis.durable, ["GET", "word"]), "kept");
    const [ended, restarted] = redis.events;
    assert.deepEqual(ended, {
      redis: "durable",
      happened: "ended",
      how: "SIGKILL",
      restartMs: 100,
    });
    assert.equal(restarted?.happened, "restarted");
  });

  for (const stopped of [false, true]) {
    const how = stopped ? "hangs" : "still runs";
    test(`a process of a killed Klatch that ${how} is replaced, and nothing is lost`, async () => {
      const dataDir = tempFolder();
      const orphans = await startAndKill(dataDir);
      for (const pid of orphans) if (stopped) process.kill(pid, "SIGSTOP");
      const said: string[] = [];
      await using redis = await start(dataDir, { say: (line) => void said.push(line) });
      assert.equal(await command(redis.durable, ["GET", "word"]), "kept");
      assert.ok(!orphans.includes(await pidOf(redis.durable)));
      assert.deepEqual((await findLeftovers(join(dataDir, "redis"))).length, 1);
      assert.match(said.join("\n"), /durable Redis that an earlier run left behind/u);
    });
  }

  test("work in a data folder whose path is too long for a socket", async () => {
    const dataDir = join(tempFolder(), "long".repeat(30));
    mkdirSync(dataDir);
    await using redis = await start(dataDir);
    assert.match(redis.durable, /^\/tmp\/klatch-\d+-[0-9a-f]{16}\/durable\.sock$/u);
    assert.equal(await command(redis.durable, ["PING"]), "PONG");
    rmSync(join(redis.durable, ".."), { recursive: true });
  });

  test("a start that is given up while Redis reads its data leaves no process", async () => {
    const dataDir = tempFolder();
    {
      await using redis = await start(dataDir);
      const fill = `for i = 1, 5000 do redis.call("SET", "key" .. i, i) end`;
      await command(redis.durable, ["EVAL", fill, "0"]);
    }
    const binary = slowlyLoading(dataDir);
    const giveUp = new AbortController();
    const starting = start(dataDir, { binary, signal: giveUp.signal });
    const isLoading = async () => (await findLeftovers(join(dataDir, "redis"))).length === 1;
    await until(isLoading, { what: "Redis reads its data" });
    giveUp.abort();
    await assert.rejects(starting, { name: "AbortError" });
    assert.deepEqual(await findLeftovers(join(dataDir, "redis")), []);
    await using redis = await start(dataDir);
    assert.equal(await command(redis.durable, ["EXISTS", "key1", "key5000"]), "2");
  });

  test("a person hears how far Redis is when reading its data takes long", async () => {
    const dataDir = tempFolder();
    {
      await using redis = await start(dataDir);
      const fill = `for i = 1, 3000 do redis.call("SET", "key" .. i, i) end`;
      await command(redis.durable, ["EVAL", fill, "0"]);
    }
    const said: string[] = [];
    const binary = slowlyLoading(dataDir);
    await using redis = await start(dataDir, { binary, say: (line) => void said.push(line) });
    assert.equal(await command(redis.durable, ["EXISTS", "key1", "key3000"]), "2");
    assert.match(said[0] ?? "", /^Redis is reading its data: \d+ % …$/u);
  });

  test("half a write at the end of the log is taken off, and that is said in a line", async () => {
    const dataDir = tempFolder();
    const write = `redis.call("SET", KEYS[1], "1") redis.call("SET", KEYS[2], "2")`;
    {
      await using redis = await start(dataDir);
      await command(redis.durable, ["EVAL", write, "2", "a", "b"]);
      await command(redis.durable, ["EVAL", write, "2", "c", "d"]);
    }
    const path = logOf(dataDir);
    truncateSync(path, statSync(path).size - 20);
    const said: string[] = [];
    {
      await using redis = await start(dataDir, { say: (line) => void said.push(line) });
      assert.equal(await command(redis.durable, ["EXISTS", "a", "b"]), "2");
      assert.equal(await command(redis.durable, ["EXISTS", "c", "d"]), "0");
      await command(redis.durable, ["EVAL", write, "2", "e", "f"]);
    }
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^Half a write \(\d+ bytes, never acknowledged\) was taken off/u);
    await using redis = await start(dataDir, { say: (line) => void said.push(line) });
    assert.equal(await command(redis.durable, ["EXISTS", "a", "b", "e", "f"]), "4");
    assert.equal(await command(redis.durable, ["EXISTS", "c", "d"]), "0");
    assert.equal(said.length, 1);
  });

  test("[ST9] a chat whose log is gone is no fresh install: it is said, with what to do", async () => {
    const dataDir = tempFolder();
    const backup = tempFolder();
    {
      await using redis = await start(dataDir);
      await command(redis.durable, ["SET", "word", "kept"]);
    }
    cpSync(join(dataDir, "redis"), backup, { recursive: true });
    rmSync(join(dataDir, "redis"), { recursive: true });
    for (let tries = 0; tries < 2; tries++) {
      await assert.rejects(start(dataDir), (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /came up empty, although the data folder .* has held a chat/u);
        assert.match(error.message, /Bring back a backup of .*redis; or, .* remove .*instance/u);
        return true;
      });
      assert.deepEqual(await findLeftovers(join(dataDir, "redis")), []);
    }
    rmSync(join(dataDir, "redis"), { recursive: true });
    cpSync(backup, join(dataDir, "redis"), { recursive: true });
    {
      await using redis = await start(dataDir);
      assert.equal(await command(redis.durable, ["GET", "word"]), "kept");
    }
    rmSync(join(dataDir, "redis"), { recursive: true });
    rmSync(join(dataDir, "instance"));
    await using redis = await start(dataDir);
    assert.equal(await command(redis.durable, ["EXISTS", "word"]), "0");
  });

  test("a snapshot alone is brought back under the name of a log", async () => {
    const dataDir = tempFolder();
    const copy = join(tempFolder(), "dump.rdb");
    {
      await using redis = await start(dataDir);
      await command(redis.durable, ["SET", "word", "kept"]);
      await command(redis.durable, ["SAVE"]);
      cpSync(join(dataDir, "redis", "dump.rdb"), copy);
    }
    rmSync(join(dataDir, "redis"), { recursive: true });
    mkdirSync(join(dataDir, "redis"));
    cpSync(copy, join(dataDir, "redis", "dump.rdb"));
    await assert.rejects(start(dataDir), /came up empty/u);
    rmSync(join(dataDir, "redis"), { recursive: true });
    mkdirSync(join(dataDir, "redis"));
    cpSync(copy, join(dataDir, "redis", "appendonly.aof"));
    for (let tries = 0; tries < 2; tries++) {
      await using redis = await start(dataDir);
      assert.equal(await command(redis.durable, ["GET", "word"]), "kept");
    }
  });

  test("a chat that is moved into another data folder is taken, and that is said", async () => {
    const [one, other] = [tempFolder(), tempFolder()];
    for (const dataDir of [one, other]) {
      await using redis = await start(dataDir);
      await command(redis.durable, ["SET", "total_users", "1"]);
      // As from before there were markers.
      if (dataDir === one) await command(redis.durable, ["DEL", "klatch:instance"]);
    }
    rmSync(join(other, "redis"), { recursive: true });
    cpSync(join(one, "redis"), join(other, "redis"), { recursive: true });
    const said: string[] = [];
    for (let tries = 0; tries < 2; tries++) {
      await using redis = await start(other, { say: (line) => void said.push(line) });
      assert.equal(await command(redis.durable, ["GET", "total_users"]), "1");
    }
    assert.deepEqual(said, ["Redis holds another chat than at the last start."]);
  });

  test("files that Redis refuses are named, with what to do", async () => {
    const dataDir = tempFolder();
    {
      await using redis = await start(dataDir);
      await command(redis.durable, ["SET", "a", "1"]);
      await command(redis.durable, ["SET", "b", "2"]);
    }
    const path = logOf(dataDir);
    writeFileSync(path, readFileSync(path, "latin1").replace("$3\r\nSET", "#3\r\nSET"), "latin1");
    await assert.rejects(start(dataDir), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /The durable Redis did not start/u);
      assert.match(error.message, /Copy that folder, then repair/u);
      return true;
    });
  });
});

/** The file that the durable one writes to. */
function logOf(dataDir: string): string {
  const folder = join(dataDir, "redis", "appendonlydir");
  const file = readdirSync(folder).find((name) => name.endsWith(".incr.aof"));
  assert.ok(file !== undefined);
  return join(folder, file);
}

/** A Redis that takes a millisecond for each command it reads back. */
function slowlyLoading(folder: string): RedisBinary {
  const binary = redisBinary();
  const path = join(folder, "slow-redis");
  writeFileSync(path, `#!/bin/sh\nexec "${binary.path}" "$@" --key-load-delay 1000\n`, {
    mode: 0o700,
  });
  return { ...binary, path };
}

/** Starts both and gathers their events. */
async function start(
  dataDir: string,
  more: { say?: (line: string) => void; signal?: AbortSignal; binary?: RedisBinary } = {},
) {
  const events: EmbeddedRedisEvent[] = [];
  const redis = await startEmbeddedRedis({
    binary: redisBinary(),
    dataDir,
    say: () => undefined,
    onEvent: (event) => events.push(event),
    ...more,
  });
  return { ...redis, events, [Symbol.asyncDispose]: () => redis.close() };
}

/**
 * Starts both in another process, stores a word, and kills that process; gives the pids left
 * behind.
 */
async function startAndKill(dataDir: string): Promise<readonly number[]> {
  const script = `
    import { startEmbeddedRedis } from "#server/redis/embedded.ts";
    import { command } from "#server/redis/embedded/command.ts";
    const binary = ${JSON.stringify(redisBinary())};
    const nothing = () => undefined;
    const dataDir = ${JSON.stringify(dataDir)};
    const redis = await startEmbeddedRedis({ binary, dataDir, say: nothing, onEvent: nothing });
    await command(redis.durable, ["SET", "word", "kept"]);
    console.log("stored");`;
  const klatch = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(klatch.stdout, "data");
  klatch.kill("SIGKILL");
  await once(klatch, "exit");
  const durable = await findLeftovers(join(dataDir, "redis"));
  const forgetful = await findLeftovers(join(dataDir, "run", "empty"));
  assert.equal(durable.length, 1);
  assert.equal(forgetful.length, 1);
  return [...durable, ...forgetful];
}

async function pidOf(socket: string): Promise<number> {
  return Number(infoField(await command(socket, ["INFO", "server"]), "process_id"));
}

async function setting(socket: string, name: string): Promise<string> {
  const answer = await redisCli(socket, "CONFIG", "GET", name);
  return answer.split("\n")[1] ?? "";
}
