/** Read positions on Redis: one hash a room, and counts that are made when they are asked for. */
import { LIMITS } from "#protocol/limits.ts";
import type { Position } from "#protocol/position.ts";
import { START } from "#protocol/position.ts";
import type { ReadStore, Unread } from "#server/core/rooms/read-store.ts";
import { answered } from "#server/redis/connect.ts";
import type { MemberAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";

/** Messages looked at in one step of the script. */
const STEP = 120;

export class RedisReadStore implements ReadStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(
    { room, by: user }: RoomAccess,
    position: Position,
    { mayGoBack, isTold }: { readonly mayGoBack: boolean; readonly isTold: boolean },
  ): Promise<"read" | "ahead" | "not-member"> {
    const names = [
      keys.roomReads(room),
      keys.roomMembers(room),
      keys.room(room),
      keys.roomMeta(room),
    ];
    const blocks = isTold ? keys.roomBlocks(room) : "";
    const args = [String(user), room, position, mayGoBack ? "back" : "", blocks];
    const outcome = await run(this.#redis, scripts.read, names, args);
    return outcome === "read" || outcome === "ahead" ? outcome : "not-member";
  }

  async position({ room, person }: MemberAccess): Promise<Position> {
    return (await answered(this.#redis.hGet(keys.roomReads(room), String(person)))) ?? START;
  }

  async unread({ room, by: user }: RoomAccess, upTo?: Position): Promise<Unread> {
    const names = [keys.room(room), keys.roomReads(room)];
    const args = [
      ...[user, LIMITS.unreadMax, STEP].map(String),
      keys.userBlocks(user),
      upTo ?? "+inf",
      keys.user(user),
      keys.roomMeta(room),
    ];
    const [read = START, unread, mentions] = texts(
      await run(this.#redis, scripts.unread, names, args),
    );
    return { read, unread: Number(unread), mentions: Number(mentions) };
  }
}
