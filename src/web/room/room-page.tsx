/** A room: its name, what is said in it, and a place to say something. */
import type { Me } from "#protocol/api.ts";
import type { Position } from "#protocol/position.ts";
import type { ReadResult } from "#protocol/reading.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Klatch } from "#sdk/index.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Announcer } from "./announcer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import type { Draft } from "./composer/draft.ts";
import { usePageTitle } from "./page-title.ts";
import { useFirstUnread, useReading } from "./reading.ts";
import { RoomComposer } from "./composer/room-composer.tsx";
import type { RoomComposerProps } from "./composer/room-composer.tsx";
import { TypingLine } from "./typing-line.tsx";
import { RoomHeader } from "./room-header.tsx";
import { refusalIn } from "./silence.tsx";
import type { RoomHeaderProps } from "./room-header.tsx";
import type { MessageActions } from "./timeline/actions/message-actions.ts";
import { openRoom } from "./timeline/room-view.ts";
import { Timeline } from "./timeline/timeline.tsx";
import type { TimelineControl } from "./timeline/timeline.tsx";
import { TimelineScroll } from "./timeline/timeline-scroll.ts";
import { useGoal } from "./timeline/actions/goal.ts";

type Written = Pick<RoomComposerProps, "callable" | "findOffers" | "onTyping">;

export interface RoomPageProps extends Omit<RoomHeaderProps, "link">, Written {
  readonly id: RoomId;
  readonly cup: ComponentChildren;
  readonly klatch: Klatch;
  readonly me: Me;
  readonly draft: Draft;
  /** What to say where nothing was said yet, and above the first message. */
  readonly emptyWords: string;
  readonly beginWords: string;
  /** Why nothing can be said here, if nothing can. */
  readonly silence: ComponentChildren;
  readonly choosePerson: (id: number) => void;
  readonly actions: MessageActions;
  /** How far one has read, as the server knows it; `undefined` until it said so. */
  readonly readState: ReadResult | undefined;
  /** How much is unread, in words; empty for nothing. */
  readonly unread: string;
  readonly tellRead: (position: Position) => void;
  /** How far the other one of a chat of two has read. */
  readonly seen: Position | undefined;
  /** Names of those who are typing. */
  readonly typing: readonly string[];
}

export function RoomPage(props: RoomPageProps) {
  const { id, name, cup, klatch, me, draft, choosePerson, actions } = props;
  const view = useMemo(() => openRoom(klatch, klatch.room(id), choosePerson), [klatch, id]);
  useEffect(() => () => view.close(), [view]);
  const timeline = useRef<TimelineControl>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const scroll = useMemo(() => new TimelineScroll(view, me.id), [view, me.id]);
  usePageTitle(name, props.unread);
  const { entries, hasOlder } = view.moment.value;
  const silence = props.silence ?? refusalIn(entries);
  const reading = { state: props.readState, entries, hasOlder, me: me.id };
  const firstUnread = useFirstUnread(reading);
  useReading(reading, scroll.atBottom.value, props.tellRead);
  useGoal(actions, view, scroll);
  return (
    <main class="sheet">
      <RoomHeader {...props} link={view.link} />
      <ConnectionBanner link={view.link} reconnectNow={() => klatch.reconnectNow()} />
      <Timeline
        view={view}
        actions={actions}
        scroll={scroll}
        firstUnread={firstUnread}
        seen={props.seen}
        me={me.id}
        roomName={name}
        emptyWords={props.emptyWords}
        beginWords={props.beginWords}
        cup={cup}
        controlRef={timeline}
        onEscape={() => {
          actions.writing.value = undefined;
          box.current?.focus();
        }}
      />
      <TypingLine names={props.typing} />
      {silence === undefined ? (
        <RoomComposer
          view={view}
          actions={actions}
          me={me.id}
          roomName={name}
          draft={draft}
          boxRef={box}
          timeline={timeline}
          callable={props.callable}
          findOffers={props.findOffers}
          onTyping={props.onTyping}
        />
      ) : (
        <p id="composer" class="silence" tabIndex={-1}>
          {silence}
        </p>
      )}
      <Announcer view={view} me={me.id} isBlocked={(person) => actions.port.isBlocked(person)} />
    </main>
  );
}
