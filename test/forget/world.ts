/**
 * A Klatch for a canary run: one server with a data folder and the two Redis processes of its own,
 * a second server beside it, and all that either ever printed.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RedisClientType } from "@redis/client";
import { infoField } from "#server/redis/embedded/command.ts";
import { planEmbedded } from "#server/redis/embedded/config.ts";
import { STRANGER_USER } from "#server/redis/strangers/forgetful.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";
import { Canaries } from "./canaries.ts";
import { Sampler } from "./lives.ts";
import { filesIn, openLink } from "./places.ts";
import { Visitor } from "./visitor.ts";

export type Which = "server" | "durable" | "forgetful";

const PATIENCE = { timeoutMs: 30_000, everyMs: 50 };

export class ForgetWorld implements AsyncDisposable {
  readonly canaries = new Canaries();
  readonly folder = tempFolder();
  readonly data = join(this.folder, "data");
  /** Where the servers put what is temporary, and diagnostics. */
  readonly temporary = join(this.folder, "tmp");
  readonly #plans = planEmbedded(this.data);
  readonly #servers: ServerProcess[] = [];
  readonly #visitors: Visitor[] = [];
  readonly #links: RedisClientType[] = [];
  one!: ServerProcess;
  two!: ServerProcess;
  durable!: RedisClientType;
  forgetful!: RedisClientType;
  sampler!: Sampler;

  static async open(): Promise<ForgetWorld> {
    const world = new ForgetWorld();
    mkdirSync(world.temporary);
    await world.startOne();
    const { durable, forgetful } = world.#plans;
    const urls = ["--redis-url", `unix:${durable.socket}`];
    const strangers = `unix:${forgetful.socket}?user=${STRANGER_USER}`;
    world.two = await world.#start([...urls, "--stranger-redis-url", strangers]);
    world.durable = await world.#link(durable.socket);
    world.forgetful = await world.#link(forgetful.socket);
    world.sampler = new Sampler(world.forgetful);
    await world.untilOpen();
    return world;
  }

  /** Starts the server that has the data folder, on what the one before left. */
  async startOne(): Promise<void> {
    this.one = await this.#start(["--data", this.data]);
  }

  /** Two who have met, at different servers. */
  async pair(): Promise<readonly [Visitor, Visitor]> {
    const interest = this.canaries.make("interest");
    const two = [this.visitor(this.one.url), this.visitor(this.two.url)] as const;
    for (const each of two) each.search(interest);
    await Promise.all(two.map((each) => each.talking()));
    return two;
  }

  visitor(url: string): Visitor {
    const visitor = new Visitor(this.canaries, url);
    this.#visitors.push(visitor);
    return visitor;
  }

  get visitors(): readonly Visitor[] {
    return this.#visitors;
  }

  /** Everything printed by any server so far. */
  get printed(): string {
    return this.#servers.map((server) => server.output()).join("\n");
  }

  /** All files that anything of Klatch's could have written. */
  files(): readonly string[] {
    const cores = readdirSync(".").filter((name) => /^core(?:\.|$)/u.test(name));
    return [...filesIn([this.data, this.temporary]), ...cores];
  }

  socketOf(which: "durable" | "forgetful"): string {
    return this.#plans[which].socket;
  }

  async pidOf(which: Which): Promise<number> {
    if (which === "server") return this.one.pid;
    return Number(infoField(await this[which].info(), "process_id"));
  }

  /** Ends one of the processes that hold something, and brings it back. */
  async strike(which: Which, signal: "SIGTERM" | "SIGKILL" | "SIGSEGV"): Promise<void> {
    if (which === "server") {
      await this.one.stop(signal);
      return;
    }
    const before = await this.pidOf(which);
    process.kill(before, signal);
    const isAnother = async () => (await this.pidOf(which).catch(() => before)) !== before;
    await until(isAnother, { what: `${which} Redis is back`, ...PATIENCE });
  }

  /** Resolves when strangers can meet at both servers. */
  async untilOpen(): Promise<void> {
    for (const { url } of [this.one, this.two]) {
      const isOpen = async () =>
        (await (await fetch(`${url}/api/strangers`)).text()).includes("true");
      await until(isOpen, { what: "strangers can meet", ...PATIENCE });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const visitor of this.#visitors) visitor[Symbol.dispose]();
    await this.sampler.stop();
    for (const link of this.#links) link.destroy();
    // The second first: the Redis processes are the first one's.
    for (const server of this.#servers.toReversed()) await server.stop();
  }

  async #start(args: readonly string[]): Promise<ServerProcess> {
    const all = [...args, "--trusted-proxies", "127.0.0.1", "--log-level", "debug"];
    const diagnostics = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${this.temporary}`;
    const env = { TMPDIR: this.temporary, NODE_OPTIONS: diagnostics };
    const server = await startServer({ args: all, env });
    this.#servers.push(server);
    return server;
  }

  async #link(socket: string): Promise<RedisClientType> {
    const link = await openLink(socket);
    this.#links.push(link);
    return link;
  }
}
