/**
 * A real redis-server for one test, in a folder of its own, that can be killed, stopped and started
 * again.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { command, infoField } from "#server/redis/embedded/command.ts";
import type { RedisBinary } from "#server/redis/embedded.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";

/** Its folder, socket and address stay the same through restarts; `pid` does not. */
export interface RedisProcess extends AsyncDisposable {
  /** Its working folder, with everything it writes. */
  readonly folder: string;
  /** Path of its unix socket. */
  readonly socket: string;
  /** What Klatch takes as REDIS_URL: `unix:<path of the socket>`. */
  readonly url: string;
  readonly pid: number;
  /** Sends a signal, SIGKILL by default; after a deadly one, resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
  /** Starts it again on what it left; ends it cleanly before, if it still runs. */
  restart(): Promise<void>;
  /** Runs redis-cli on it and gives what that prints, without the last line feed. */
  cli(...args: readonly string[]): Promise<string>;
}

export interface RedisOptions {
  readonly args?: readonly string[];
  /** Variables for it alone, on top of ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a Redis that keeps everything, as Klatch's own does; later `args` win over that.
 * Use with `await using`, or call `stop`; it also ends with the test process.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisProcess> {
  const redis = new TestRedis(options);
  await redis.restart();
  return redis;
}

const KEEP_EVERYTHING = "--appendonly yes --appendfsync always --maxmemory-policy noeviction";

const DEADLY: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL", "SIGTERM", "SIGINT"]);

class TestRedis implements RedisProcess {
  readonly folder = tempFolder();
  readonly socket = join(this.folder, "redis.sock");
  readonly url = `unix:${this.socket}`;
  readonly #options: RedisOptions;
  #child: ChildProcess | undefined;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("This Redis does not run.");
    return pid;
  }

  async restart(): Promise<void> {
    await this.stop();
    const child = launch(this.folder, this.socket, this.#options);
    this.#child = child;
    await until(() => this.#answers(child), { what: "Redis answers", timeoutMs: 15_000 });
  }

  /** Only the process just started counts, not another one on the same socket. */
  async #answers(child: ChildProcess): Promise<boolean> {
    if (child.exitCode !== null) throw new Error(`Redis ended with code ${child.exitCode}.`);
    const info = await command(this.socket, ["INFO"]).catch(() => "");
    return (
      infoField(info, "process_id") === String(child.pid) && infoField(info, "loading") === "0"
    );
  }

  async stop(): Promise<void> {
    await this.kill("SIGTERM");
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill(signal);
    if (!DEADLY.has(signal)) return;
    // One that was stopped would never notice.
    child.kill("SIGCONT");
    await until(() => child.exitCode !== null || child.signalCode !== null, { what: "Redis ends" });
    this.#child = undefined;
  }

  async cli(...args: readonly string[]): Promise<string> {
    return redisCli(this.socket, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function launch(folder: string, socket: string, options: RedisOptions): ChildProcess {
  const { path, env } = redisBinary();
  const own = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""];
  const child = spawn(path, [...own, ...KEEP_EVERYTHING.split(" "), ...(options.args ?? [])], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env, ...options.env },
  });
  const endNow = () => void child.kill("SIGKILL");
  process.once("exit", endNow);
  child.once("exit", () => process.off("exit", endNow));
  return child;
}

/** The redis-server that `npm test` found or installed; else the first on PATH. */
export function redisBinary(): RedisBinary & { readonly env: Readonly<Record<string, string>> } {
  const { KLATCH_TEST_REDIS, KLATCH_TEST_REDIS_LIBRARIES } = process.env;
  const path = KLATCH_TEST_REDIS ?? findProgram("redis-server", "valkey-server");
  const libraries = KLATCH_TEST_REDIS_LIBRARIES;
  return { path, version: "", env: libraries ? { LD_LIBRARY_PATH: libraries } : {} };
}

/**
 * Runs redis-cli on any Redis with a unix socket; gives what it prints, without the last line feed.
 */
export async function redisCli(socket: string, ...args: readonly string[]): Promise<string> {
  const path = process.env["KLATCH_TEST_REDIS_CLI"] ?? findProgram("redis-cli", "valkey-cli");
  const env = { ...process.env, ...redisBinary().env };
  const { stdout } = await promisify(execFile)(path, ["-s", socket, ...args], { env });
  return stdout.replace(/\n$/u, "");
}

function findProgram(...names: readonly string[]): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), resolve(".cache/redis/bin")];
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const path = found.find((each) => existsSync(each));
  if (path === undefined)
    throw new Error(`There is no ${names[0]}; run npm test, it installs one.`);
  return path;
}
