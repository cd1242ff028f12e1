/** One person in a room, and what one may do about them. */
import type { Member, Room as RoomInfo } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { PersonPicture } from "#web/widgets/person-picture.tsx";

export interface MemberRowProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly member: Member;
  /** Whether one may give roles and take people out. */
  readonly governs: boolean;
  readonly act: (step: () => Promise<unknown>) => void;
}

export function MemberRow({ chat, room, member, governs, act }: MemberRowProps) {
  const isOpen = useSignal(false);
  const { id, username, role } = member;
  const isMe = id === chat.me.id;
  const { directory } = chat;
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
        {role === "moderator" && <span class="tag">Moderator</span>}
      </button>
      {isOpen.value && (
        <div class="member-actions">
          <button
            type="button"
            class="button-quiet"
            onClick={() => act(() => chat.talkTo(isMe ? [] : [id]))}
          >
            {isMe ? "Open my notes" : "Talk in private"}
          </button>
          {governs && <RoleButton {...{ chat, room, member, act }} />}
          {governs && !isMe && (
            <button
              type="button"
              class="button-quiet danger"
              onClick={() => act(() => directory.remove(room.id, id))}
            >
              Take out
            </button>
          )}
        </div>
      )}
    </li>
  );
}

function RoleButton({ chat, room, member, act }: Omit<MemberRowProps, "governs">) {
  const next = member.role === "moderator" ? "member" : "moderator";
  return (
    <button
      type="button"
      class="button-quiet"
      onClick={() => act(() => chat.directory.setMember(room.id, member.id, next))}
    >
      {next === "moderator" ? "Make moderator" : "No longer moderator"}
    </button>
  );
}
