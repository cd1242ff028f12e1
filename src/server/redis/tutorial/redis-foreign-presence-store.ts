/** The tutorial's `online_users`, beside the leases of the servers that say who is there. */
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { ForeignPresenceStore } from "#server/core/bridge/foreign-presence-store.ts";
import { FOREIGN } from "#server/core/bridge/foreign-presence-store.ts";
import { userOf } from "#server/core/bridge/envelope.ts";
import { LEASE_MS } from "#server/core/people/presence-store.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import { MESSAGES } from "./messages-channel.ts";

/** People put online by others that are looked up in one go. */
const STEP = 500;

export class RedisForeignPresenceStore implements ForeignPresenceStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async servers(_by: SystemAccess): Promise<readonly string[]> {
    const all = await answered(this.#redis.zRange(keys.presenceServers(keys.onlineUsers), 0, -1));
    return all.filter((name) => name.startsWith(FOREIGN));
  }

  async unclaimed(_by: SystemAccess): Promise<readonly number[]> {
    const ids = (await answered(this.#redis.sMembers(keys.onlineUsers))).filter(
      (id) => userOf(id) !== undefined,
    );
    const found: number[] = [];
    for (let at = 0; at < ids.length; at += STEP) {
      const step = ids.slice(at, at + STEP);
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two steps
      const counts = await answered(this.#redis.hmGet(keys.presenceCounts(keys.onlineUsers), step));
      found.push(...step.filter((_, i) => typeof counts[i] !== "string").map(Number));
    }
    return found;
  }

  async takenOut(_by: SystemAccess, server: string): Promise<readonly number[]> {
    const names = [keys.peopleAt(keys.onlineUsers, server), keys.onlineUsers];
    return (await answered(this.#redis.sDiff(names))).map(Number);
  }

  async mend(_by: SystemAccess, server: string): Promise<void> {
    const names = [keys.peopleAt(keys.onlineUsers, server), keys.onlineUsers];
    await run(this.#redis, scripts.presenceMend, names, []);
  }

  async beat(_by: SystemAccess, server: string): Promise<number> {
    const now = Date.now();
    const [, , klatches, listeners] = await answered(
      this.#redis
        .multi()
        .zAdd(keys.bridges, { score: now + LEASE_MS, value: server })
        .zRemRangeByScore(keys.bridges, "-inf", now)
        .zCard(keys.bridges)
        .pubSubNumSub(MESSAGES)
        .execTyped(),
    );
    return Math.max(0, (listeners[MESSAGES] ?? 0) - klatches);
  }

  async tell(
    _by: SystemAccess,
    user: number,
    how: "on" | "off" | "again",
    event: string,
  ): Promise<void> {
    await run(this.#redis, scripts.presenceTell, [keys.toldOnline], [String(user), how, event]);
  }

  async toldGone(_by: SystemAccess): Promise<readonly number[]> {
    const gone = await answered(this.#redis.sDiff([keys.toldOnline, keys.onlineUsers]));
    return gone.map(Number);
  }
}
