/** The page of whoever is signed in: the list of rooms, beside it or behind it a room. */
import type { Me } from "#protocol/api.ts";
import type { RoomId } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import type { Klatch } from "#sdk/index.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ReportsBadge } from "./admin/admin-item.tsx";
import { useAdmin } from "./admin/open-reports.ts";
import { Chat } from "./chat/chat.ts";
import type { Place } from "./chat/place.ts";
import { useRememberedBlocks } from "./chat/remembered-blocks.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { PanelHost } from "./panels/panel-host.tsx";
import { AccountItems } from "./account/account-items.tsx";
import { AccountMenu } from "./account/account-menu.tsx";
import { draftOf } from "./room/composer/draft.ts";
import type { Draft } from "./room/composer/draft.ts";
import { Icon } from "./widgets/icon.tsx";
import { RoomScreen } from "./room/room-screen.tsx";
import { SideList } from "./list/side-list.tsx";

export interface ChatPageProps {
  readonly brand: ComponentChildren;
  readonly cup: ComponentChildren;
  readonly klatch: Klatch;
  readonly me: Me;
  readonly memory: DeviceMemory;
  readonly place: Place;
  readonly signOut: () => Promise<void>;
}

export function ChatPage({ brand, cup, klatch, me, memory, place, signOut }: ChatPageProps) {
  const chat = useMemo(() => new Chat({ klatch, me, place }), [klatch]);
  useEffect(() => () => chat.close(), [chat]);
  useAdmin(chat);
  const forgetBlocks = useRememberedBlocks(chat, memory);
  const drafts = useMemo(() => new Drafts(memory, me.id), [memory, me.id]);
  const leave = async () => {
    const rooms = chat.rooms.peek().map(({ id }) => id);
    await signOut();
    // What one had begun to write, and where one was, is nobody's business on a shared device.
    drafts.forget([GENERAL, ...rooms]);
    forgetBlocks();
    place.forget();
  };
  const room = chat.current.value;
  const account = (
    <nav class="page-account" aria-label="Account">
      <AccountMenu
        me={chat.shownMe.value}
        signOut={leave}
        items={<AccountItems chat={chat} />}
        badge={<ReportsBadge chat={chat} />}
      />
    </nav>
  );
  return (
    <div class="page" data-at={place.room.value === undefined ? "list" : "room"}>
      {(room === GENERAL || chat.room(room) !== undefined) && (
        <a class="skip-link" href="#composer">
          Skip to writing
        </a>
      )}
      <SideList chat={chat} brand={brand} account={account} isAlone={room === undefined} />
      {room !== undefined && (
        <RoomScreen key={room} chat={chat} id={room} cup={cup} draft={drafts.of(room)} />
      )}
      <Notice chat={chat} />
      <PanelHost chat={chat} />
    </div>
  );
}

/** A sentence about what happened; it stays until it is read. */
function Notice({ chat }: { readonly chat: Chat }) {
  const words = chat.notice.value;
  return (
    <div class="notice" data-shown={words !== ""}>
      <output>{words}</output>
      {words !== "" && (
        <button type="button" class="icon-button" onClick={() => (chat.notice.value = "")}>
          <Icon name="close" />
          <span class="visually-hidden">Close the message</span>
        </button>
      )}
    </div>
  );
}

/** One draft for each room, the same each time. */
class Drafts {
  readonly #memory: DeviceMemory;
  readonly #user: number;
  readonly #all = new Map<RoomId, Draft>();

  constructor(memory: DeviceMemory, user: number) {
    this.#memory = memory;
    this.#user = user;
  }

  of(room: RoomId): Draft {
    const draft = this.#all.get(room) ?? draftOf(this.#memory, { user: this.#user, room });
    this.#all.set(room, draft);
    return draft;
  }

  forget(rooms: readonly RoomId[]): void {
    for (const room of [...rooms, ...this.#all.keys()]) {
      const draft = this.of(room);
      draft.write("");
      draft.flush();
    }
  }
}
