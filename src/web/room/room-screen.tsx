/** The room that is shown, with what the list knows of it. */
import type { Room as RoomInfo, RoomId } from "#protocol/room.ts";
import type { Position } from "#protocol/position.ts";
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { callableIn, offersIn } from "#web/chat/offers.ts";
import { addressOf } from "#web/chat/place.ts";
import { beginWordsOf, emptyWordsOf, peopleCount, titleOf } from "#web/chat/room-title.ts";
import { wordsOf } from "#web/chat/task.ts";
import { lastHereWords } from "#web/chat/moments.ts";
import { Icon } from "#web/widgets/icon.tsx";
import type { Draft } from "./composer/draft.ts";
import { RoomPage } from "./room-page.tsx";
import { silenceIn, useEndOf } from "./silence.tsx";
import { MessageActions } from "./timeline/actions/message-actions.ts";
import { countOf } from "#web/widgets/unread-badge.tsx";

export interface RoomScreenProps {
  readonly chat: Chat;
  readonly id: RoomId;
  readonly cup: ComponentChildren;
  readonly draft: Draft;
}

export function RoomScreen({ chat, id, cup, draft }: RoomScreenProps) {
  const room = chat.room(id);
  useMembers(chat, room);
  useEndOf(room?.muted);
  const lastHere = useLastHere(chat, room);
  const actions = useMemo(() => actionsIn(chat, id), [chat, id]);
  const message = chat.place.message.value;
  useEffect(() => {
    if (message === undefined) return;
    actions.goal.value = message;
    chat.place.arrived();
  }, [message]);
  if (room === undefined && id !== GENERAL) {
    return chat.isLoaded.value ? <Missing chat={chat} /> : <main class="sheet" aria-busy="true" />;
  }
  const shown = room ?? { kind: "general", name: GENERAL_NAME, people: [] };
  const choosePerson = (person: number) => {
    const people = person === chat.me.id ? [] : [person];
    chat.talkTo(people).catch((error: unknown) => (chat.notice.value = wordsOf(error)));
  };
  return (
    <RoomPage
      key={id}
      id={id}
      name={titleOf(shown)}
      topic={room?.topic ?? ""}
      people={room === undefined ? "" : peopleWordsOf(chat, room, lastHere)}
      cup={cup}
      klatch={chat.klatch}
      me={chat.me}
      draft={draft}
      emptyWords={emptyWordsOf(shown)}
      beginWords={beginWordsOf(shown)}
      silence={room && silenceIn(chat, room)}
      choosePerson={choosePerson}
      actions={actions}
      readState={room}
      unread={room === undefined || room.unread === 0 ? "" : countOf(room.unread)}
      tellRead={(position) => chat.directory.read(id, position)}
      hasUnread={chat.rooms.value.some((one) => one.id !== id && one.unread > 0)}
      seen={room?.seen}
      typing={chat.typingIn(id).flatMap((person) => chat.nameOf(person) ?? [])}
      callable={callableIn(chat, room)}
      findOffers={(beginning) => offersIn(chat, chat.room(id), beginning)}
      onTyping={() => chat.typing.type(id)}
      toList={() => chat.place.toList()}
      showNotify={() => (chat.panel.value = { kind: "notify", room: id })}
      isQuiet={chat.isQuiet(id)}
      showPeople={() => (chat.panel.value = { kind: "members", room: id })}
    />
  );
}

/** What one may do with the messages of a room, and how it is done. */
function actionsIn(chat: Chat, id: RoomId): MessageActions {
  const room = () => chat.room(id);
  const isModerator = () => room()?.role === "moderator" && room()?.kind !== "private";
  return new MessageActions({
    me: chat.me.id,
    maySay: () => {
      const here = room();
      return here === undefined || silenceIn(chat, here) === undefined;
    },
    mayReact: () => {
      const here = room();
      // Where only moderators write, the others may still react.
      return here === undefined || silenceIn(chat, { ...here, posting: "everyone" }) === undefined;
    },
    mayPin: () => isModerator() || room()?.kind === "private",
    mayDeleteOthers: isModerator,
    unread: async (message) => {
      const { entries } = chat.klatch.room(id);
      const at = entries.findIndex((entry) => entry.id === message);
      await chat.directory.unread(id, entries[at - 1]?.id ?? justBefore(message));
      chat.notice.value = "Unread from there on, when you come back.";
    },
    react: (message, emoji, isThere) => chat.directory.react(id, message, emoji, isThere),
    pin: (message, isPinned) => chat.directory.pin(id, message, isPinned),
    askDelete: (entry) => (chat.panel.value = { kind: "delete-message", room: id, entry }),
    askReport: (entry) => (chat.panel.value = { kind: "report", room: id, entry }),
    isBlocked: (person) => chat.isBlocked(person),
    askReact: (entry) => (chat.panel.value = { kind: "react", room: id, entry }),
    addressOf: (message) => location.origin + addressOf(id, message),
    say: (words) => (chat.notice.value = words),
    sayTrouble: (error) => (chat.notice.value = wordsOf(error)),
  });
}

