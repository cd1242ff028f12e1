/** The log: a room's messages in their one order (port). */
import type { Call, Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { MessageAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";

import type { Cursor } from "./cursor.ts";

export interface Draft {
  readonly cid: string;
  readonly text: string;
  readonly replyTo?: Position | undefined;
  readonly mentions?: readonly number[] | undefined;
  readonly calls?: Call | undefined;
}

/** What becomes of a message: its new text, or none if it is deleted. */
export interface Change {
  readonly text: string | undefined;
  /** Whom the new text names. */
  readonly mentions?: readonly number[];
}

/** What keeps somebody who is in a room from saying something there. */
export type Hindered =
  /** By a moderator, until then in seconds since 1970; 0 for no end. */
  | { readonly kind: "muted"; readonly until: number }
  /** In a chat of two, one of whom blocks the other. */
  | { readonly kind: "blocked" };

export type Changed =
  | { readonly kind: "changed"; readonly id: Position }
  | { readonly kind: "archived" }
  | Hindered
  /** No member, no such message, not the author's, or deleted already: one answer for all. */
  | { readonly kind: "not-found" };

/** What happened: a message was said, or became what `data` is now. */
export interface Happening {
  readonly type: "message" | "edit" | "delete" | "reaction" | "pin";
  readonly id: Position;
  readonly data: Message;
}

export type Appended =
  /** Stored now, or, when this cid was stored before with the same text, then. */
  | { readonly kind: "stored"; readonly id: Position }
  | { readonly kind: "not-member" }
  | { readonly kind: "cid-reused" }
  | Hindered
  | { readonly kind: "archived" }
  /** There is no message at `replyTo`. */
  | { readonly kind: "nothing-to-answer" }
  /** Only moderators may say something there. */
  | { readonly kind: "read-only" };

export interface Slice {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Whether the room has older, and newer, messages than these. */
  readonly older: boolean;
  readonly newer: boolean;
}

/** What a member missed. `gone`: `since` is older than what is kept, or too many came after it. */
export type Missed =
  | {
      readonly kind: "recovered";
      readonly messages: readonly Message[];
      /** Older messages that changed meanwhile, as they are now. */
      readonly changes: readonly Message[];
      readonly head: Position;
    }
  | { readonly kind: "gone"; readonly head: Position }
  | { readonly kind: "fork"; readonly head: Position }
  | { readonly kind: "not-member" };

/**
 * Every read checks membership in the same atomic step, so a removed member's running page ends
 * there.
 */
export interface MessageLog {
  /** Stores and publishes in one atomic step: nobody hears what is not stored. */
  append(to: RoomAccess, draft: Draft): Promise<Appended>;
  /**
   * Replaces a message in place, and publishes, in one atomic step: its author's own; moderators,
   * and admins to whom it was reported, only delete. A deletion wins over an edit that races it; for
   * an admin's it does not matter whether the room is archived.
   */
  change(of: MessageAccess, change: Change): Promise<Changed>;
  /** A slice for a member; `undefined` for anyone else. */
  page(of: RoomAccess, cursor: Cursor, limit: number): Promise<Slice | undefined>;
  missed(of: RoomAccess, since: Position, limit: number): Promise<Missed>;
  isMember(of: RoomAccess): Promise<boolean>;
  /** Id of the newest event, `START` for none; says nothing of what it is. */
  head(of: RoomAccess | SystemRoomAccess): Promise<Position>;
  /**
   * What happened after `since`, for this server's own feed; fewer than `limit` only at the end of
   * the log. `lost` if the log no longer holds the event at `since` although it should.
   */
  after(
    of: SystemRoomAccess,
    since: Position,
    limit: number,
  ): Promise<readonly Happening[] | "lost">;
}
