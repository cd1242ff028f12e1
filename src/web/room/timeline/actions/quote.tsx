/** The message that another one answers, in a line that leads to it. */
import type { Position } from "#protocol/position.ts";
import { BLOCKED_WORDS } from "#web/chat/room-title.ts";
import type { MessageActions } from "./message-actions.ts";

/** What is known of an original. */
export interface Original {
  readonly from: number;
  readonly text: string;
  readonly deleted: boolean;
}

export interface QuoteProps {
  readonly actions: MessageActions;
  readonly id: Position;
  /** `undefined` while it is looked for; `null` if it is gone. */
  readonly original: Original | null | undefined;
  readonly nameOf: (id: number) => string | undefined;
  readonly tabbable: boolean;
}

export function Quote({ actions, id, original, nameOf, tabbable }: QuoteProps) {
  if (original === null || original?.deleted === true) {
    return <p class="quote quote-gone">A deleted message</p>;
  }
  const isBlocked = original !== undefined && actions.port.isBlocked(original.from);
  const name = original && (original.from === actions.port.me ? "You" : nameOf(original.from));
  return (
    <button
      type="button"
      class="quote"
      tabIndex={tabbable ? 0 : -1}
      title="Go to this message"
      onClick={() => (actions.goal.value = id)}
    >
      {!isBlocked && <bdi class="quote-name">{name ?? "…"}</bdi>}{" "}
      <span class="quote-text" dir="auto">
        {isBlocked ? BLOCKED_WORDS : original === undefined ? "…" : lineOf(original.text)}
      </span>
    </button>
  );
}

/** As much of a text as fits into a line. */
export function lineOf(text: string): string {
  return text.slice(0, 160).replace(/\s+/gu, " ");
}
