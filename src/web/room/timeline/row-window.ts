/** Which of a room's entries are in the document: a bounded stretch, moved as one reads. */
import type { Entry } from "#sdk/index.ts";

/** A stretch of entries, by index: `first` included, `end` not. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
}

/** A stretch remembered by its outermost entries, since indexes shift when older ones arrive. */
export interface RowWindow {
  readonly firstCid: string | undefined;
  readonly lastCid: string | undefined;
  /** Whether it reached the newest entry, so that the next one belongs to it too. */
  readonly atEnd: boolean;
}

/** Rows shown at first, rows added when one nears an end, and the most there may be. */
export const ROWS = { start: 80, step: 60, max: 300 } as const;

/** The newest entries, whatever they are. */
export const NEWEST: RowWindow = { firstCid: undefined, lastCid: undefined, atEnd: true };

/**
 * The stretch that `window` means now. New entries at the end join it while there is room; beyond
 * that, `sticking` to the newest lets the oldest go, and otherwise the newest wait outside.
 */
export function stretchOf(
  entries: readonly Entry[],
  window: RowWindow,
  sticking: boolean,
): Stretch {
  const known = indexOf(entries, window.firstCid);
  const last = indexOf(entries, window.lastCid);
  const toEnd = sticking || window.atEnd || last === -1;
  const end = toEnd ? entries.length : last + 1;
  const first = known === -1 || known >= end ? Math.max(0, end - ROWS.start) : known;
  if (end - first <= ROWS.max) return { first, end };
  return sticking ? { first: end - ROWS.max, end } : { first, end: first + ROWS.max };
}

/** Remembers a stretch. */
export function windowOf(entries: readonly Entry[], { first, end }: Stretch): RowWindow {
  return {
    firstCid: entries[first]?.cid,
    lastCid: entries[end - 1]?.cid,
    atEnd: end === entries.length,
  };
}

/** One step further back; what falls off the far end is trimmed. */
export function older({ first, end }: Stretch): Stretch {
  const from = Math.max(0, first - ROWS.step);
  return { first: from, end: Math.min(end, from + ROWS.max) };
}

/** One step further on, likewise. */
export function newer({ first, end }: Stretch, length: number): Stretch {
  const to = Math.min(length, end + ROWS.step);
  return { first: Math.max(first, to - ROWS.max), end: to };
}

/** Looked for from the end, where most of what is looked for lies. */
function indexOf(entries: readonly Entry[], cid: string | undefined): number {
  return cid === undefined ? -1 : entries.findLastIndex((entry) => entry.cid === cid);
}
