/** What happened in a room after a position, messages and changes merged into their one order. */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Happening } from "#server/core/delivery/message-log.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { isSettled, readStored } from "./stored-message.ts";

interface Range {
  readonly since: Position;
  readonly head: Position;
  /** What has no id yet is no message. */
  readonly isBridged: boolean;
}

/**
 * Up to `limit`, fewer only at the end of the log, which is `range.head`, read before. Read in
 * steps, not at once: what happens meanwhile lies after the head, and would come with a hole before
 * it; a message that is changed meanwhile comes as it is then, and its change again, which does no
 * harm.
 */
export async function readHappenings(
  redis: Redis,
  room: RoomId,
  { since, head, isBridged }: Range,
  limit: number,
): Promise<readonly Happening[] | "lost"> {
  if (!(await isKnown(redis, room, since))) return "lost";
  const messages = await readMessages(redis, room, { since, head, isBridged }, limit);
  const changes = await readChanges(redis, room, since, limit);
  const settled = [...messages, ...changes].filter(({ id }) => comparePositions(id, head) <= 0);
  const merged = settled.sort((a, b) => comparePositions(a.id, b.id));
  return merged.slice(0, limit);
}

/** Whether the event at this position is in the log, or so old that it need not be. */
async function isKnown(redis: Redis, room: RoomId, position: Position): Promise<boolean> {
  if (position === START) return true;
  const [message, change, floor] = await answered(
    Promise.all([
      redis.zCount(keys.room(room), position, position),
      redis.zCount(keys.roomChanges(room), position, position),
      redis.hGet(keys.roomMeta(room), "floor"),
    ]),
  );
  if (message + change > 0) return true;
  return floor !== null && comparePositions(position, floor) <= 0;
}

function kindOf(kind: string): "edit" | "reaction" | "pin" {
  return kind === "reaction" || kind === "pin" ? kind : "edit";
}

async function readMessages(
  redis: Redis,
  room: RoomId,
  { since, isBridged }: Range,
  limit: number,
) {
  const found: Happening[] = [];
  let from = `(${since}`;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- because each page begins where the last one ended
    const members = await answered(
      redis.zRangeWithScores(keys.room(room), from, "+inf", {
        BY: "SCORE",
        LIMIT: { offset: 0, count: limit },
      }),
    );
    for (const { value, score } of members) {
      if (isBridged && !isSettled(value, score)) continue;
      const data = readStored(value, String(score), room);
      if (data !== undefined) found.push({ type: "message", id: data.id, data });
    }
    const last = members.at(-1);
    if (members.length < limit || last === undefined || found.length >= limit) return found;
    from = `(${last.score}`;
  }
}

async function readChanges(redis: Redis, room: RoomId, since: Position, limit: number) {
  const changes = await answered(
    redis.zRange(keys.roomChanges(room), `(${since}`, "+inf", {
      BY: "SCORE",
      LIMIT: { offset: 0, count: limit },
    }),
  );
  const found = await Promise.all(
    changes.map(async (change): Promise<Happening[]> => {
      const [id = "", message = "", kind = ""] = change.split(" ");
      const data = await readMessage(redis, room, message);
      if (data === undefined) return [];
      // It comes as it is now, whatever was done to it here.
      const type = data.deleted !== undefined ? "delete" : kindOf(kind);
      return [{ type, id, data }];
    }),
  );
  return found.flat();
}

async function readMessage(redis: Redis, room: RoomId, id: Position): Promise<Message | undefined> {
  const members = await answered(redis.zRangeWithScores(keys.room(room), id, id, { BY: "SCORE" }));
  return members
    .map(({ value, score }) => readStored(value, String(score), room))
    .find((message) => message?.id === id);
}
