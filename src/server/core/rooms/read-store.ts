/**
 * How far each person has read each room (port): one position, from which everything else is
 * counted.
 */
import type { Position } from "#protocol/position.ts";
import type { MemberAccess, RoomAccess } from "#server/core/access/room-access.ts";

export interface Unread {
  /** Read up to here. */
  readonly read: Position;
  /** Messages of others after it, up to `LIMITS.unreadMax`. */
  readonly unread: number;
  /** Of these, those that name the person or call everybody. */
  readonly mentions: number;
}

export interface ReadStore {
  /**
   * Sets the position, on all devices of the person; back only with `mayGoBack`, else an earlier
   * one changes nothing. With `isTold` the other one of a chat of two hears of it. `ahead` if nothing
   * is there yet.
   */
  read(
    of: RoomAccess,
    position: Position,
    how: { readonly mayGoBack: boolean; readonly isTold: boolean },
  ): Promise<"read" | "ahead" | "not-member">;
  /** How far somebody has read. */
  position(of: MemberAccess): Promise<Position>;
  /** What is left, of all there is, or of what came up to a place. */
  unread(of: RoomAccess, upTo?: Position): Promise<Unread>;
}
