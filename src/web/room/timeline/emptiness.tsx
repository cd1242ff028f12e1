/** What a room shows around and instead of messages. */
import type { ComponentChildren } from "preact";
import type { RoomMoment } from "./room-view.ts";

export interface EmptinessProps {
  readonly state: RoomMoment["state"];
  /** What to say where nothing was said yet. */
  readonly words: string;
  readonly cup: ComponentChildren;
}

/** Widths of the placeholders, in rem: like talk, of no one length. */
const WIDTHS = [19, 12, 23, 15, 21, 10];

/** Instead of messages: still coming, none yet, or none for this reader. */
export function Emptiness({ state, words, cup }: EmptinessProps) {
  switch (state) {
    case "joining":
      return (
        <div class="skeleton" aria-hidden="true">
          {WIDTHS.map((width) => (
            <span key={width} class="skeleton-row" style={{ inlineSize: `${width}rem` }} />
          ))}
        </div>
      );
    case "live":
      return (
        <div class="quiet">
          {cup}
          <p class="quiet-headline">The table is set.</p>
          <p>{words}</p>
        </div>
      );
    case "refused":
      return (
        <div class="quiet">
          <p class="quiet-headline">This room is not open to you.</p>
          <p>Ask somebody who is in it to let you in.</p>
        </div>
      );
  }
}

export interface BeginningProps {
  /** What to say where nothing is above. */
  readonly words: string;
  /** Whether there is more above what is shown. */
  readonly more: boolean;
  /** Whether loading it failed. */
  readonly failed: boolean;
  readonly retry: () => void;
}

/** Above the oldest message: the beginning of the room, or that there is more. */
export function Beginning({ words, more, failed, retry }: BeginningProps) {
  if (!more && !failed) return <p class="top">{words}</p>;
  return <More what="Earlier" failed={failed} retry={retry} />;
}

export interface MoreProps extends Pick<BeginningProps, "failed" | "retry"> {
  readonly what: "Earlier" | "Later";
}

/** At an end of what is shown: that there is more, which is being loaded or could not be. */
export function More({ what, failed, retry }: MoreProps) {
  if (!failed) return <p class="top top-loading">{what} messages…</p>;
  return (
    <p class="top">
      <output>{what} messages could not be loaded.</output>{" "}
      <button type="button" class="button-link" onClick={retry}>
        Try again
      </button>
    </p>
  );
}
