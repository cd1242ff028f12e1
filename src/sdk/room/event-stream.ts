/** The events of a room as an async iterator. */
import type { RoomEvent } from "#protocol/events.ts";
import { KlatchError } from "#sdk/error.ts";

/**
 * Events kept for a reader that is slower than the room; beyond that the iterator ends with an
 * error.
 */
export const STREAM_EVENTS_MAX = 10_000;

/**
 * Hands out pushed events in order to whoever iterates; ends when told to, or when the reader
 * stops.
 */
export class EventStream implements AsyncIterableIterator<RoomEvent> {
  readonly #onStop: (stream: EventStream) => void;
  #readers: ((result: IteratorResult<RoomEvent, undefined>) => void)[] = [];
  #events: RoomEvent[] = [];
  #isOver = false;
  #fellBehind = false;

  constructor(onStop: (stream: EventStream) => void) {
    this.#onStop = onStop;
  }

  push(event: RoomEvent): void {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value: event });
    else if (this.#events.push(event) > STREAM_EVENTS_MAX) {
      this.#events.pop();
      this.#fellBehind = true;
      this.finish();
    }
  }

  /** No more events; those already here are still handed out. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onStop(this);
    for (const reader of this.#readers) reader({ done: true, value: undefined });
  }

  async next(): Promise<IteratorResult<RoomEvent, undefined>> {
    const event = this.#events.shift();
    if (event !== undefined) return { done: false, value: event };
    if (this.#fellBehind) {
      this.#fellBehind = false;
      const detail = "The reader is too slow. Please try again.";
      throw new KlatchError("busy", detail);
    }
    if (this.#isOver) return { done: true, value: undefined };
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  return(): Promise<IteratorResult<RoomEvent, undefined>> {
    this.#events = [];
    this.#fellBehind = false;
    this.finish();
    return this.next();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
