/** Calls of bots on Redis: one sorted set by when they are due, written by the script that stores a message. */
import { isPosition } from "#protocol/position.ts";
import { isRoomId } from "#protocol/room.ts";
import type { Call, CallStore, ClaimedCall } from "#server/core/rooms/call-store.ts";
import type { CallTarget } from "#server/core/rooms/call-target.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readScopes } from "#server/redis/people/redis-bot-store.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";

const NAMES = [keys.callbacks, keys.callbackTries];

export class RedisCallStore implements CallStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async claim(_by: SystemAccess, count: number, leaseMs: number): Promise<readonly ClaimedCall[]> {
    const args = [String(count), String(leaseMs)];
    const found = texts(await run(this.#redis, scripts.callbackClaim, NAMES, args));
    const claimed: ClaimedCall[] = [];
    for (let i = 0; i + 1 < found.length; i += 2) {
      const [bot, room = "", message = ""] = (found[i] ?? "").split(" ");
      if (!isRoomId(room) || !isPosition(message)) continue;
      claimed.push({ bot: Number(bot), room, message, tries: Number(found[i + 1]) });
    }
    return claimed;
  }

  async done(_by: SystemAccess, call: Call): Promise<void> {
    await run(this.#redis, scripts.callbackSettle, NAMES, [member(call), ""]);
  }

  async again(_by: SystemAccess, call: Call, afterMs: number): Promise<void> {
    await run(this.#redis, scripts.callbackSettle, NAMES, [member(call), String(afterMs)]);
  }

  async target(_by: SystemAccess, bot: number): Promise<CallTarget | undefined> {
    const fields = ["callback", "callbackSecret", "scopes", "suspended"];
    const found = await answered(this.#redis.hmGet(keys.user(bot), fields));
    const [url, secret, scopes, suspended] = found;
    if (typeof url !== "string" || typeof secret !== "string") return undefined;
    if (typeof suspended === "string") return undefined;
    return { url, secret, scopes: readScopes(scopes) };
  }
}

const member = ({ bot, room, message }: Call): string => `${bot} ${room} ${message}`;