/** The last place before it. */
function justBefore(id: Position): Position {
  const [seconds = "0", micros = "0"] = id.split(".");
  if (Number(micros) > 0) return `${seconds}.${String(Number(micros) - 1).padStart(6, "0")}`;
  return `${Number(seconds) - 1}.999999`;
}

/** Who said the last thing, if the list of people does not know them yet: it is told of nobody. */
function newcomerIn(chat: Chat, room: RoomInfo | undefined): number | undefined {
  const author = room?.last?.from;
  const members = room && chat.membersOf(room.id);
  return members?.some(({ id }) => id === author) === false ? author : undefined;
}

/** Who is in the room, for the number of those online; in General that is everyone who is. */
function useMembers(chat: Chat, room: RoomInfo | undefined): void {
  const newcomer = newcomerIn(chat, room);
  useEffect(() => {
    if (room === undefined || room.kind === "general" || room.kind === "private") return;
    // The number is left out then; the list of people says what is wrong.
    chat.loadMembers(room.id).catch(() => undefined);
  }, [room?.id, room?.members, room?.role, newcomer]);
}

function peopleWordsOf(chat: Chat, room: RoomInfo, lastHere: string): string {
  const [person, ...more] = room.people;
  if (room.kind === "private") {
    if (person === undefined) return "Only you";
    if (more.length === 0) return presenceWordsOf(chat, person.id, lastHere);
  }
  const online = onlineIn(chat, room);
  const people = peopleCount(chat.membersOf(room.id)?.length ?? chat.countOf(room));
  return online === undefined ? people : `${people} · ${online} online`;
}

function presenceWordsOf(chat: Chat, person: number, lastHere: string): string {
  if (!chat.isOnline(person)) return lastHere || "Not here now";
  return chat.isAway(person) ? "Away" : "Online";
}

/** When the other one of a chat of two was last here, in words; empty if it is not to be said. */
function useLastHere(chat: Chat, room: RoomInfo | undefined): string {
  const words = useSignal("");
  const [other, ...more] = room?.kind === "private" ? room.people : [];
  const isOnline = other !== undefined && chat.isOnline(other.id);
  useEffect(() => {
    words.value = "";
    if (other === undefined || more.length > 0 || isOnline) return;
    let isOver = false;
    const look = async () => {
      const { seen } = await chat.directory.presenceOf(other.id);
      if (!isOver && seen !== undefined) words.value = lastHereWords(seen);
    };
    // Without it nothing is said of it.
    look().catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [other?.id, isOnline]);
  return words.value;
}

function onlineIn(chat: Chat, room: RoomInfo): number | undefined {
  const online = chat.onlineIds.value;
  if (online.size === 0) return undefined;
  if (room.kind === "general") return online.size;
  const members = room.kind === "private" ? [chat.me, ...room.people] : chat.membersOf(room.id);
  return members?.filter(({ id }) => online.has(id)).length;
}

/** For an address of a room that is not there, or not ours: the answer is the same. */
function Missing({ chat }: { readonly chat: Chat }) {
  useEffect(() => {
    document.title = "Klatch";
  }, []);
  return (
    <main class="sheet sheet-missing">
      <button type="button" class="icon-button back-button" onClick={() => chat.place.toList()}>
        <Icon name="back" />
        <span class="visually-hidden">All rooms</span>
      </button>
      <div class="quiet">
        <h1 class="quiet-headline">This room is not open to you.</h1>
        <p>It may be gone, or somebody who is in it has to bring you in.</p>
        <button
          type="button"
          class="button-small"
          onClick={() => (chat.panel.value = { kind: "open-rooms" })}
        >
          Find open rooms
        </button>
      </div>
    </main>
  );
}
