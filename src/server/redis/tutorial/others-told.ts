/** What servers of other kinds are told of a message, by the script that stores it. */
import { GENERAL } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import { writeEnvelope } from "#server/core/bridge/envelope.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

/** The two people of a chat of two, by its id; `undefined` for any other room, and for a note pad. */
export function pairOf(room: RoomId): readonly [string, string] | undefined {
  const { one, two } = /^(?<one>\d+):(?<two>\d+)$/u.exec(room)?.groups ?? {};
  return one === undefined || two === undefined || one === two ? undefined : [one, two];
}

/** Chats remembered. */
const SEEN_MAX = 100_000;

/**
 * Only of the rooms the tutorial knows, General and chats of two: its servers tell everybody what
 * they hear, and nothing of a closed room is for everybody.
 */
export class OthersTold {
  readonly #redis: Redis;
  readonly #serverId: string;
  /** Chats in which something was said: others know them. */
  readonly #seen = new Set<RoomId>();

  /** @param serverId as this server is called on `MESSAGES` */
  constructor(redis: Redis, serverId: string) {
    this.#redis = redis;
    this.#serverId = serverId;
  }

  /**
   * For `append.lua`: this server's id, or nothing if nobody is told; and the event that shows a
   * chat nobody saw before, or nothing.
   */
  async of(room: RoomId): Promise<readonly [serverId: string, chat: string]> {
    if (room === GENERAL || this.#seen.has(room)) return [this.#serverId, ""];
    const pair = pairOf(room);
    if (pair === undefined) return ["", ""];
    const [unseen, ...names] = await answered(
      Promise.all([
        this.#redis.hGet(keys.roomMeta(room), "unseen"),
        ...pair.map((user) => this.#redis.hGet(keys.user(user), "username")),
      ]),
    );
    if (unseen === null) {
      if (this.#seen.size >= SEEN_MAX) this.#seen.clear();
      this.#seen.add(room);
      return [this.#serverId, ""];
    }
    const chat = { id: room, names: names.map((name) => [name]) };
    return [this.#serverId, writeEnvelope(this.#serverId, "show.room", chat)];
  }
}
