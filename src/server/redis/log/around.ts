/** A message and those next to it, read for an admin whom it was reported to, whoever is in the room. */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readStored } from "./stored-message.ts";

/** Up to `count` before it and after it, oldest first; nothing if the room is no more. */
export async function readAround(
  redis: Redis,
  room: RoomId,
  id: Position,
  count: number,
): Promise<readonly Message[]> {
  const log = keys.room(room);
  const limit = { BY: "SCORE" as const, LIMIT: { offset: 0, count } };
  const [before, at, after] = await answered(
    Promise.all([
      redis.zRangeWithScores(log, `(${id}`, "-inf", { ...limit, REV: true }),
      redis.zRangeWithScores(log, id, id, limit),
      redis.zRangeWithScores(log, `(${id}`, "+inf", limit),
    ]),
  );
  return [...before.toReversed(), ...at, ...after].flatMap(({ value, score }) => {
    const message = readStored(value, String(score), room);
    return message === undefined ? [] : [message];
  });
}

/** One message as it lies in the log. */
export async function readOne(
  redis: Redis,
  room: RoomId,
  id: Position,
): Promise<{ readonly member: string; readonly message: Message } | undefined> {
  const found = await answered(redis.zRangeWithScores(keys.room(room), id, id, { BY: "SCORE" }));
  return found.flatMap(({ value, score }) => {
    const message = readStored(value, String(score), room);
    return message?.id === id ? [{ member: value, message }] : [];
  })[0];
}
