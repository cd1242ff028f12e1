/**
 * What the other end says, put in order: each line is shown once, after those before it, however
 * often and in whatever order its frames come.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { StrangerLine } from "#protocol/stranger-line.ts";
import { runName } from "./signals.ts";
import type { Arrived } from "./signals.ts";

/** Pages that the other end may go through in one chat; each reload begins a run. */
const RUNS_MAX = 100;

export class Arrivals<Item extends { readonly line: StrangerLine }> {
  /** The next number of each run. */
  readonly #next = new Map<string, number>();
  readonly #early = new Map<string, Map<number, Item>>();

  /** What may be shown now, in order: this line and those that waited for it, or nothing. */
  take(item: Item): readonly Item[] {
    const { run, number, oldest } = item.line;
    const name = runName(run);
    const known = this.#next.get(name);
    if (known === undefined && this.#next.size >= RUNS_MAX) return [];
    // What is before the oldest was shown: by this page, or by the one before a reload.
    const next = Math.max(known ?? 0, oldest);
    const early = this.#early.get(name) ?? new Map<number, Item>();
    this.#early.set(name, early);
    const isNear = number >= next && number < next + LIMITS.earlyLinesMax;
    if (isNear && !early.has(number)) early.set(number, item);
    const shown: Item[] = [];
    let at = next;
    for (let due = early.get(at); due !== undefined; due = early.get(at)) {
      early.delete(at++);
      shown.push(due);
    }
    this.#next.set(name, at);
    for (const passed of early.keys()) if (passed < at) early.delete(passed);
    return shown;
  }

  /** What to confirm of the run of this line. */
  confirmation({ run }: StrangerLine): Arrived {
    return { run, next: this.#next.get(runName(run)) ?? 0 };
  }
}
