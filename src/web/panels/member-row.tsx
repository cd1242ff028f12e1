/** One person in a room, and what one may do about them. */
import type { Member, Room as RoomInfo } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { PersonPicture } from "#web/widgets/person-picture.tsx";
import { MemberActions } from "./people/member-actions.tsx";
import { isMuted } from "./people/hindered.tsx";

export interface MemberRowProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly member: Member;
  /** Whether one may give roles, take people out and ban them. */
  readonly governs: boolean;
  readonly act: (step: () => Promise<unknown>) => void;
}

export function MemberRow({ chat, room, member, governs, act }: MemberRowProps) {
  const isOpen = useSignal(false);
  const { id, username, role, bot } = member;
  const isMe = id === chat.me.id;
  return (
    <li class="member">
      <button
        type="button"
        class="person-row"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <PersonPicture chat={chat} person={member} />
        <span class="member-name">
          <bdi>{username}</bdi>
          {isMe && " (you)"}
        </span>
        {bot === true && <span class="tag">Bot</span>}
        {chat.isBlocked(id) && <span class="tag">Blocked</span>}
        {isMuted(member) && <span class="tag">Muted</span>}
        {role === "moderator" && <span class="tag">Moderator</span>}
      </button>
      {isOpen.value && <MemberActions {...{ chat, room, member, governs, act }} />}
    </li>
  );
}
