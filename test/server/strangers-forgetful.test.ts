/**
 * The Redis for strangers must forget: what makes it unfit is named, keeps strangers out and ends
 * their chats, at the start and while running, and lets them in again when it is mended.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Redis } from "#server/redis/connect.ts";
import { patientLink } from "#server/redis/connect.ts";
import { DENIED, forgetfulFaults } from "#server/redis/strangers/forgetful.ts";
import { STRANGER_USER } from "#server/redis/strangers/forgetful.ts";
import { runId } from "#server/redis/health/inspection.ts";
import type { ForgetfulRedis } from "#test/support/forgetful-redis.ts";
import { startForgetfulRedis } from "#test/support/forgetful-redis.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { TestStranger, meetTwo } from "#test/support/stranger.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";

/** Looked at every 10 seconds. */
const SEEN = { timeoutMs: 30_000, everyMs: 100 };

/** A setting, a value with which something is kept, the value that is right, and what is said. */
const UNFIT = [
  ["save", "60 1", "", /snapshots to disk/u],
  ["appendonly", "yes", "no", /every command to disk/u],
  ["slowlog-log-slower-than", "10000", "-1", /slow commands are kept/u],
  ["slowlog-log-slower-than", "0", "-1", /slow commands are kept/u],
  ["notify-keyspace-events", "KEA", "", /which keys come and go/u],
  ["maxmemory-policy", "allkeys-lru", "noeviction", /throw away a chat/u],
  ["crash-log-enabled", "yes", "no", /when it crashes/u],
] as const;

/** What the user may do too much, by the rule that allows it. */
const RIGHTS = DENIED.map(([name, more]) =>
  name === "CONFIG" || name === "ACL" ? `${name}|${more}`.toLowerCase() : name.toLowerCase(),
);

