/** Presence on Redis: the tutorial's `online_users`, made true by a lease for each server. */
import type { Movement, PresenceStore } from "#server/core/people/presence-store.ts";
import { LEASE_MS, RETIRE_MS } from "#server/core/people/presence-store.ts";
import type { PersonAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import type { PresenceKind } from "#server/redis/keys.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

/** People forgotten in one go. */
const REAP_MAX = 500;

export class RedisPresenceStore implements PresenceStore {
  readonly #redis: Redis;

  readonly #kind: PresenceKind;

  /** @param kind whom it keeps: everybody who is connected, or those who are not away */
  constructor(redis: Redis, kind: PresenceKind = keys.onlineUsers) {
    this.#redis = redis;
    this.#kind = kind;
  }

  report(server: string, movement: Movement): Promise<boolean> {
    return this.#report(server, LEASE_MS, movement);
  }

  async registered(server: string): Promise<readonly number[]> {
    return (await answered(this.#redis.sMembers(keys.peopleAt(this.#kind, server)))).map(Number);
  }

  async expired(): Promise<readonly string[]> {
    const [seconds, micros] = await answered(this.#redis.time());
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return answered(this.#redis.zRangeByScore(keys.presenceServers(this.#kind), "-inf", `(${now}`));
  }

  reap(server: string): Promise<boolean> {
    return this.#reap(server, "");
  }

  async retire(server: string): Promise<void> {
    const isLast = "1";
    // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two parts
    while (await this.#reap(server, isLast));
    const others = await answered(this.#redis.zScore(keys.presenceServers(this.#kind), server));
    if (others !== null) await this.#report(server, RETIRE_MS, { came: [], left: [] });
  }

  async online(): Promise<readonly number[]> {
    const ids = (await answered(this.#redis.sMembers(this.#kind))).map(Number);
    // Servers of other kinds write here, too.
    return ids.filter((id) => Number.isSafeInteger(id) && id > 0);
  }

  async #report(server: string, leaseMs: number, { came, left }: Movement): Promise<boolean> {
    const args = [server, leaseMs, came.length, ...came, ...left].map(String);
    return (await run(this.#redis, scripts.presenceReport, this.#names(server), args)) === 1;
  }

  async #reap(server: string, isLast: "1" | ""): Promise<boolean> {
    const args = [server, String(REAP_MAX), isLast];
    return (await run(this.#redis, scripts.presenceReap, this.#names(server), args)) === 1;
  }

  async lastSeen({ person }: PersonAccess): Promise<number | undefined> {
    const seen = await answered(
      this.#redis.hGet(keys.presenceCounts(this.#kind), `${person}:seen`),
    );
    return seen === null ? undefined : Number(seen);
  }

  #names(server: string): readonly string[] {
    return [
      keys.presenceServers(this.#kind),
      keys.peopleAt(this.#kind, server),
      keys.presenceCounts(this.#kind),
      this.#kind,
    ];
  }
}
