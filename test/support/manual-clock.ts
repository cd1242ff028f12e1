/** A clock that the test moves: nothing becomes due, and no tick ends, unless the test says so. */
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "#server/core/clock.ts";

interface Timer {
  /** In milliseconds since the clock was made; unlike the time of day this is never set. */
  readonly dueMs: number;
  readonly task: () => void;
}

export class ManualClock implements Clock {
  #elapsedMs = 0;
  #startedAt: number;
  #timers: Timer[] = [];
  #soon: (() => void)[] = [];

  /** `startedAt` is the time of day at first, in milliseconds since 1970. */
  constructor(startedAt = 1_700_000_000_000) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + ms, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Timers that are still to come. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Sets the time of day, as an administrator would; running timers do not notice. */
  setBack(ms: number): void {
    this.#startedAt -= ms;
  }

  /** Ends the tick: runs what waits for that, and what it calls for in turn. */
  endTick(): void {
    while (this.#soon.length > 0) for (const task of this.#soon.splice(0)) task();
  }

  /** Lets `ms` pass; what becomes due runs in order, and its promises settle before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const due = next;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#elapsedMs = due.dueMs;
      due.task();
      await turn();
    }
    this.#elapsedMs = end;
  }

  /** The earliest that is due by then; of two at the same time the older one. */
  #next(end: number): Timer | undefined {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= end);
    return due.toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }
}