describe("a Redis that forgets", () => {
  let forgetful: ForgetfulRedis;
  let link: Redis;

  before(async () => {
    forgetful = await startForgetfulRedis();
    link = patientLink(forgetful.strangerUrl, "test");
    await link.connect();
  });

  after(async () => {
    link.destroy();
    await forgetful.stop();
  });

  const faults = () => forgetfulFaults(link, "another one");

  test("[FG1] is fit as the tests start it", async () => {
    assert.deepEqual(await faults(), []);
  });

  for (const [name, bad, good, words] of UNFIT) {
    test(`[FG1] is not with ${name} ${bad}, and is again with "${good}"`, async () => {
      await forgetful.cli("CONFIG", "SET", name, bad);
      const found = await faults();
      await forgetful.cli("CONFIG", "SET", name, good);
      assert.equal(found.length, 1, found.join());
      assert.match(found.join(), words);
      assert.ok(found[0]?.includes(`set ${name} to `), "the cure");
      assert.deepEqual(await faults(), []);
    });
  }

  for (const right of RIGHTS) {
    test(`[FG2] is not when its user may ${right}`, async () => {
      await forgetful.cli("ACL", "SETUSER", STRANGER_USER, `+${right}`);
      const found = await faults();
      await forgetful.cli("ACL", "SETUSER", STRANGER_USER, `-${right}`);
      const said = right.replace("|", " ").toUpperCase();
      assert.deepEqual(found, [`its user may ${said}: give it fewer rights`]);
      assert.deepEqual(await faults(), []);
    });
  }

  test("[FG2] is not when its settings cannot be asked for", async () => {
    for (const right of ["config|get", "info", "acl|dryrun", "acl|whoami"]) {
      await forgetful.cli("ACL", "SETUSER", STRANGER_USER, `-${right}`);
      const found = await faults();
      await forgetful.cli("ACL", "SETUSER", STRANGER_USER, `+${right}`);
      assert.match(found.join(), /cannot be read/u, right);
    }
    assert.deepEqual(await faults(), []);
  });

  test("[FG3] is not with a replica, nor as one", async () => {
    await using other = await startRedis({ args: ["--appendonly", "no"] });
    // A replica finds its source by TCP, so the port is opened for the test alone.
    for (const redis of [forgetful, other]) {
      await redis.cli("CONFIG", "SET", "bind", "127.0.0.1");
      await redis.cli("CONFIG", "SET", "protected-mode", "no");
    }
    const port = await freePort(forgetful);
    await other.cli("REPLICAOF", "127.0.0.1", port);
    await until(async () => (await link.info("replication")).includes("connected_slaves:1"), SEEN);
    assert.match((await faults()).join(), /has a replica, or is one/u);
    await other.cli("REPLICAOF", "NO", "ONE");
    await until(async () => (await link.info("replication")).includes("connected_slaves:0"), SEEN);
    assert.deepEqual(await faults(), []);
    await forgetful.cli("REPLICAOF", "127.0.0.1", await freePort(other));
    assert.match((await faults()).join(), /has a replica, or is one/u);
    await forgetful.cli("REPLICAOF", "NO", "ONE");
    assert.deepEqual(await faults(), []);
  });

  test("[FG10] is fit as the operator's page says", async () => {
    const page = readFileSync("docs/self-hosting.md", "utf8");
    const block = /^save ""\n[^`]*/mu.exec(page)?.[0] ?? "";
    const lines = block.trim().split("\n");
    // The default user is how the test itself looks in.
    const args = lines.filter((line) => line !== "user default off").flatMap(asArguments);
    await using other = await startRedis({ args: ["--maxmemory-policy", "volatile-lru", ...args] });
    const user = patientLink(`${other.url}?user=${STRANGER_USER}`, "test");
    await other.cli("ACL", "SETUSER", STRANGER_USER, "nopass");
    await user.connect();
    assert.deepEqual(await forgetfulFaults(user, ""), []);
    user.destroy();
  });

  test("[FG4] is not the one that keeps everything", async () => {
    assert.match((await forgetfulFaults(link, await runId(link))).join(), /start another one/u);
  });
});

// Each waits for looks that come every ten seconds.
describe("strangers, when their Redis might keep something", { concurrency: true }, () => {
  test("[FG5] at the start nobody is let in, and each reason is on the terminal", async () => {
    const bad = UNFIT.flatMap(([name, value]) => [`--${name}`, value]);
    const rights = RIGHTS.map((right) => `+${right}`);
    await using redis = await startRedis();
    await using forgetful = await startForgetfulRedis(bad);
    await forgetful.cli("ACL", "SETUSER", STRANGER_USER, ...rights);
    await using server = await startOn(redis.url, forgetful.strangerUrl);
    for (const [, , , words] of UNFIT) assert.match(server.output(), words);
    for (const right of RIGHTS) assert.ok(server.output().includes(asSaid(right)), right);
    await isClosed(server);
    await worksOtherwise(server);
    for (const [name, , good] of UNFIT) await forgetful.cli("CONFIG", "SET", name, good);
    const taken = RIGHTS.map((right) => `-${right}`);
    await forgetful.cli("ACL", "SETUSER", STRANGER_USER, ...taken);
    await until(async () => (await state(server)).open, { what: "it opens", ...SEEN });
    await using _ = await meetTwo(server.url, server.url, "mended");
  });

  test("[FG6] while running, chats and searches end within 30 seconds, and it opens again", async () => {
    await using redis = await startRedis();
    await using forgetful = await startForgetfulRedis();
    await using one = await startOn(redis.url, forgetful.strangerUrl);
    await using two = await startOn(redis.url, forgetful.strangerUrl);
    const mistakes = UNFIT.filter(([name], at) => UNFIT.findIndex(([n]) => n === name) === at);
    await using met = await meetTwo(one.url, two.url, "ends");
    await using waiting = await TestStranger.enter(one.url);
    await waiting.search({ interests: ["nobody"], onlyInterests: true });
    const since = performance.now();
    for (const [name, bad] of mistakes) await forgetful.cli("CONFIG", "SET", name, bad);
    const rights = RIGHTS.map((right) => `+${right}`);
    await forgetful.cli("ACL", "SETUSER", STRANGER_USER, ...rights);
    for (const each of [met.ada, met.bob]) {
      assert.deepEqual(await each.next("ended", 30_000), { pair: met.pair, reason: "restarting" });
    }
    await waiting.next("searchAgain", 30_000);
    await assert.rejects(waiting.search(), /strangers-closed/u);
    assert.ok(performance.now() - since < 30_000);
    for (const server of [one, two]) {
      const said = () => mistakes.every(([, , , words]) => words.test(server.output()));
      await until(said, { what: "all is said", ...SEEN });
      for (const right of RIGHTS) assert.ok(server.output().includes(asSaid(right)), right);
      await isClosed(server);
    }
    for (const [name, , good] of mistakes) await forgetful.cli("CONFIG", "SET", name, good);
    const taken = RIGHTS.map((right) => `-${right}`);
    await forgetful.cli("ACL", "SETUSER", STRANGER_USER, ...taken);
    for (const server of [one, two]) {
      await until(async () => (await state(server)).open, { what: "it opens", ...SEEN });
    }
    await using _ = await meetTwo(one.url, two.url, "again");
  });

  test("[FG7] without a Redis for them there are no strangers, and all else works", async () => {
    await using redis = await startRedis();
    await using server = await startServer({ args: ["--redis-url", redis.url] });
    const { open, reason } = await state(server);
    assert.equal(open, false);
    assert.match(reason ?? "", /STRANGER_REDIS_URL/u);
    await using ada = await TestStranger.connect(server.url);
    await assert.rejects(ada.enter(), /strangers-closed/u);
    await worksOtherwise(server);
  });

  test("[FG7] nor with the Redis that keeps everything in its place", async () => {
    await using redis = await startRedis();
    await using server = await startOn(redis.url, redis.url);
    assert.match(server.output(), /it is the Redis that keeps everything: start another one/u);
    await isClosed(server);
    await worksOtherwise(server);
  });

  test("[FG9] one that is away at the start is used as soon as it comes", async () => {
    await using redis = await startRedis();
    await using forgetful = await startForgetfulRedis();
    await forgetful.stop();
    await using server = await startOn(redis.url, forgetful.strangerUrl);
    assert.match((await state(server)).reason ?? "", /does not answer just now/u);
    await worksOtherwise(server);
    await forgetful.restart();
    await until(async () => (await state(server)).open, { what: "it opens", ...SEEN });
    await using _ = await meetTwo(server.url, server.url, "late");
  });

  test("[FG8] Klatch's own forgetful Redis is fit", async () => {
    await using server = await startServer({ args: ["--data", tempFolder()] });
    assert.deepEqual(await state(server), { open: true });
    await using _ = await meetTwo(server.url, server.url, "own");
  });
});

const startOn = (redis: string, strangers: string) =>
  startServer({ args: ["--redis-url", redis, "--stranger-redis-url", strangers] });

const asSaid = (right: string) => `its user may ${right.replace("|", " ").toUpperCase()}`;

async function state({ url }: ServerProcess): Promise<{ open: boolean; reason?: string }> {
  const response = await fetch(`${url}/api/strangers`);
  assert.equal(response.status, 200);
  // oxlint-disable-next-line no-unsafe-type-assertion -- because what is read of it is compared
  return (await response.json()) as { open: boolean; reason?: string };
}

async function isClosed(server: ServerProcess): Promise<void> {
  const { open, reason = "" } = await state(server);
  assert.deepEqual([open, /might keep something/u.test(reason)], [false, true], reason);
  await using ada = await TestStranger.connect(server.url);
  await assert.rejects(ada.enter(), /strangers-closed/u);
}

/** Accounts and rooms do not need strangers. */
async function worksOtherwise({ url }: ServerProcess): Promise<void> {
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  const body = JSON.stringify({ username: "ada", password: "correct horse battery" });
  const headers = { "content-type": "application/json", origin: url };
  const response = await fetch(`${url}/api/accounts`, { method: "POST", headers, body });
  assert.equal(response.status, 201);
}

/** A line of redis.conf, as a flag. */
function asArguments(line: string): readonly string[] {
  const [name = "", ...values] = line.split(" ");
  return [`--${name}`, ...values.map((value) => (value === '""' ? "" : value))];
}

/** Opens a port, and closes it with the process. */
async function freePort(redis: { cli(...args: readonly string[]): Promise<string> }) {
  for (let port = 20_000 + (process.pid % 20_000); ; port++) {
    const answer = await redis.cli("CONFIG", "SET", "port", String(port));
    if (answer === "OK") return String(port);
  }
}
