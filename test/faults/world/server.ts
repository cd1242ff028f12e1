/**
 * One server of a world, behind its own wire to Redis; it can be killed, stopped and started again.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import { Proxy } from "./proxy.ts";

export class Server implements AsyncDisposable {
  readonly name: string;
  /**
   * Everything this server says to Redis and hears from it; its bus is the connection named
   * `…:bus`.
   */
  readonly redisWire: Proxy;
  /** How it ended although nobody had told it to. */
  readonly surprises: string[] = [];
  readonly #args: readonly string[];
  #process: ServerProcess | undefined;
  #isStopping = false;
  #outputs = "";

  private constructor(name: string, redisWire: Proxy, args: readonly string[]) {
    this.name = name;
    this.redisWire = redisWire;
    this.#args = args;
  }

  static async open(
    name: string,
    redis: RedisProcess,
    args: readonly string[] = [],
  ): Promise<Server> {
    const wire = await Proxy.open(() => ({ path: redis.socket }));
    const server = new Server(name, wire, args);
    try {
      await server.start();
    } catch (error) {
      await wire[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }

  get port(): number {
    return this.#running.port;
  }

  get url(): string {
    return this.#running.url;
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** Everything its processes printed. */
  get output(): string {
    return this.#outputs + (this.#process?.output() ?? "");
  }

  async start(): Promise<void> {
    if (this.isUp) return;
    this.#isStopping = false;
    const redisUrl = `redis://127.0.0.1:${this.redisWire.port}`;
    const started = await startServer({
      args: ["--redis-url", redisUrl, ...this.#args],
      env: { KLATCH_PAGE: emptyPage() },
    });
    this.#process = started;
    if (running.size === 0) process.once("exit", endAll);
    running.add(started.pid);
    void started.ended.then((how) => {
      running.delete(started.pid);
      if (running.size === 0) process.off("exit", endAll);
      this.#ended(started, how);
      return undefined;
    });
  }

  /** Sends a signal; new connections go elsewhere at once. Resolves to how it ended. */
  async stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    const stopping = this.#running;
    this.#isStopping = true;
    this.#process = undefined;
    const how = await stopping.stop(signal);
    this.#outputs += stopping.output();
    return how;
  }

  /** Stops its clock, so to speak: it is there and does nothing, until `thaw`. */
  freeze(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  thaw(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Why `/readyz` says it is not ready; empty if it is. */
  async readiness(): Promise<readonly string[]> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const body: unknown = await response.json();
    if (response.ok) return [];
    return [JSON.stringify(body)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isUp) await this.stop("SIGTERM");
    await this.redisWire[Symbol.asyncDispose]();
  }

  get #running(): ServerProcess {
    if (this.#process === undefined) throw new Error(`Server ${this.name} is down.`);
    return this.#process;
  }

  #ended(ended: ServerProcess, how: number | NodeJS.Signals): void {
    if (this.#isStopping || this.#process !== ended) return;
    this.#process = undefined;
    const last = ended.output().split("\n").slice(-8).join("\n");
    this.surprises.push(`Server ${this.name} ended (${how}):\n${last}`);
  }
}

/** Processes that must not outlive the tests, not even frozen ones. */
const running = new Set<number>();

function endAll(): void {
  for (const pid of running) process.kill(pid, "SIGKILL");
}

/** The page plays no part here; one made beforehand spares each start the look for changes. */
function emptyPage(): string {
  page ??= makePage();
  return page;
}

let page: string | undefined;

function makePage(): string {
  const folder = tempFolder();
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Klatch</title>");
  return folder;
}
