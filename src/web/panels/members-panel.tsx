/** Who is in a room: roles, bringing in, muting, taking out, banning, leaving. */
import type { Member, Room as RoomInfo, RoomId } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { peopleCount, titleOf } from "#web/chat/room-title.ts";
import { useTask } from "#web/chat/task.ts";
import type { Task } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { BotsHere, isPerson } from "./people/bots-here.tsx";
import { MemberRow } from "./member-row.tsx";
import { BanByName } from "./people/ban-by-name.tsx";
import { usePeopleOf } from "./people/use-people-of.ts";
import { HinderedList } from "./people/hindered.tsx";
import { PersonPicker } from "#web/widgets/person-picker.tsx";
import { Icon } from "#web/widgets/icon.tsx";

export interface RoomPanelProps {
  readonly chat: Chat;
  readonly id: RoomId;
  readonly onClose: () => void;
}

export function MembersPanel({ chat, id, onClose }: RoomPanelProps) {
  const task = useTask();
  const room = chat.room(id);
  const members = chat.membersOf(id);
  const count = useRef<HTMLHeadingElement>(null);
  const isMade = room?.kind === "open" || room?.kind === "closed";
  const moderates = room?.role === "moderator" && room.kind !== "private";
  const governs = isMade && moderates;
  const { bans, load } = usePeopleOf(chat, id, governs);
  // Also whenever the room says of itself that its people are others.
  useEffect(() => task.run(load), [id, room?.members, room?.role]);
  useEffect(() => {
    // Whom one was at is gone from the list.
    if (document.activeElement === document.body) count.current?.focus();
  }, [members, bans.value]);
  if (room === undefined) return null;
  const act = (step: () => Promise<unknown>) => task.run(() => step().then(load));
  return (
    <Dialog title={titleOf(room)} shape="drawer" onClose={onClose}>
      <About room={room} />
      {moderates && <Settings chat={chat} id={id} />}
      {moderates && <Invite chat={chat} room={room} members={members} act={act} />}
      <h3 class="drawer-count" ref={count} tabIndex={-1}>
        {peopleCount(members?.filter(isPerson).length ?? room.members)}
      </h3>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="members" role="list" aria-busy={members === undefined}>
        {members?.filter(isPerson).map((member) => (
          <MemberRow
            key={member.id}
            chat={chat}
            member={member}
            room={room}
            governs={governs}
            act={act}
          />
        ))}
      </ul>
      <BotsHere chat={chat} room={room} members={members} governs={governs} act={act} />
      {moderates && (
        <HinderedList chat={chat} room={room} members={members} bans={bans.value} act={act} />
      )}
      {governs && (
        <BanByName chat={chat} room={room} members={members} bans={bans.value} act={act} />
      )}
      {room.kind !== "general" && <Leave chat={chat} room={room} task={task} onClose={onClose} />}
    </Dialog>
  );
}

function About({ room: { kind, topic } }: { readonly room: RoomInfo }) {
  return (
    <p class="drawer-about">
      {ABOUT[kind]}
      {topic !== "" && (
        <span class="drawer-topic" dir="auto">
          {topic}
        </span>
      )}
    </p>
  );
}

const ABOUT: Readonly<Record<RoomInfo["kind"], string>> = {
  general: "Everyone on this server is here.",
  open: "An open room: anyone here may join.",
  closed: "A closed room: only for people who were brought in.",
  private: "A private chat: nobody else can read it.",
};

function Settings({ chat, id }: { readonly chat: Chat; readonly id: RoomId }) {
  return (
    <div class="drawer-ways">
      <button
        type="button"
        class="button-quiet"
        onClick={() => (chat.panel.value = { kind: "settings", room: id })}
      >
        <Icon name="settings" /> Room settings
      </button>
      <button
        type="button"
        class="button-quiet"
        onClick={() => (chat.panel.value = { kind: "webhooks", room: id })}
      >
        <Icon name="hook" /> Webhooks
      </button>
    </div>
  );
}

interface InviteProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly members: readonly Member[] | undefined;
  readonly act: (step: () => Promise<unknown>) => void;
}

function Invite({ chat, room, members, act }: InviteProps) {
  return (
    <PersonPicker
      chat={chat}
      // Everybody is in General already; programs are not.
      label={room.kind === "general" ? "Bring a bot in" : "Bring somebody in"}
      verb="Bring in"
      without={new Set(members?.map(({ id }) => id))}
      choose={(person) => act(() => chat.directory.setMember(room.id, person.id))}
      offersAll={false}
    />
  );
}

interface LeaveProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly task: Task;
  readonly onClose: () => void;
}

function Leave({ chat, room, task, onClose }: LeaveProps) {
  const isAsked = useSignal(false);
  const { id, kind } = room;
  const leave = () =>
    task.run(async () => {
      await chat.directory.leave(id, chat.me.id);
      onClose();
      if (chat.place.room.peek() === id) chat.place.forget();
    });
  if (!isAsked.value) {
    return (
      <button type="button" class="button-quiet danger" onClick={() => (isAsked.value = true)}>
        <Icon name="leave" /> {kind === "private" ? "Put this chat away" : "Leave the room"}
      </button>
    );
  }
  return (
    <fieldset class="confirm">
      <legend class="visually-hidden">Are you sure?</legend>
      <p>{LEAVING[kind]}</p>
      <button type="button" class="button-small danger" onClick={leave}>
        {kind === "private" ? "Put away" : "Leave"}
      </button>
      <button type="button" class="button-quiet" onClick={() => (isAsked.value = false)}>
        Stay
      </button>
    </fieldset>
  );
}

const LEAVING: Readonly<Record<RoomInfo["kind"], string>> = {
  general: "",
  open: "You can join again whenever you like.",
  closed: "To come back, somebody has to bring you in.",
  private: "It goes from your list. In a chat of two it returns with the next message.",
};
