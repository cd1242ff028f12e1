/** Numbers of strangers over all servers, from the forgetful Redis. */
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import type { FigureStore } from "#server/stranger/safety/operator.ts";
import { lobbyKeys as keys } from "./lobby-keys.ts";

const HOUR_MS = 3600_000;
const HOURS = 24;

export class RedisFigures implements FigureStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async load(): Promise<{ readonly waiting: number; readonly talking: number }> {
    const servers = await answered(this.#redis.zRange(keys.servers, 0, -1));
    if (servers.length === 0) return { waiting: 0, talking: 0 };
    // A server that is gone has no lease.
    const leases = await answered(this.#redis.mGet(servers.map((server) => keys.server(server))));
    const loads = leases.map((lease) => (lease ?? "0 0").split(" ").map(Number));
    const sum = (at: number) => loads.reduce((all, load) => all + (load[at] ?? 0), 0);
    return { waiting: sum(0), talking: sum(1) };
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    const now = Math.floor(Date.now() / HOUR_MS);
    const hours = Array.from({ length: HOURS }, (_, at) => keys.count(now - at));
    const found = await answered(Promise.all(hours.map((hour) => this.#redis.hGetAll(hour))));
    const counts = new Map<string, number>();
    for (const [what, count] of found.flatMap((hour) => Object.entries(hour))) {
      counts.set(what, (counts.get(what) ?? 0) + Number(count));
    }
    return counts;
  }

  async waits(): Promise<readonly number[]> {
    const waits = await answered(this.#redis.zRange(keys.waits, 0, -1));
    return waits.map((wait) => Number.parseInt(wait, 10));
  }
}
