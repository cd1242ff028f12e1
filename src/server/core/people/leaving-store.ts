/** Leaving for good, as it is kept (port): the account goes at once, what lies about is cleared up step by step. */
import type { Farewell } from "#protocol/own.ts";
import type { RoomId } from "#protocol/room.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";

export interface Goodbye {
  /** The hash that the password was compared with. */
  readonly passwordHash: string;
  readonly canonical: string;
  readonly messages: Farewell["messages"];
}

/** Somebody who has left, and whose things this server clears up. */
export interface Left {
  readonly user: number;
  readonly messages: Farewell["messages"];
}

export interface LeavingStore {
  /**
   * Deletes an account in one step: nobody can sign in as it, all its sessions end on every server,
   * its name is free, and what remains to be done is written down. `raced`: the password is another by
   * now.
   */
  leave(by: OwnAccess, goodbye: Goodbye): Promise<"done" | "raced" | "last-owner">;
  /** Somebody whose things nobody clears up, or nobody any more; this server does for a while now. */
  claim(by: SystemAccess): Promise<Left | undefined>;
  /** All rooms they are or have been in. */
  rooms(by: SystemAccess, user: number): Promise<readonly RoomId[]>;
  /** Takes them out of a room; safe to repeat. */
  leaveRoom(by: SystemAccess, user: number, room: RoomId): Promise<void>;
  /**
   * Deletes some of what they said in a room, from the beginning on; `true` if there may be more.
   * Throws if another server has taken over.
   */
  erase(by: SystemAccess, user: number, room: RoomId): Promise<boolean>;
  /** Nothing is left of them. */
  finish(by: SystemAccess, user: number): Promise<void>;
}
