/**
 * One Redis process of Klatch's own: started, watched, started again when it dies, and ended with
 * Klatch.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { command, infoField } from "#server/redis/embedded/command.ts";
import type { EmbeddedName, EmbeddedPlan } from "#server/redis/embedded/config.ts";
import { launchRedis, untilReady, type Running } from "#server/redis/embedded/launch.ts";
import type { RedisBinary } from "#server/redis/embedded/launch.ts";
import { endLeftovers } from "#server/redis/embedded/leftovers.ts";
import { mendTornLog } from "#server/redis/embedded/torn-log.ts";

const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 5_000;
/** Up for this long, it counts as well again, and the next restart is quick. */
const WELL_MS = 10_000;
/** How long it may take to end when Klatch does. */
const END_MS = 5_000;

/** What happens to a process while Klatch runs, for the log. */
export type EmbeddedRedisEvent =
  | {
      readonly redis: EmbeddedName;
      readonly happened: "ended";
      /** A signal's name, an exit code, or why it could not be started again. */
      readonly how: string;
      /** When it will be started again, in milliseconds from now. */
      readonly restartMs: number;
    }
  | {
      readonly redis: EmbeddedName;
      readonly happened: "restarted";
      readonly pid: number;
      readonly tookMs: number;
    };

interface Parts {
  readonly binary: RedisBinary;
  readonly plan: EmbeddedPlan;
  readonly say: (line: string) => void;
  readonly onEvent: (event: EmbeddedRedisEvent) => void;
}

export class EmbeddedProcess {
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  #running: Running | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Resolves with its version when it answers with all its data read. Throws a StartError if it
   * never will.
   */
  async start(): Promise<string> {
    const running = await this.#launch();
    void this.#watch(running);
    return this.#tune();
  }

  /** Ends it: it has at most five seconds, then it is killed, which loses nothing either. */
  async close(): Promise<void> {
    this.#closing.abort();
    const running = this.#running;
    if (running === undefined) return;
    this.endNow();
    const ended = await Promise.race([running.ended, sleep(END_MS, undefined, { ref: false })]);
    if (ended !== undefined) return;
    running.child.kill("SIGKILL");
    await running.ended;
  }

  /** Tells it to end, without waiting: for the moment in which this process itself ends. */
  endNow(): void {
    this.#running?.child.kill("SIGTERM");
    this.#running?.child.kill("SIGCONT");
  }

  async #launch(): Promise<Running> {
    await endLeftovers(this.#parts.plan, this.#parts.say);
    this.#closing.signal.throwIfAborted();
    const { binary, plan, say } = this.#parts;
    const torn = mendTornLog(plan.folder);
    if (torn > 0)
      say(`Half a write (${torn} bytes, never acknowledged) was taken off the end of Redis's log.`);
    const running = launchRedis(binary, plan);
    this.#running = running;
    try {
      await untilReady(running, plan, { say, signal: this.#closing.signal });
      return running;
    } catch (error) {
      running.child.kill("SIGKILL");
      throw error;
    }
  }

  /** Sets what only some versions know, and gives the version. */
  async #tune(): Promise<string> {
    const { socket, optional } = this.#parts.plan;
    for (const [setting, value] of optional) {
      // oxlint-disable-next-line no-await-in-loop -- because there is one setting
      await command(socket, ["CONFIG", "SET", setting, value]).catch(() => undefined);
    }
    const info = await command(socket, ["INFO", "server"]);
    return infoField(info, "valkey_version") ?? infoField(info, "redis_version") ?? "unknown";
  }

  /**
   * Starts it again whenever it ends, until Klatch ends; waits longer each time it does not last.
   */
  async #watch(first: Running): Promise<void> {
    const { signal } = this.#closing;
    let running: Running | undefined = first;
    let upSince = Date.now();
    let waitMs = RESTART_MIN_MS;
    let how = "";
    while (!signal.aborted) {
      if (running !== undefined) {
        // oxlint-disable-next-line no-await-in-loop -- because one life follows the other
        how = await running.ended;
        if (Date.now() - upSince >= WELL_MS) waitMs = RESTART_MIN_MS;
      }
      if (signal.aborted) return;
      this.#tell({ happened: "ended", how, restartMs: waitMs });
      // oxlint-disable-next-line no-await-in-loop -- because it must wait before it tries again
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, RESTART_MAX_MS);
      const began = Date.now();
      // oxlint-disable-next-line no-await-in-loop -- because one life follows the other
      running = await this.#relaunch().catch((error: unknown) => {
        how = error instanceof Error ? error.message : String(error);
        return undefined;
      });
      upSince = Date.now();
      if (running === undefined) continue;
      this.#tell({ happened: "restarted", pid: running.child.pid ?? 0, tookMs: upSince - began });
    }
  }

  async #relaunch(): Promise<Running> {
    const running = await this.#launch();
    await this.#tune();
    return running;
  }

  #tell(what: DistributiveOmit<EmbeddedRedisEvent, "redis">): void {
    this.#parts.onEvent({ redis: this.#parts.plan.name, ...what });
  }
}

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown
  ? Omit<Type, Key>
  : never;
