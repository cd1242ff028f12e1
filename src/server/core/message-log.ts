/** The log: a room's messages in their one order (port). */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";

export interface Draft {
  readonly from: number;
  readonly room: RoomId;
  readonly cid: string;
  readonly text: string;
}

export type Appended =
  /** Stored now, or, when this cid was stored before with the same text, then. */
  | { readonly kind: "stored"; readonly id: Position }
  | { readonly kind: "not-member" }
  | { readonly kind: "cid-reused" };

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
  | { readonly kind: "recovered"; readonly messages: readonly Message[]; readonly head: Position }
  | { readonly kind: "gone"; readonly head: Position }
  | { readonly kind: "fork"; readonly head: Position }
  | { readonly kind: "not-member" };

/** Every read checks membership in the same atomic step, so a removed member's running page ends there. */
export interface MessageLog {
  /** Stores and publishes in one atomic step: nobody hears what is not stored. */
  append(draft: Draft): Promise<Appended>;
  /** A slice for a member; `undefined` if `user` is none. */
  page(room: RoomId, user: number, cursor: Cursor, limit: number): Promise<Slice | undefined>;
  missed(room: RoomId, user: number, since: Position, limit: number): Promise<Missed>;
  isMember(room: RoomId, user: number): Promise<boolean>;
  /** Id of the newest event, `START` for none. */
  head(room: RoomId): Promise<Position>;
  /** Messages after `since` for this server's own feed; fewer than `limit` only at the end of the log. */
  after(room: RoomId, since: Position, limit: number): Promise<readonly Message[]>;
}
