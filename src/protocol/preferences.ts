/** Preferences: how somebody wants to be told of things, and what others may see of them. */
import type { RoomId } from "./room.ts";

/** `everything`: every message; `mentions`: what names one or calls everybody; `nothing`. */
export type NotifyLevel = "everything" | "mentions" | "nothing";

export const NOTIFY_LEVELS = [
  "everything",
  "mentions",
  "nothing",
] as const satisfies readonly NotifyLevel[];

/** What one wants to be told of a room. `PUT /api/rooms/:id/notify`, by who is in it. */
export interface RoomNotify {
  readonly level: NotifyLevel;
  /** Nothing at all until then, in seconds since 1970. */
  readonly mutedUntil?: number;
}

/** `GET /api/me/preferences`. */
export interface Preferences {
  /**
   * In chats of two: whether the other one sees how far one has read. Who switches it off sees
   * nothing of others either. Default: true.
   */
  readonly receipts: boolean;
  /** Whether others see when one is online, and when one was last. Default: true. */
  readonly visible: boolean;
  /** Do not disturb until then, in seconds since 1970. */
  readonly quietUntil?: number;
  /** Rooms of which one does not want to be told everything. */
  readonly rooms: Readonly<Record<RoomId, RoomNotify>>;
}

/** `PATCH /api/me/preferences`, answered with all of them. What is absent stays as it is. */
export interface PreferencesChange {
  readonly receipts?: boolean;
  readonly visible?: boolean;
  /** 0: disturb me again. */
  readonly quietUntil?: number;
}

/** Whether something said in a room is to be announced to somebody now. */
export function isAnnounced(
  { quietUntil = 0, rooms }: Preferences,
  room: RoomId,
  { isMeant, now }: { readonly isMeant: boolean; readonly now: number },
): boolean {
  const { level, mutedUntil = 0 } = rooms[room] ?? { level: "everything" };
  if (now < quietUntil || now < mutedUntil) return false;
  return level === "everything" || (level === "mentions" && isMeant);
}
