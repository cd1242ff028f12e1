/** The log: a room's messages in their one order (port). */
import type { Call, Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";

export interface Draft {
  readonly from: number;
  readonly room: RoomId;
  readonly cid: string;
  readonly text: string;
  readonly replyTo?: Position | undefined;
  readonly mentions?: readonly number[] | undefined;
  readonly calls?: Call | undefined;
}

/** A change of an own message: its new text, or none to delete it, which moderators may do, too. */
export interface Change {
  readonly by: number;
  readonly room: RoomId;
  readonly message: Position;
  readonly text: string | undefined;
  /** Whom the new text names. */
  readonly mentions?: readonly number[];
  /** Of a deletion: who is in the room, and whether it is archived, does not matter. */
  readonly isByAdmin?: boolean;
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

/** Where a page is cut: the newest one, or the one before, after or around an event. */
export type Cursor =
  | { readonly at: "newest" }
  | { readonly at: "before" | "after" | "around"; readonly id: Position };

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
  append(draft: Draft): Promise<Appended>;
  /**
   * Replaces a message in place, and publishes, in one atomic step. A deletion wins over an edit
   * that races it.
   */
  change(change: Change): Promise<Changed>;
  /** A slice for a member; `undefined` if `user` is none. */
  page(room: RoomId, user: number, cursor: Cursor, limit: number): Promise<Slice | undefined>;
  missed(room: RoomId, user: number, since: Position, limit: number): Promise<Missed>;
  isMember(room: RoomId, user: number): Promise<boolean>;
  /** Id of the newest event, `START` for none. */
  head(room: RoomId): Promise<Position>;
  /**
   * What happened after `since`, for this server's own feed; fewer than `limit` only at the end of
   * the log. `lost` if the log no longer holds the event at `since` although it should.
   */
  after(room: RoomId, since: Position, limit: number): Promise<readonly Happening[] | "lost">;
}
