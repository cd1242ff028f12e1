/** A room: its name, what is said in it, and a place to say something. */
import type { Me } from "#protocol/api.ts";
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import type { Klatch } from "#sdk/index.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { AccountMenu } from "./account-menu.tsx";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { draftOf } from "./draft.ts";
import { usePageTitle } from "./page-title.ts";
import { RoomHeader } from "./room-header.tsx";
import { openRoom } from "./timeline/room-view.ts";
import { Timeline } from "./timeline/timeline.tsx";
import type { TimelineControl } from "./timeline/timeline.tsx";

export interface RoomPageProps {
  readonly brand: ComponentChildren;
  readonly cup: ComponentChildren;
  readonly klatch: Klatch;
  readonly me: Me;
  readonly memory: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly signOut: () => Promise<void>;
}

export function RoomPage({ brand, cup, klatch, me, memory, signOut }: RoomPageProps) {
  const view = useMemo(() => openRoom(klatch, klatch.room(GENERAL)), [klatch]);
  useEffect(() => () => view.close(), [view]);
  const draft = useMemo(() => draftOf(memory, { user: me.id, room: GENERAL }), [memory, me.id]);
  const timeline = useRef<TimelineControl>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  usePageTitle(view, { name: GENERAL_NAME, me: me.id });

  const send = (text: string) => {
    view.room.send(text);
    timeline.current?.toLatest();
  };
  const leave = async () => {
    await signOut();
    // What one had begun to write is nobody's business on a shared device.
    draft.write("");
    draft.flush();
  };
  return (
    <div class="page">
      <a class="skip-link" href="#composer">
        Skip to writing
      </a>
      <div class="page-brand">{brand}</div>
      <nav class="page-account" aria-label="Account">
        <AccountMenu me={me} signOut={leave} />
      </nav>
      <main class="sheet">
        <RoomHeader name={GENERAL_NAME} link={view.link} />
        <ConnectionBanner link={view.link} reconnectNow={() => klatch.reconnectNow()} />
        <Timeline
          view={view}
          me={me.id}
          roomName={GENERAL_NAME}
          cup={cup}
          controlRef={timeline}
          onEscape={() => box.current?.focus()}
        />
        <Composer
          roomName={GENERAL_NAME}
          draft={draft}
          boxRef={box}
          send={send}
          scrollPages={(pages) => timeline.current?.scrollPages(pages)}
        />
      </main>
      <Announcer view={view} me={me.id} />
    </div>
  );
}
