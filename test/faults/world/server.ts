/**
 * One server of a world, behind its own wire to Redis; it can be killed, stopped and started again.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import type { Failpoint, Order } from "./failpoints.ts";
import { Proxy } from "./proxy.ts";

export interface ServerOptions {
  /** Whether `fail` can be used; by default a server is started as people start it. */
  readonly failpoints?: boolean | undefined;
}

export class Server implements AsyncDisposable {
  readonly name: string;
  /**
   * Everything this server says to Redis and hears from it; its bus is the connection named
   * `…:bus`.
   */
  readonly redisWire: Proxy;
  /** How it ended although nobody had told it to. */
  readonly surprises: string[] = [];
  readonly #orders: string | undefined;
  #process: ServerProcess | undefined;
  #isStopping = false;
  #isFrozen = false;
  #outputs = "";

  private constructor(name: string, redisWire: Proxy, { failpoints = false }: ServerOptions) {
    this.name = name;
    this.redisWire = redisWire;
    this.#orders = failpoints ? join(tempFolder(), "order.json") : undefined;
  }

  static async open(
    name: string,
    redis: RedisProcess,
    options: ServerOptions = {},
  ): Promise<Server> {
    const wire = await Proxy.open(() => ({ path: redis.socket }));
    const server = new Server(name, wire, options);
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

  /** Whether it is worth sending anyone there, as a balancer that looks at it would know. */
  get isFit(): boolean {
    return this.isUp && !this.#isFrozen;
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
      args: ["--redis-url", redisUrl],
      env: { KLATCH_PAGE: emptyPage(), ...failpointEnvironment(this.#orders) },
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
    this.#isFrozen = true;
    process.kill(this.pid, "SIGSTOP");
  }

  thaw(): void {
    this.#isFrozen = false;
    process.kill(this.pid, "SIGCONT");
  }

  /** Lets the next thing that comes to this point fail, with an error that says `message`. */
  fail(point: Failpoint, message: string): void {
    if (this.#orders === undefined) throw new Error("This world was opened without failpoints.");
    writeFileSync(this.#orders, JSON.stringify({ point, message } satisfies Order));
    process.kill(this.pid, "SIGUSR2");
  }

  /**
   * From now on its end is no surprise. Resolves to how it ended by itself; rejects if it is there
   * after `withinMs`.
   */
  async outlive(withinMs: number): Promise<number | NodeJS.Signals> {
    const ending = this.#running;
    this.#isStopping = true;
    const how = await Promise.race([ending.ended, sleep(withinMs, undefined, { ref: false })]);
    if (how === undefined) {
      this.#isStopping = false;
      throw new Error(`server ${this.name} was still there after ${withinMs} ms`);
    }
    this.#process = undefined;
    this.#outputs += ending.output();
    return how;
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

function failpointEnvironment(orders: string | undefined): Readonly<Record<string, string>> {
  if (orders === undefined) return {};
  const { href } = pathToFileURL(join(import.meta.dirname, "failpoints.ts"));
  return { NODE_OPTIONS: `--import=${href}`, KLATCH_ORDERS: orders };
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
