/** Blocks on Redis: whom each person blocks, who blocks them, and in which chats of two. */
import { LIMITS } from "#protocol/limits.ts";
import type { BlockStore, StoredBlock } from "#server/core/people/block-store.ts";
import type { OwnAccess, PersonAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

export class RedisBlockStore implements BlockStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async block({ by, person }: PersonAccess): Promise<"done" | "not-found" | "too-many"> {
    const outcome = await this.#run(by, person, "on");
    return outcome === "done" || outcome === "too-many" ? outcome : "not-found";
  }

  async unblock({ by, person }: PersonAccess): Promise<void> {
    await this.#run(by, person, "off");
  }

  async blocks({ by }: OwnAccess): Promise<readonly StoredBlock[]> {
    const found = await answered(
      this.#redis.zRangeWithScores(keys.userBlocks(by), 0, -1, { REV: true }),
    );
    return found.map(({ value, score }) => ({ user: Number(value), since: score }));
  }

  async unheardBy({ by: user, room }: RoomAccess): Promise<ReadonlySet<number> | "everyone"> {
    const names = [keys.roomMembers(room), keys.roomMutes(room), keys.roomBlocks(room)];
    const [mayTalk, blockers] = await Promise.all([
      run(this.#redis, scripts.maySpeak, names, [String(user)]),
      answered(this.#redis.sMembers(keys.userBlockers(user))),
    ]);
    return mayTalk === 1 ? new Set(blockers.map(Number)) : "everyone";
  }

  #run(by: number, user: number, state: "on" | "off") {
    const chat = by < user ? `${by}:${user}` : `${user}:${by}`;
    const names = [
      keys.userBlocks(by),
      keys.userBlockers(user),
      keys.roomBlocks(chat),
      keys.user(user),
    ];
    const args = [String(by), String(user), state, String(LIMITS.blocksMax)];
    return run(this.#redis, scripts.block, names, args);
  }
}
