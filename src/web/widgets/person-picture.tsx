/** A person's circle, with a dot for whoever is online. */
import type { Person } from "#protocol/person.ts";
import type { Chat } from "#web/chat/chat.ts";
import { Avatar } from "#web/widgets/avatar.tsx";

export function PersonPicture({ chat, person }: { readonly chat: Chat; readonly person: Person }) {
  const isOnline = chat.isOnline(person.id);
  const isAway = chat.isAway(person.id);
  return (
    <span class="person-picture">
      <Avatar person={person} />
      {isOnline && (
        <span class="presence-dot" data-away={isAway}>
          <span class="visually-hidden">{isAway ? "away" : "online"}</span>
        </span>
      )}
    </span>
  );
}
