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
  #waiting: ((result: IteratorResult<RoomEvent, undefined>) => void)[] = [];
  #events: RoomEvent[] = [];
  #end: "not yet" | "over" | "fell behind" = "not yet";

  constructor(onStop: (stream: EventStream) => void) {
    this.#onStop = onStop;
  }

  push(event: RoomEvent): void {
    if (this.#end !== "not yet") return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader({ done: false, value: event });
    else if (this.#events.length < STREAM_EVENTS_MAX) this.#events.push(event);
    else this.#stop("fell behind");
  }

  /** No more events; those already here are still handed out. */
  finish(): void {
    if (this.#end === "not yet") this.#stop("over");
  }

  next(): Promise<IteratorResult<RoomEvent, undefined>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#end === "over") return Promise.resolve({ done: true, value: undefined });
    if (this.#end === "fell behind") {
      this.#end = "over";
      const detail = "The room was faster than the program that reads it; read again from now on.";
      return Promise.reject(new KlatchError("busy", detail));
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  return(): Promise<IteratorResult<RoomEvent, undefined>> {
    this.#events = [];
    this.finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #stop(end: "over" | "fell behind"): void {
    this.#end = end;
    this.#onStop(this);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const reader of waiting) reader({ done: true, value: undefined });
  }
}
