/** docs/seed.md is true: what it names exists, and the commands of the texts run as they are written. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { DEMO_PASSWORD } from "#server/redis/demo.ts";
import { Member, request, tokenOf } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/seed.md"), "utf8");
/** The contract is no statement of a text: test/tutorial proves it. */
const STATEMENTS = PAGE.replace(/^## The tutorial's contract$[^]*?(?=^## )/mu, "");
const ROWS = STATEMENTS.split("\n").filter((line) => /^\| (?!The text says|---)/u.test(line));

describe("[BR12] docs/seed.md", () => {
  test("names a file and a test in each row, and a rule that this test quotes", () => {
    assert.ok(ROWS.length > 50);
    for (const row of ROWS) {
      const [where = "", proof = ""] = row.split(" | ").slice(-2);
      assert.match(where, /^`(?:src|bin)\/[^`]+`$/u, row);
      assert.match(proof, /^`test\/[^`]+\.test\.ts`/u, row);
      const [file = "", prover = ""] = [where, proof].map((cell) => cell.split("`")[1] ?? "");
      for (const path of [file, prover]) assert.ok(existsSync(join(ROOT, path)), path);
      const rule = /` (?<rule>[A-Z]{2}\d+) \|$/u.exec(row)?.groups?.["rule"];
      if (rule === undefined) continue;
      assert.ok(
        readFileSync(join(ROOT, prover), "utf8").includes(`[${rule}]`),
        `${prover}: ${rule}`,
      );
    }
  });
});

/** What redis-cli prints for one line, as somebody types it. */
async function typed(socket: string, line: string): Promise<string> {
  const cli = `printf '%s\\n' "$LINE" | "$CLI" -s "$SOCKET"`;
  const program = process.env["KLATCH_TEST_REDIS_CLI"] ?? join(ROOT, ".cache/redis/bin/redis-cli");
  const env = {
    ...process.env,
    LINE: line,
    SOCKET: socket,
    CLI: existsSync(program) ? program : "redis-cli",
  };
  const { stdout } = await promisify(execFile)("sh", ["-c", cli], { env });
  return stdout.replace(/\n$/u, "");
}

describe("the commands of the texts", () => {
  const block = /^```redis\n(?<lines>[\s\S]*?)^```$/mu.exec(PAGE)?.groups?.["lines"] ?? "";
  const commands = [...block.matchAll(/^(?<line>[^\n]+)\n=>(?<answer>.*)$/gmu)];

  test("[BR12] each answers as the page says, and Klatch goes on", async () => {
    await using redis = await startRedis();
    const args = ["--demo", "--tutorial", "--redis-url", redis.url];
    await using server = await startServer({ args });
    const signIn = (username: string) =>
      request(server.url, "POST", "/api/session", { body: { username, password: DEMO_PASSWORD } });
    const answer = await signIn("nick");
    const nick = new Member(server.url, answer.json(), tokenOf(answer));

    assert.equal(commands.length, 13);
    for (const { groups } of commands) {
      const { line = "", answer: wanted = "" } = groups ?? {};
      const lines = (await typed(redis.socket, line)).split("\n").toSorted();
      assert.equal(lines.join(" "), wanted.trim(), line);
    }
    assert.match(await typed(redis.socket, "HGETALL user:2"), /^username\nPablo$/mu);
    // One server listens; the text's own event is no JSON, and junk.
    assert.equal(await redis.cli("PUBSUB", "NUMSUB", "MESSAGES"), "MESSAGES\n1");
    assert.equal(await redis.cli("PUBLISH", "MESSAGES", "{'serverId': 4132}"), "1");

    assert.equal((await signIn("nick")).status, 401);
    assert.equal((await nick.say("still here", "after-all-that", "1:2")).status, 201);
    const { messages } = await nick.history("", "1:2");
    assert.deepEqual(messages.map(({ message }) => message).slice(-1), ["still here"]);
  });

  test("[BR12] 0 50 are 51 messages, and `PUBLISH message` reaches nobody who listens to MESSAGES", async () => {
    await using redis = await startRedis();
    for (let at = 0; at < 60; at++) await redis.cli("ZADD", "room:1:2", String(at), `m${at}`);
    const found = await typed(redis.socket, "ZREVRANGE room:1:2 0 50");
    assert.equal(found.split("\n").length, 51);
    const listening = typed(redis.socket, "SUBSCRIBE MESSAGES");
    listening.catch(() => undefined);
    await until(async () => (await redis.cli("PUBSUB", "NUMSUB", "MESSAGES")) === "MESSAGES\n1", {
      what: "somebody listens",
    });
    assert.equal(await redis.cli("PUBLISH", "message", "x"), "0");
    assert.equal(await redis.cli("PUBLISH", "MESSAGES", "x"), "1");
    await redis.stop();
    await listening.catch(() => undefined);
  });
});
