/** A room: its name, what is said in it, and a place to say something. */
import type { Me } from "#protocol/api.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Klatch } from "#sdk/index.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import type { Draft } from "./draft.ts";
import { usePageTitle } from "./page-title.ts";
import { RoomHeader } from "./room-header.tsx";
import type { RoomHeaderProps } from "./room-header.tsx";
import { openRoom } from "./timeline/room-view.ts";
import { Timeline } from "./timeline/timeline.tsx";
import type { TimelineControl } from "./timeline/timeline.tsx";

export interface RoomPageProps extends Omit<RoomHeaderProps, "link"> {
  readonly id: RoomId;
  readonly cup: ComponentChildren;
  readonly klatch: Klatch;
  readonly me: Me;
  readonly draft: Draft;
  /** What to say where nothing was said yet, and above the first message. */
  readonly emptyWords: string;
  readonly beginWords: string;
  /** Why nothing can be said here, if nothing can. */
  readonly silence: string | undefined;
  readonly choosePerson: (id: number) => void;
}

export function RoomPage(props: RoomPageProps) {
  const { id, name, cup, klatch, me, draft, silence, choosePerson } = props;
  const view = useMemo(() => openRoom(klatch, klatch.room(id), choosePerson), [klatch, id]);
  useEffect(() => () => view.close(), [view]);
  const timeline = useRef<TimelineControl>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  usePageTitle(view, { name, me: me.id });

  const send = (text: string) => {
    view.room.send(text);
    timeline.current?.toLatest();
  };
  return (
    <main class="sheet">
      <RoomHeader {...props} link={view.link} />
      <ConnectionBanner link={view.link} reconnectNow={() => klatch.reconnectNow()} />
      <Timeline
        view={view}
        me={me.id}
        roomName={name}
        emptyWords={props.emptyWords}
        beginWords={props.beginWords}
        cup={cup}
        controlRef={timeline}
        onEscape={() => box.current?.focus()}
      />
      {silence === undefined ? (
        <Composer
          roomName={name}
          draft={draft}
          boxRef={box}
          send={send}
          scrollPages={(pages) => timeline.current?.scrollPages(pages)}
        />
      ) : (
        <p id="composer" class="silence" tabIndex={-1}>
          {silence}
        </p>
      )}
      <Announcer view={view} me={me.id} />
    </main>
  );
}
