/**
 * What the hostile tests attack: real servers on a real Redis, and a way to see that nothing came
 * of it.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import type { ErrorCode, Problem } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { Redis } from "#server/redis/connect.ts";
import { connect } from "#server/redis/connect.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";

export interface World {
  readonly redis: RedisProcess;
  /** A link of our own to look into Redis with. */
  readonly store: Redis;
  readonly servers: readonly ServerProcess[];
  /** The first server. */
  readonly server: ServerProcess;
  readonly url: string;
  readonly port: number;
}

interface WorldOptions {
  readonly args?: readonly string[];
  readonly servers?: number;
}

/** Starts a Redis and servers for one test file; they end with it. */
export async function openWorld({ args = [], servers = 1 }: WorldOptions = {}): Promise<World> {
  const redis = await startRedis();
  const started = await Promise.all(
    Array.from({ length: servers }, () =>
      startServer({
        args: ["--redis-url", redis.url, ...args],
        env: { KLATCH_PAGE: pageFolder() },
      }),
    ),
  );
  const store = await connect(redis.url, "test");
  const died: string[] = [];
  for (const { ended, output } of started)
    void ended.then((how) => died.push(`${how}:\n${output()}`));
  after(async () => {
    const early = [...died];
    store.destroy();
    await Promise.all(started.map((each) => each.stop()));
    await redis.stop();
    assert.deepEqual(early, [], "a server ended during the tests");
  });
  const [server] = started;
  assert(server !== undefined);
  return { redis, store, servers: started, server, url: server.url, port: server.port };
}

/** A page for tests that are not about the page; files of every kind of caching. */
export function pageFolder(): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Klatch</title>");
  writeFileSync(join(folder, "strangers.html"), "<!doctype html><title>Strangers</title>");
  writeFileSync(join(folder, "assets", "app-1a2b3c.js"), "export {};");
  return folder;
}

// Type, life and content of every key; what servers do by themselves is left out.
const SNAPSHOT = `
  local found = {}
  for _, key in ipairs(redis.call('KEYS', '*')) do
    if not key:find("^throttle:") and not key:find("^klatch:probe:") and not key:find("online_users")
      and not key:find("active_users") then
      local life = redis.call('TTL', key) >= 0 and ' mortal ' or ' lasting '
      found[#found + 1] = key .. life .. redis.sha1hex(redis.call('DUMP', key))
    end
  end
  table.sort(found)
  return found`;

/** Everything that is in Redis, in a form to compare. */
export async function snapshot({ store }: World): Promise<readonly string[]> {
  const found: unknown = await store.eval(SNAPSHOT, { keys: [], arguments: [] });
  return Array.isArray(found) ? found.map(String) : [];
}

/**
 * Runs an attack, and checks that every server is as alive as before, and that nothing in Redis
 * changed.
 */
export async function harmless<T>(world: World, attack: () => Promise<T>): Promise<T> {
  const before = await snapshot(world);
  const result = await attack();
  assert.deepEqual(await snapshot(world), before, "something in Redis changed");
  await mustBeWell(world);
  return result;
}

/** All servers answer, are the processes they were, and met nothing they did not expect. */
export async function mustBeWell({ servers }: World): Promise<void> {
  for (const server of servers) {
    const health = await fetch(`${server.url}/healthz`);
    assert.equal(await health.text(), '{"status":"ok"}');
    assert.doesNotThrow(() => process.kill(server.pid, 0));
    assert.doesNotMatch(server.output(), /unexpected error|uncaught|unhandled/iu);
  }
  assert.equal(Reflect.get({}, "polluted"), undefined);
}

interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly text?: string;
  readonly body?: string;
}

/** Checks that an answer is the refusal `code`, as one problem document and nothing else. */
export function mustRefuse(answer: Refused, code: ErrorCode, what = ""): Problem {
  const text = answer.body ?? answer.text ?? "";
  const { status, title } = ERRORS[code];
  assert.equal(answer.status, status, `${what}: ${text}`);
  assert.equal(answer.headers.get("Content-Type"), "application/problem+json", what);
  // oxlint-disable-next-line no-unsafe-type-assertion -- because each field is checked right below
  const problem = JSON.parse(text) as Problem;
  assert.deepEqual(Object.keys(problem).slice(0, 5), ["type", "title", "status", "code", "detail"]);
  assert.deepEqual([problem.code, problem.status, problem.title], [code, status, title], what);
  assert.match(problem.detail, /^\S[^\n]{8,300}\S$/u);
  return problem;
}

/** Whether any file of this Redis, its append-only log included, has ever held this text. */
export function everWritten({ redis }: World, text: string): boolean {
  return readdirSync(redis.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}
