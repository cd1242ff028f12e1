/** What is unread in a room, moved along by what is heard. Pure; the server's counts are the truth. */
import { LIMITS } from "#protocol/limits.ts";
import type { RoomEvent } from "#protocol/events.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { ReadResult } from "#protocol/reading.ts";
import type { Message } from "#protocol/message.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";

/** The room after a message that was just said in it. */
export function countedWith(room: RoomInfo, message: Message, me: number): RoomInfo {
  const { from, id, mentions, calls } = message;
  // Saying something reads what is there.
  if (from === me) return { ...room, read: later(room.read, id), unread: 0, mentions: 0 };
  if (message.deleted !== undefined || comparePositions(id, room.read) <= 0) return room;
  const isMeant = calls !== undefined || mentions?.includes(me) === true;
  const unread = Math.min(LIMITS.unreadMax, room.unread + 1);
  return { ...room, unread, mentions: Math.min(unread, room.mentions + (isMeant ? 1 : 0)) };
}

/** The room after it was read up to a place; `undefined` if only the server knows what is left. */
export function readUpTo(room: RoomInfo, position: Position): RoomInfo | undefined {
  const { last } = room;
  if (last !== undefined && comparePositions(position, last.id) < 0) return undefined;
  return { ...room, read: position, unread: 0, mentions: 0 };
}

/** Whether an event may have changed what was counted before. */
export function mayRecount({ read }: RoomInfo, { type, data }: RoomEvent, me: number): boolean {
  if (type !== "delete" && type !== "edit") return false;
  return data.from !== me && comparePositions(data.id, read) > 0;
}

export function countsOf({ read, unread, mentions }: RoomInfo): ReadResult {
  return { read, unread, mentions };
}

/** The one that is further on. */
export function later(a: Position | undefined, b: Position): Position {
  return a !== undefined && comparePositions(a, b) > 0 ? a : b;
}
