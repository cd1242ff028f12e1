/**
 * The throttle on Redis: one key a subject, gone by itself when there is nothing left to remember.
 */
import type { Rate, Throttle } from "#server/core/throttle.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

export class RedisThrottle implements Throttle {
  readonly #redis: Redis;
  readonly #keyOf: (subject: string) => string;

  constructor(redis: Redis, keyOf: (subject: string) => string = keys.throttle) {
    this.#redis = redis;
    this.#keyOf = keyOf;
  }

  async take(subject: string, { burst, everyMs }: Rate): Promise<number> {
    const args = [String(burst), String(everyMs)];
    return Number(await run(this.#redis, scripts.throttle, [this.#keyOf(subject)], args));
  }

  async clear(subject: string): Promise<void> {
    await answered(this.#redis.del(this.#keyOf(subject)));
  }
}
