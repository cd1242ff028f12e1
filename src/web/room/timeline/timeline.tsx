/** What was said in a room, oldest on top, with the reader's place kept. */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { Entry } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, Ref } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { listenToPointer } from "./actions/row-pointer.ts";
import type { MessageActions } from "./actions/message-actions.ts";
import { DayRows } from "./day-rows.tsx";
import { daysOf } from "./days.ts";
import { Beginning, Emptiness, More } from "./emptiness.tsx";
import { listenToKeys } from "./message-keys.ts";
import type { RoomView } from "./room-view.ts";
import type { TimelineScroll } from "./timeline-scroll.ts";
import { untilTomorrowMs } from "./times.ts";

export interface TimelineControl {
  /** Shows the newest and stays with it. */
  readonly toLatest: () => void;
  /** Scrolls by so many heights of what is visible; negative is up. */
  readonly scrollPages: (pages: number) => void;
}

export interface TimelineProps {
  readonly view: RoomView;
  readonly actions: MessageActions;
  readonly scroll: TimelineScroll;
  /** Cid of the first message that was unread when the room was opened. */
  readonly firstUnread: string | undefined;
  /** How far the other one of a chat of two has read. */
  readonly seen: Position | undefined;
  /** One's own id. */
  readonly me: number;
  readonly roomName: string;
  /** What to say where nothing was said yet, and above the first message. */
  readonly emptyWords: string;
  readonly beginWords: string;
  /** Drawn where nothing has been said yet. */
  readonly cup: ComponentChildren;
  readonly controlRef: Ref<TimelineControl>;
  readonly onEscape: () => void;
}

export function Timeline(props: TimelineProps) {
  const { view, actions, scroll, me, roomName, controlRef, onEscape } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const active = useSignal<string | undefined>(undefined);
  const { entries, fromStart } = scroll.shown();
  const { state, hasNewer } = view.past.shown.value;
  const days = useMemo(() => daysOf(entries), [entries]);
  const now = useNow();
  const lastSeen = hasNewer ? undefined : lastSeenOf(entries, props.seen, me);
  const tabStop = entries.findLast(({ cid }) => cid === active.value) ?? entries.at(-1);

  useLayoutEffect(() => scroll.drawn());
  useLayoutEffect(() => {
    if (!scroller.current || !content.current) return;
    const detach = scroll.attach(scroller.current, content.current);
    const onRow = (cid: string | undefined) => (active.value = cid);
    const unlisten = listenToKeys(content.current, { scroll, onEscape, onRow });
    const unpoint = listenToPointer(content.current, actions);
    return () => {
      unpoint();
      detach();
      unlisten();
    };
  }, [scroll]);
  useImperativeHandle(controlRef, () => controlOf(scroll, () => scroller.current), [scroll]);

  return (
    <section class="timeline" aria-label={`Messages in ${roomName}`}>
      <div class="scroller" ref={scroller} aria-busy={state === "joining" && entries.length === 0}>
        <div class="content" ref={content}>
          {entries.length === 0 ? (
            <Emptiness state={state} words={props.emptyWords} cup={props.cup} />
          ) : (
            <Above {...props} first={entries[0]} fromStart={fromStart} />
          )}
          {days.map((day) => (
            <DayRows
              key={day.day}
              day={day}
              now={now}
              view={view}
              actions={actions}
              me={me}
              firstUnread={props.firstUnread}
              lastSeen={lastSeen}
              tabStop={tabStop?.cid}
            />
          ))}
          <Below {...props} />
        </div>
      </div>
      <JumpButton scroll={scroll} />
    </section>
  );
}

interface AboveProps extends TimelineProps {
  readonly first: Entry | undefined;
  readonly fromStart: boolean;
}

function Above({ view, scroll, first, fromStart, beginWords }: AboveProps) {
  const { state, hasOlder } = view.past.shown.value;
  // Unsent messages alone say nothing of what is before them.
  if (first?.id === undefined && state !== "live") return null;
  return (
    <Beginning
      words={beginWords}
      more={hasOlder || !fromStart}
      failed={scroll.olderFailed.value}
      retry={() => scroll.loadOlder()}
    />
  );
}

/** In the past: that it goes on. */
function Below({ view, scroll }: TimelineProps) {
  if (!view.past.shown.value.hasNewer) return null;
  const failed = scroll.newerFailed.value;
  return <More what="Later" failed={failed} retry={() => scroll.loadNewer()} />;
}

/** Cid of one's own last word, if the other one has read it; an answer says so by itself. */
function lastSeenOf(
  entries: readonly Entry[],
  seen: Position | undefined,
  me: number,
): string | undefined {
  const last = entries.findLast(({ id }) => id !== undefined);
  if (last?.id === undefined || seen === undefined || last.from !== me) return undefined;
  return comparePositions(last.id, seen) <= 0 ? last.cid : undefined;
}

function controlOf(scroll: TimelineScroll, scroller: () => HTMLElement | null): TimelineControl {
  return {
    toLatest: () => scroll.toLatest(),
    scrollPages(pages) {
      const box = scroller();
      // Less than a whole one, so that the last line read is still there.
      box?.scrollBy({ top: pages * box.clientHeight * 0.85 });
    },
  };
}

function JumpButton({ scroll }: { readonly scroll: TimelineScroll }) {
  if (scroll.atBottom.value) return null;
  const count = scroll.newCount.value;
  return (
    <button
      type="button"
      class="jump-button"
      data-new={count > 0}
      onClick={() => scroll.toLatest()}
    >
      <span aria-hidden="true">↓</span> Jump to latest{count > 0 && ` · ${count} new`}
    </button>
  );
}

/**
 * Seconds since 1970, as of today: changes at midnight and on waking, for "Today" and "Yesterday".
 */
function useNow(): number {
  const now = useSignal(Date.now() / 1_000);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      now.value = Date.now() / 1_000;
      clearTimeout(timer);
      timer = setTimeout(look, untilTomorrowMs(new Date()));
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return now.value;
}
