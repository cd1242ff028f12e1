/** What a person has said and marked, on Redis: picked out of the logs of all rooms they have been in. */
import type { Message } from "#protocol/message.ts";
import type { OwnReaction } from "#protocol/own.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import type { OwnStep, OwnStore } from "#server/core/people/own-store.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readStored } from "#server/redis/log/stored-message.ts";

/** Messages looked at in one step. */
const STEP = 200;

export class RedisOwnStore implements OwnStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async settings({ by: user }: OwnAccess) {
    const [blocks, preferences] = await answered(
      Promise.all([
        this.#redis.zRange(keys.userBlocks(user), 0, -1),
        this.#redis.hGetAll(keys.preferences(user)),
      ]),
    );
    return { blocks: blocks.map(Number), preferences };
  }

  async rooms({ by: user }: OwnAccess): Promise<readonly RoomId[]> {
    const rooms = await answered(this.#redis.sUnion([keys.userRooms(user), keys.userLeft(user)]));
    return rooms.filter(isRoomId).toSorted();
  }

  async read({ by: user, room }: RoomAccess): Promise<Position | undefined> {
    return (await answered(this.#redis.hGet(keys.roomReads(room), String(user)))) ?? undefined;
  }

  async step({ by: user, room }: RoomAccess, after: Position): Promise<OwnStep> {
    const found = await answered(
      this.#redis.zRangeWithScores(keys.room(room), `(${after}`, "+inf", {
        BY: "SCORE",
        LIMIT: { offset: 0, count: STEP },
      }),
    );
    const read = found.map(({ value, score }) => readStored(value, String(score), room));
    const messages = read.filter((message) => message !== undefined);
    const last = found.at(-1);
    return {
      messages: messages.filter(({ from }) => from === user).map(bare),
      reactions: messages.flatMap((message) => reactionsOf(user, message)),
      ...(last !== undefined && found.length === STEP && { next: String(last.score) }),
    };
  }
}

/** Without what others did to it. */
function bare(message: Message): Message {
  const { reactions: _, pinned: __, marked: ___, ...own } = message;
  return own;
}

function reactionsOf(user: number, { id, roomId: room, reactions }: Message): OwnReaction[] {
  return Object.entries(reactions ?? {}).flatMap(([emoji, ids]) =>
    ids.includes(user) ? [{ room, id, emoji }] : [],
  );
}
