/** What is shown at the bottom of a room that somebody looks at is read. */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { ReadResult } from "#protocol/reading.ts";
import type { Entry } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface Reading {
  /** How far one has read, and what that leaves; `undefined` while nobody knows. */
  readonly state: ReadResult | undefined;
  readonly entries: readonly Entry[];
  readonly hasOlder: boolean;
  readonly me: number;
}

/** Calls `tell` with the newest place whenever it is before somebody's eyes, and new. */
export function useReading(
  { state, entries }: Reading,
  isAtBottom: boolean,
  tell: (position: Position) => void,
): void {
  const isLooking = useLooking();
  const read = state?.read;
  const newest = entries.findLast(({ id }) => id !== undefined)?.id;
  const furthest = useRef(read);
  const isKept = useRef(false);
  useEffect(() => {
    if (read === undefined) return;
    const before = furthest.current;
    // Made unread again on purpose: it stays so until one comes back.
    if (before !== undefined && comparePositions(read, before) < 0) isKept.current = true;
    if (before === undefined || comparePositions(read, before) > 0) furthest.current = read;
  }, [read]);
  useEffect(() => {
    if (isKept.current) return;
    if (!isLooking || !isAtBottom || newest === undefined || read === undefined) return;
    if (comparePositions(newest, read) > 0) tell(newest);
  }, [isLooking, isAtBottom, newest, read]);
}

/**
 * Cid of the first message that was unread when the room was opened; it stays until it is left.
 * `undefined` if there is none, or if it is further back than what is loaded.
 */
export function useFirstUnread({ state, entries, hasOlder, me }: Reading): string | undefined {
  const opened = useRef(state);
  const first = useRef<string | undefined>(undefined);
  opened.current ??= state;
  if (first.current !== undefined || opened.current === undefined) return first.current;
  const { read, unread } = opened.current;
  // What comes later, while one is here, is not what one has missed.
  if (unread === 0) return undefined;
  const isReached = !hasOlder || isUpTo(entries[0], read);
  const missed = ({ id, from }: Entry) => id !== undefined && from !== me && !isUpTo({ id }, read);
  if (isReached) first.current = entries.find(missed)?.cid;
  return first.current;
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
