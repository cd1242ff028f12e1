/** The log by rank, on Redis: the tutorial's `ZREVRANGE`, for members. */
import type { Message } from "#protocol/message.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { RankedLog } from "#server/core/delivery/ranked-log.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readStored } from "#server/redis/log/stored-message.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";

export class RedisRankedLog implements RankedLog {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async ranked(
    { room, by }: RoomAccess,
    offset: number,
    count: number,
  ): Promise<readonly Message[] | undefined> {
    const names = [keys.room(room), keys.roomMembers(room)];
    const ranks = [String(offset), String(offset + count - 1)];
    const reply = texts(await run(this.#redis, scripts.ranked, names, [String(by), ...ranks]));
    const [kind, ...pairs] = reply;
    if (kind !== "page") return undefined;
    const messages: Message[] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      // What cannot be read as a message has a rank all the same; the page is then shorter.
      const message = readStored(pairs[i] ?? "", pairs[i + 1] ?? "", room);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }
}
