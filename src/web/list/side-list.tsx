/** The list of rooms and private chats, with what is new in them and who is there. */
import type { Room as RoomInfo } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { addressOf } from "#web/chat/place.ts";
import { wordsOf } from "#web/chat/task.ts";
import { previewOf, titleOf } from "#web/chat/room-title.ts";
import { Icon } from "#web/widgets/icon.tsx";
import type { IconName } from "#web/widgets/icon.tsx";
import { RoomPicture } from "#web/widgets/room-picture.tsx";
import { UnreadBadge } from "#web/widgets/unread-badge.tsx";
import { briefTimeOf, isoTimeOf } from "#web/room/timeline/times.ts";

export interface SideListProps {
  readonly chat: Chat;
  readonly brand: ComponentChildren;
  readonly account: ComponentChildren;
  /** Whether it is all that the page shows. */
  readonly isAlone: boolean;
}

export function SideList({ chat, brand, account, isAlone }: SideListProps) {
  useEffect(() => {
    if (isAlone) document.title = "Klatch";
  }, [isAlone]);
  const Screen = isAlone ? "main" : "div";
  const rooms = chat.rooms.value;
  const general = rooms.find(({ id }) => id === GENERAL);
  const made = rooms.filter(({ id, kind }) => id !== GENERAL && kind !== "private");
  const chats = rooms.filter(({ kind }) => kind === "private");
  return (
    <Screen class="side">
      {isAlone && <h1 class="visually-hidden">Your rooms and chats</h1>}
      <header class="side-head">
        <div class="page-brand">{brand}</div>
        {account}
      </header>
      <button
        type="button"
        class="switch-button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => (chat.panel.value = { kind: "switcher" })}
      >
        <Icon name="search" />
        <span>Go to a room or person</span>
        <kbd aria-hidden="true">{isApple() ? "⌘" : "Ctrl "}K</kbd>
      </button>
      <nav class="side-rooms" aria-label="Rooms and chats">
        <SectionHead
          name="Rooms"
          actions={[
            ...(rooms.some(({ unread }) => unread > 0) ? [readAll(chat)] : []),
            ["search", "Find open rooms", () => (chat.panel.value = { kind: "open-rooms" })],
            ["plus", "Make a room", () => (chat.panel.value = { kind: "new-room" })],
          ]}
        />
        <ul>
          {general && <RoomLink chat={chat} room={general} />}
          {made.map((room) => (
            <RoomLink key={room.id} chat={chat} room={room} />
          ))}
        </ul>
        <SectionHead
          name="Private chats"
          actions={[["plus", "Start a chat", () => (chat.panel.value = { kind: "new-chat" })]]}
        />
        <ul>
          {chats.map((room) => (
            <RoomLink key={room.id} chat={chat} room={room} />
          ))}
        </ul>
        {chat.isLoaded.value && chats.length === 0 && (
          <p class="side-hint">Choose somebody’s name to talk in private.</p>
        )}
        <StrangersLink />
      </nav>
    </Screen>
  );
}

/** To a page of its own, which is told nothing of who one is here. */
function StrangersLink() {
  return (
    <a class="side-strangers" href="/strangers">
      <Icon name="strangers" />
      Talk to a stranger
    </a>
  );
}

type SectionAction = readonly [icon: IconName, words: string, act: () => void];

function readAll(chat: Chat): SectionAction {
  const read = () => {
    chat.directory.readAll().catch((error: unknown) => (chat.notice.value = wordsOf(error)));
  };
  return ["check", "Mark everything read", read];
}

interface SectionHeadProps {
  readonly name: string;
  readonly actions: readonly SectionAction[];
}

function SectionHead({ name, actions }: SectionHeadProps) {
  return (
    <div class="side-section">
      <h2>{name}</h2>
      {actions.map(([icon, words, act]) => (
        <button key={icon} type="button" class="icon-button" title={words} onClick={act}>
          <Icon name={icon} />
          <span class="visually-hidden">{words}</span>
        </button>
      ))}
    </div>
  );
}

function RoomLink({ chat, room }: { readonly chat: Chat; readonly room: RoomInfo }) {
  const { id, last } = room;
  const isHere = chat.current.value === id;
  const isUnread = room.unread > 0;
  const onClick = (event: MouseEvent) => {
    // With a modifier it is the browser's: another tab, another window.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    chat.go(id);
  };
  // In a chat of two the other one's name is above the line already.
  const about = {
    me: chat.me.id,
    nameOf: (user: number) => (room.people.length === 1 ? undefined : chat.nameOf(user)),
    isBlocked: (user: number) => chat.isBlocked(user),
  };
  return (
    <li>
      <a
        class="room-item"
        href={addressOf(id)}
        aria-current={isHere ? "page" : undefined}
        data-unread={isUnread}
        data-quiet={chat.isQuiet(id)}
        onClick={onClick}
      >
        <RoomPicture chat={chat} room={room} />
        <span class="room-item-name">
          <bdi>{titleOf(room)}</bdi>
          {room.archived && <span class="tag">Archived</span>}
        </span>
        {last && (
          <time class="room-item-time" dateTime={isoTimeOf(last.date)}>
            {briefTimeOf(last.date)}
          </time>
        )}
        <span class="room-item-last" dir="auto">
          {last ? previewOf(last, about) : room.topic}
        </span>
        <UnreadBadge room={room} />
      </a>
    </li>
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/u.test(navigator.userAgent);
}
