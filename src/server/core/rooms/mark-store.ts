/**
 * Marks as they are kept (port): reactions and pins, in the messages themselves, in the room's one
 * order.
 */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { MessageAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { Hindered } from "#server/core/delivery/message-log.ts";

/** A reaction, or a pin, put to a message or taken from it. */
export interface Mark {
  /** An emoji, or none for the pin. */
  readonly emoji: string | undefined;
  readonly isOn: boolean;
}

export type Marked =
  | { readonly kind: "changed"; readonly id: Position }
  /** It is as it is to be; `id` is the place where it became so. */
  | { readonly kind: "unchanged"; readonly id: Position }
  | Hindered
  | { readonly kind: "archived" | "not-allowed" | "not-found" | "too-many" };

export interface MarkStore {
  /** Replaces a message by itself with, or without, a mark, and publishes, in one atomic step. */
  mark(of: MessageAccess, mark: Mark): Promise<Marked>;
  /** The pinned messages, newest first, for a member; `undefined` for anyone else. */
  pins(of: RoomAccess): Promise<readonly Message[] | undefined>;
}
