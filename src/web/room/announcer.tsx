/** Tells screen readers of new messages by others, and of own ones that could not be sent. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announcementOf } from "./announcement.ts";
import type { Heard } from "./announcement.ts";
import type { RoomView } from "./timeline/room-view.ts";

/** How long messages are gathered before they are read out, in milliseconds. */
const GATHER_MS = 600;
/** Lines kept in the log; older ones have been read. */
const LINES_MAX = 20;

export interface AnnouncerProps {
  readonly view: RoomView;
  readonly me: number;
  /** Whether one does not want to hear from them. */
  readonly isBlocked: (id: number) => boolean;
}

export function Announcer({ view, me, isBlocked }: AnnouncerProps) {
  const lines = useSignal<readonly { readonly key: number; readonly text: string }[]>([]);
  useEffect(() => {
    let heard: Heard[] = [];
    let spoken = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      timer = undefined;
      const text = announcementOf(heard, (id) => view.nameOf(id));
      heard = [];
      // A page in the background says nothing; the title counts instead.
      if (document.hidden) return;
      lines.value = [...lines.value, { key: spoken++, text }].slice(-LINES_MAX);
    };
    const unhear = view.onArrival((added) => {
      const others = added.filter(
        ({ from, id }) => from !== me && id !== undefined && !isBlocked(from),
      );
      if (others.length === 0) return;
      heard.push(...others);
      timer ??= setTimeout(speak, GATHER_MS);
    });
    return () => {
      unhear();
      clearTimeout(timer);
    };
  }, [view, me]);
  const failed = view.moment.value.entries.filter(({ state }) => state === "failed").length;
  return (
    <>
      <div role="log" aria-label="New messages" class="visually-hidden">
        {lines.value.map(({ key, text }) => (
          <p key={key}>{text}</p>
        ))}
      </div>
      <p role="alert" class="visually-hidden">
        {failed === 1 && "A message could not be sent."}
        {failed > 1 && `${failed} messages could not be sent.`}
      </p>
    </>
  );
}
