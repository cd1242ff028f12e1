/** What is shown at the bottom of a room that somebody looks at is read. */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { Entry } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface Reading {
  /** How far one has read; `undefined` while nobody knows. */
  readonly read: Position | undefined;
  readonly entries: readonly Entry[];
  readonly hasOlder: boolean;
  readonly me: number;
}

/** Calls `tell` with the newest place whenever it is before somebody's eyes, and new. */
export function useReading(
  { read, entries }: Reading,
  isAtBottom: boolean,
  tell: (position: Position) => void,
): void {
  const isLooking = useLooking();
  const newest = entries.findLast(({ id }) => id !== undefined)?.id;
  useEffect(() => {
    if (!isLooking || !isAtBottom || newest === undefined || read === undefined) return;
    if (comparePositions(newest, read) > 0) tell(newest);
  }, [isLooking, isAtBottom, newest, read]);
}

/**
 * Cid of the first message that was unread when the room was opened; it stays until it is left.
 * `undefined` if there is none, or if it is further back than what is loaded.
 */
export function useFirstUnread({ read, entries, hasOlder, me }: Reading): string | undefined {
  const opened = useRef<Position | undefined>(undefined);
  const first = useRef<string | undefined>(undefined);
  opened.current ??= read;
  const since = opened.current;
  if (first.current === undefined && since !== undefined) {
    const [oldest] = entries;
    const isReached = !hasOlder || isUpTo(oldest, since);
    const newest = entries.find(({ id }) => id !== undefined && !isUpTo({ id }, since));
    // What comes later, while one is here, is not what one has missed.
    if (entries.length > 0) first.current = "";
    if (isReached && newest !== undefined && newest.from !== me) first.current = newest.cid;
  }
  return first.current === "" ? undefined : first.current;
}

function isUpTo(entry: Pick<Entry, "id"> | undefined, place: Position): boolean {
  return entry?.id !== undefined && comparePositions(entry.id, place) <= 0;
}

/** Whether the page is visible and has the focus. */
function useLooking(): boolean {
  const isLooking = useSignal(isLookedAt());
  useEffect(() => {
    const look = () => (isLooking.value = isLookedAt());
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    addEventListener("blur", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      removeEventListener("focus", look);
      removeEventListener("blur", look);
    };
  }, []);
  return isLooking.value;
}

function isLookedAt(): boolean {
  return !document.hidden && document.hasFocus();
}
