/** Events: what happened in a room, told in the room's one order. */
import type { Message } from "./message.ts";
import type { Position } from "./position.ts";
import type { RoomId } from "./room.ts";

/** A message was said. */
export interface MessageEvent {
  readonly type: "message";
  readonly room: RoomId;
  /** Place of this event in the room's order. */
  readonly id: Position;
  /** Place of the event before it: whoever holds `prev` has missed nothing. */
  readonly prev: Position;
  readonly data: Message;
}

/**
 * A message was edited or deleted, or got or lost a reaction or a pin: `data` is what it is now.
 * Applying it twice, or late, does no harm.
 */
export interface ChangeEvent {
  readonly type: "edit" | "delete" | "reaction" | "pin";
  readonly room: RoomId;
  readonly id: Position;
  readonly prev: Position;
  readonly data: Message;
}

/** Redis lost something that was already shown; reload the room from `id` on. */
export interface ForkEvent {
  readonly type: "fork";
  readonly room: RoomId;
  /** The newest event that is known to be in Redis. */
  readonly id: Position;
  readonly prev: Position;
  readonly data: null;
}

export type RoomEvent = MessageEvent | ChangeEvent | ForkEvent;
