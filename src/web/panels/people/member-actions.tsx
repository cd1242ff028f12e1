/** What one may do about a person in a room. */
import type { Member, Mute } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { MemberRowProps } from "#web/panels/member-row.tsx";
import { BanForm } from "./ban-form.tsx";
import { BlockButton, BlockHint } from "./block-button.tsx";
import { isMuted } from "./hindered.tsx";
import { MuteChoice } from "./mute-choice.tsx";

export function MemberActions(props: MemberRowProps) {
  const { chat, room, member, governs, act } = props;
  const { id } = member;
  const isMe = id === chat.me.id;
  return (
    <div class="member-actions">
      <button
        type="button"
        class="button-quiet"
        onClick={() => act(() => chat.talkTo(isMe ? [] : [id]))}
      >
        {isMe ? "Open my notes" : "Talk in private"}
      </button>
      {!isMe && <BlockButton chat={chat} person={member} act={act} />}
      {governs && <RoleButton {...props} />}
      {room.role === "moderator" && room.kind !== "private" && !isMe && <Hindering {...props} />}
      {!isMe && <BlockHint chat={chat} person={member} />}
    </div>
  );
}

function RoleButton({ chat, room, member, act }: MemberRowProps) {
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

/** Muting, taking out, banning; General only bots are taken out of, and no moderator is muted. */
function Hindering(props: MemberRowProps) {
  const { chat, room, member, governs, act } = props;
  const { moderation, directory } = chat;
  const asked = useSignal<"mute" | "ban" | undefined>(undefined);
  const { id } = member;
  const toggle = (what: "mute" | "ban") => (asked.value = asked.peek() === what ? undefined : what);
  const mute = (how: Mute) => {
    asked.value = undefined;
    act(() => moderation.mute(room.id, id, how));
  };
  return (
    <>
      <MuteButton {...props} isAsked={asked.value === "mute"} toggle={() => toggle("mute")} />
      {(governs || member.bot === true) && (
        <button
          type="button"
          class="button-quiet danger"
          onClick={() => act(() => directory.remove(room.id, id))}
        >
          Take out
        </button>
      )}
      {governs && (
        <button
          type="button"
          class="button-quiet danger"
          aria-expanded={asked.value === "ban"}
          onClick={() => toggle("ban")}
        >
          Ban…
        </button>
      )}
      {asked.value === "mute" && mayBeMuted(member) && <MuteChoice person={member} choose={mute} />}
      {asked.value === "ban" && governs && (
        <BanForm person={member} ban={(ban) => act(() => moderation.ban(room.id, id, ban))} />
      )}
    </>
  );
}

function mayBeMuted(member: Member): boolean {
  return member.role === "member" && !isMuted(member);
}

interface MuteButtonProps extends MemberRowProps {
  readonly isAsked: boolean;
  readonly toggle: () => void;
}

function MuteButton({ chat, room, member, act, isAsked, toggle }: MuteButtonProps) {
  if (mayBeMuted(member)) {
    return (
      <button type="button" class="button-quiet" aria-expanded={isAsked} onClick={toggle}>
        Mute…
      </button>
    );
  }
  if (!isMuted(member)) return null;
  return (
    <button
      type="button"
      class="button-quiet"
      onClick={() => act(() => chat.moderation.unmute(room.id, member.id))}
    >
      Unmute
    </button>
  );
}
