/**
 * Moving through the messages by keyboard: one tab stop, arrows, Home and End; Escape goes back to
 * writing.
 */
import type { TimelineScroll } from "./timeline-scroll.ts";

export interface MessageKeys {
  readonly scroll: TimelineScroll;
  readonly onEscape: () => void;
  /** Told the cid of the row that has the focus. */
  readonly onRow: (cid: string | undefined) => void;
}

/** Listens around the rows until the returned function is called. */
export function listenToKeys(content: HTMLElement, keys: MessageKeys): () => void {
  const onKeyDown = (event: KeyboardEvent) => onKey(event, keys);
  const onFocusIn = ({ target }: FocusEvent) => {
    const row = target instanceof Element ? target.closest(".message") : null;
    if (row instanceof HTMLElement) keys.onRow(row.dataset["cid"]);
  };
  content.addEventListener("keydown", onKeyDown);
  content.addEventListener("focusin", onFocusIn);
  return () => {
    content.removeEventListener("keydown", onKeyDown);
    content.removeEventListener("focusin", onFocusIn);
  };
}

function onKey(event: KeyboardEvent, { scroll, onEscape }: MessageKeys): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rows = scroll.rows();
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  if (here === -1) return;
  switch (event.key) {
    case "ArrowUp":
      rows[here - 1]?.focus();
      break;
    case "ArrowDown":
      rows[here + 1]?.focus();
      break;
    case "Home":
      rows[0]?.focus();
      break;
    case "End":
      scroll.toLatest();
      // The newest may have been outside the document until now.
      requestAnimationFrame(() => scroll.rows().at(-1)?.focus());
      break;
    case "Escape":
      onEscape();
      break;
    default:
      return;
  }
  event.preventDefault();
}
