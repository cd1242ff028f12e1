/** Reading: how far one has read a room, and what that leaves unread. */
import type { Position } from "./position.ts";

/** One has read a room up to here; with `back`, what comes after is unread again. */
export interface ReadCommand {
  readonly room: string;
  readonly position: Position;
  readonly back?: true;
}

/** What is unread now. `read`, the answer to `PUT /api/rooms/:id/read`, and part of a `Room`. */
export interface ReadResult {
  readonly read: Position;
  /** Messages of others after it that are not deleted; 100 means 100 or more. */
  readonly unread: number;
  /** Of these, those that name one or call everybody. */
  readonly mentions: number;
}

/**
 * One has read a room up to here on another device; in a chat of two, `seen`: the other one has.
 */
export interface ReadNotice {
  readonly room: string;
  readonly position: Position;
}
