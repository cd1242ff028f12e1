/** A room's sign: the other person in a chat of two, a drawing elsewhere. */
import type { Room as RoomInfo } from "#protocol/room.ts";
import type { Chat } from "#web/chat/chat.ts";
import { PersonPicture } from "./person-picture.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

export function RoomPicture({ chat, room }: { readonly chat: Chat; readonly room: RoomInfo }) {
  const [person, ...others] = room.people;
  if (room.kind === "private" && person !== undefined && others.length === 0) {
    return <PersonPicture chat={chat} person={person} />;
  }
  return (
    <span class="room-glyph" aria-hidden="true">
      <Icon name={glyphOf(room)} />
    </span>
  );
}

function glyphOf({ kind, people }: RoomInfo): IconName {
  if (kind === "general") return "home";
  if (kind === "open") return "hash";
  if (kind === "closed") return "lock";
  return people.length === 0 ? "note" : "people";
}
