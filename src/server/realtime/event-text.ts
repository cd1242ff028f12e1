/** Server-sent events as text: the frames of `text/event-stream`, and the cursor in their `id`. */
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isPosition } from "#protocol/position.ts";
import { isRoomId } from "#protocol/room.ts";

/** Where a reader is in each room of its stream. */
export type Positions = ReadonlyMap<RoomId, Position>;

/**
 * One frame. JSON has no line ends of its own, and those that only some readers take for one (NEL,
 * U+2028, U+2029) are escaped, so no text can begin a field.
 */
export function frame(event: string, data: unknown, id?: string): string {
  const json = JSON.stringify(data).replace(/[\u0085\u2028\u2029]/gu, escapeUnit);
  return `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${json}\n\n`;
}

/** A line that means nothing, so that proxies and readers see the stream is alive. */
export const HEARTBEAT = ":\n\n";

/** A cursor over one room is its position; over several, `room=position` pairs with commas. */
export function writeCursor(positions: Positions): string {
  const pairs = [...positions];
  const [only] = pairs;
  if (pairs.length === 1 && only !== undefined) return only[1];
  return pairs.map(([room, position]) => `${room}=${position}`).join(",");
}

/**
 * Reads a cursor for these rooms; a room it says nothing of begins anew. `undefined` if it is none.
 */
export function readCursor(cursor: string, rooms: readonly RoomId[]): Positions | undefined {
  const [only] = rooms;
  if (isPosition(cursor)) {
    return only === undefined || rooms.length > 1 ? undefined : new Map([[only, cursor]]);
  }
  const positions = new Map<RoomId, Position>();
  for (const pair of cursor.split(",")) {
    const [room = "", position = ""] = pair.split("=");
    if (!isRoomId(room) || !isPosition(position)) return undefined;
    if (rooms.includes(room)) positions.set(room, position);
  }
  return positions;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
