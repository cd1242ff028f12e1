/** Who may say nothing in a room, or may not come in: to moderators, who can lift it. */
import type { Ban, Member, Room as RoomInfo } from "#protocol/room.ts";
import type { Person } from "#protocol/person.ts";
import type { Chat } from "#web/chat/chat.ts";
import { isOver, endWords } from "#web/chat/moments.ts";
import { PersonPicture } from "#web/widgets/person-picture.tsx";

export interface HinderedListProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly members: readonly Member[] | undefined;
  readonly bans: readonly Ban[];
  readonly act: (step: () => Promise<unknown>) => void;
}

export function isMuted({ muted }: Member): boolean {
  return muted !== undefined && !isOver(muted.until);
}

export function HinderedList({ chat, room, members, bans, act }: HinderedListProps) {
  const muted = members?.filter(isMuted) ?? [];
  const banned = bans.filter(({ until }) => !isOver(until));
  if (muted.length === 0 && banned.length === 0) return null;
  const { moderation } = chat;
  return (
    <section class="drawer-end hindered" aria-labelledby="hindered-title">
      <h3 id="hindered-title" class="drawer-count">
        Muted or banned
      </h3>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="hindered-list" role="list">
        {muted.map((member) => (
          <Row
            key={`muted-${member.id}`}
            chat={chat}
            person={member}
            words={`Muted ${endWords(member.muted?.until)}`}
            verb="Unmute"
            lift={() => act(() => moderation.unmute(room.id, member.id))}
          />
        ))}
        {banned.map((ban) => (
          <Row
            key={`banned-${ban.id}`}
            chat={chat}
            person={ban}
            words={banWords(ban, chat.nameOf(ban.by))}
            verb="Lift the ban"
            lift={() => act(() => moderation.unban(room.id, ban.id))}
          />
        ))}
      </ul>
    </section>
  );
}

/** "Banned until it is lifted, by Ada: adverts". */
function banWords({ until, reason }: Ban, by = "a moderator"): string {
  return `Banned ${endWords(until)}, by ${by}${reason && `: ${reason}`}`;
}

interface RowProps {
  readonly chat: Chat;
  readonly person: Person;
  readonly words: string;
  readonly verb: string;
  readonly lift: () => void;
}

function Row({ chat, person, words, verb, lift }: RowProps) {
  return (
    <li class="hindered-row">
      <PersonPicture chat={chat} person={person} />
      <p class="hindered-words">
        <bdi class="hindered-name">{person.username}</bdi>
        <span dir="auto">{words}</span>
      </p>
      <button
        type="button"
        class="button-quiet"
        aria-label={`${verb}: ${person.username}`}
        onClick={lift}
      >
        {verb}
      </button>
    </li>
  );
}
