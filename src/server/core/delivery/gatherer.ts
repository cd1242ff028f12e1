/**
 * The gatherer: what a room says in one tick goes out as one frame; where handing frames out takes
 * long, because many hear the room, fewer and larger ones go out.
 */
import type { RoomEvent } from "#protocol/events.ts";
import type { Clock } from "#server/core/clock.ts";

/** Longer than this nobody waits. */
const REST_MAX_MS = 50;

export class Gatherer {
  readonly #clock: Clock;
  readonly #handOut: (events: readonly RoomEvent[]) => void;
  #pending: RoomEvent[] = [];
  #restsUntil = 0;

  constructor(clock: Clock, handOut: (events: readonly RoomEvent[]) => void) {
    this.#clock = clock;
    this.#handOut = handOut;
  }

  add(events: readonly RoomEvent[]): void {
    const isFirst = this.#pending.length === 0;
    this.#pending.push(...events);
    if (!isFirst) return;
    const restMs = Math.min(this.#restsUntil - this.#clock.now(), REST_MAX_MS);
    if (restMs > 0) this.#clock.after(restMs, this.#flush);
    else this.#clock.soon(this.#flush);
  }

  readonly #flush = (): void => {
    const events = this.#pending;
    this.#pending = [];
    const startedAt = this.#clock.now();
    this.#handOut(events);
    const endedAt = this.#clock.now();
    // A room that had several things to say in one frame is busy: it rests as long as handing that
    // frame out took, so that no room takes more than half of a server's time, and what is said
    // meanwhile costs one frame. A room that had one thing to say never waits.
    this.#restsUntil = events.length > 1 ? endedAt + (endedAt - startedAt) : 0;
  };
}
