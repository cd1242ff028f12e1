/**
 * The instance: which Redis this server began with, so that one that lost everything is not taken
 * for a fresh one.
 */
import { randomUUID } from "node:crypto";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

/** As long as the readiness probe waits for a write. */
const LOOK_MS = 500;
/** A Redis that is there, and does not answer this, is still reading its data. */
const RETRY_MS = 1_000;

const LOST =
  "Redis has lost everything it kept, or is another one than when this server started. Bring its data back; " +
  "or, to go on with what is there now, restart this server.";

/**
 * Every Redis that Klatch was started on has a marker of its own, a random id that is only ever set
 * where there is none. A server remembers it for as long as it runs; a Redis without it, or with
 * another one, is not used as if it were the same: this server is not ready, and nobody can
 * register. When the marker is back, all is well again.
 */
export class Instance {
  readonly #redis: Redis;
  readonly #id: string;
  readonly #onChange: (isLost: boolean) => void;
  #wasLost = false;

  private constructor(redis: Redis, id: string, onChange: (isLost: boolean) => void) {
    this.#redis = redis;
    this.#id = id;
    this.#onChange = onChange;
  }

  /**
   * Remembers the Redis as it is now. `onChange` is told once of each loss, and once when the right
   * Redis is there again. Rejects with `unavailable` when Redis is away.
   */
  static async open(redis: Redis, onChange: (isLost: boolean) => void): Promise<Instance> {
    await answered(redis.set(keys.instance, randomUUID(), { condition: "NX" }));
    const id = await answered(redis.get(keys.instance));
    return new Instance(redis, id ?? "", onChange);
  }

  /**
   * Looks again whenever the link is back after a break, and then calls `onReturn`: Redis answers,
   * and whatever was asked of it meanwhile may be asked again. Call once.
   */
  follow(onReturn: () => void): void {
    this.#redis.on("ready", () => void this.#lookUntilAnswered(onReturn));
  }

  /**
   * Whether Redis is no more what it was at the start. Rejects with `unavailable` when it does not
   * say.
   */
  async isLost(): Promise<boolean> {
    const isLost = (await answered(this.#redis.get(keys.instance), LOOK_MS)) !== this.#id;
    if (isLost !== this.#wasLost) {
      this.#wasLost = isLost;
      this.#onChange(isLost);
    }
    return isLost;
  }

  /**
   * What is wrong, in words with the cure; nothing also when Redis does not say, which the probe
   * tells.
   */
  async faults(): Promise<readonly string[]> {
    try {
      return (await this.isLost()) ? [LOST] : [];
    } catch {
      return [];
    }
  }

  async #lookUntilAnswered(onReturn: () => void): Promise<void> {
    try {
      await this.isLost();
    } catch {
      // If the link is down again, its return comes here again.
      const again = () => {
        if (this.#redis.isReady) void this.#lookUntilAnswered(onReturn);
      };
      setTimeout(again, RETRY_MS).unref();
      return;
    }
    onReturn();
  }
}
