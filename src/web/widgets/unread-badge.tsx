/** How much of a room is unread, and whether any of it means oneself. */
import { LIMITS } from "#protocol/limits.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";

export function UnreadBadge({ room }: { readonly room: Pick<RoomInfo, "unread" | "mentions"> }) {
  const { unread, mentions } = room;
  if (unread === 0) return null;
  return (
    <span class="unread-badge" data-mentioned={mentions > 0}>
      <span aria-hidden="true">
        {mentions > 0 && "@ "}
        {countOf(unread)}
      </span>
      <span class="visually-hidden">
        New messages: {countOf(unread)}
        {mentions > 0 && `, of these for you: ${countOf(mentions)}`}
      </span>
    </span>
  );
}

/** What is counted ends before it gets meaningless. */
export function countOf(count: number): string {
  return count >= LIMITS.unreadMax ? `${LIMITS.unreadMax - 1}+` : String(count);
}
