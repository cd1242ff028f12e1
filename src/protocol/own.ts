/** One's own things as a whole: taking a copy of them, and leaving. */
import type { Me } from "./api.ts";
import type { Message } from "./message.ts";
import type { Profile } from "./person.ts";
import type { Position } from "./position.ts";
import type { Room, RoomId } from "./room.ts";
import type { SessionEntry } from "./sessions.ts";

/** `DELETE /api/me`: answered 204, and the account is gone. The last owner cannot go. */
export interface Farewell {
  readonly password: string;
  /**
   * `keep`: what one said stays, as said by a deleted person. `remove`: it is deleted, message by
   * message, which may take a while.
   */
  readonly messages: "keep" | "remove";
}

/** `GET /api/me/export`: one JSON file, sent piece by piece. */
export interface Export {
  readonly profile: Profile;
  readonly role: Me["role"];
  /** When it was made, in seconds since 1970. */
  readonly exported: number;
  readonly sessions: readonly SessionEntry[];
  /** Those one is in, without what others said there. */
  readonly rooms: readonly Omit<Room, "last">[];
  /** Ids of the people one blocks. */
  readonly blocks: readonly number[];
  /** What one has set, as it is kept. */
  readonly preferences: Readonly<Record<string, string>>;
  /** How far one has read, by room. */
  readonly reads: Readonly<Record<RoomId, Position>>;
  /** What one said, also in rooms that one has left, room by room, oldest first. */
  readonly messages: readonly Message[];
  /** Reactions one gave, to one's own messages or others'. */
  readonly reactions: readonly OwnReaction[];
}

export interface OwnReaction {
  readonly room: RoomId;
  /** Of the message. */
  readonly id: Position;
  readonly emoji: string;
}
