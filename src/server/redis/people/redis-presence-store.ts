/** Presence on Redis: the tutorial's `online_users`, made true by a lease for each server. */
import type { Movement, PresenceStore } from "#server/core/people/presence-store.ts";
import { LEASE_MS, RETIRE_MS } from "#server/core/people/presence-store.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

/** People forgotten in one go. */
const REAP_MAX = 500;

export class RedisPresenceStore implements PresenceStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  report(server: string, movement: Movement): Promise<boolean> {
    return this.#report(server, LEASE_MS, movement);
  }

  async registered(server: string): Promise<readonly number[]> {
    return (await answered(this.#redis.sMembers(keys.peopleAt(server)))).map(Number);
  }

  async expired(): Promise<readonly string[]> {
    const [seconds, micros] = await answered(this.#redis.time());
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return answered(this.#redis.zRangeByScore(keys.presenceServers, "-inf", `(${now}`));
  }

  reap(server: string): Promise<boolean> {
    return this.#reap(server, "");
  }

  async retire(server: string): Promise<void> {
    const isLast = "1";
    // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two parts
    while (await this.#reap(server, isLast));
    const others = await answered(this.#redis.zScore(keys.presenceServers, server));
    if (others !== null) await this.#report(server, RETIRE_MS, { came: [], left: [] });
  }

  async online(): Promise<readonly number[]> {
    const ids = (await answered(this.#redis.sMembers(keys.onlineUsers))).map(Number);
    // Servers of other kinds write here, too.
    return ids.filter((id) => Number.isSafeInteger(id) && id > 0);
  }

  async #report(server: string, leaseMs: number, { came, left }: Movement): Promise<boolean> {
    const args = [server, leaseMs, came.length, ...came, ...left].map(String);
    return (await run(this.#redis, scripts.presenceReport, names(server), args)) === 1;
  }

  async #reap(server: string, isLast: "1" | ""): Promise<boolean> {
    const args = [server, String(REAP_MAX), isLast];
    return (await run(this.#redis, scripts.presenceReap, names(server), args)) === 1;
  }
}

const names = (server: string): readonly string[] => [
  keys.presenceServers,
  keys.peopleAt(server),
  keys.presenceCounts,
  keys.onlineUsers,
];
