/** Sorts a stretch of entries into days, and marks where an author begins and ends. */
import type { Entry } from "#sdk/index.ts";
import { dayOf } from "./times.ts";

/** One entry, and whether it is the first or the last of what its author says without a pause. */
export interface Row {
  readonly entry: Entry;
  readonly opens: boolean;
  readonly closes: boolean;
}

export interface Day {
  /** `2026-11-22`, in the reader's zone. */
  readonly day: string;
  /** Seconds since 1970 of its first entry. */
  readonly date: number;
  readonly rows: readonly Row[];
}

/** A longer pause than this, in seconds, and the author is named anew. */
export const PAUSE_SECONDS = 5 * 60;

/**
 * Keeps the order given. An entry dated before its neighbour (an unsent one has this device's
 * clock) stays in the day begun, so that no day shows twice.
 */
export function daysOf(entries: readonly Entry[]): readonly Day[] {
  const days: { day: string; date: number; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.date);
    const current = days.at(-1);
    if (current && day <= current.day) current.entries.push(entry);
    else days.push({ day, date: entry.date, entries: [entry] });
  }
  return days.map(({ day, date, entries: said }) => ({ day, date, rows: rowsOf(said) }));
}

function rowsOf(entries: readonly Entry[]): readonly Row[] {
  return entries.map((entry, at) => ({
    entry,
    opens: !isOneBreath(entries[at - 1], entry),
    closes: !isOneBreath(entry, entries[at + 1]),
  }));
}

function isOneBreath(before: Entry | undefined, after: Entry | undefined): boolean {
  if (!before || !after || before.from !== after.from) return false;
  return after.date - before.date <= PAUSE_SECONDS;
}
