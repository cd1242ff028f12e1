/**
 * Who waits for a place in a room's order: the sender of a message hears that it is stored where it
 * stands among the others, not before what was said earlier.
 */
import type { Position } from "#protocol/position.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Clock } from "#server/core/clock.ts";

/**
 * An event is on its way for a moment; after this long it may have been lost, and is looked for.
 */
const LOOK_MS = 250;
/**
 * And after so long nobody waits for it any more: the message is stored, which is what was asked.
 */
const GIVE_UP_MS = 750;

interface Waiter {
  readonly id: Position;
  readonly go: () => void;
}

export class PlaceWaiters {
  readonly #clock: Clock;
  readonly #look: () => void;
  #waiting: Waiter[] = [];
  #stop: (() => void) | undefined;

  /** @param look called when a place is long in coming */
  constructor(clock: Clock, look: () => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** Resolves when the place is reached, or is so late that it is no use to wait. */
  wait(id: Position): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ id, go });
      this.#stop ??= this.#clock.after(LOOK_MS, this.#onLate);
    });
  }

  /** Everything up to this place has been handed out. */
  reached(position: Position): void {
    if (this.#waiting.length === 0) return;
    const isReached = ({ id }: Waiter) => comparePositions(id, position) <= 0;
    const before = this.#waiting;
    this.#waiting = before.filter((waiter) => !isReached(waiter));
    if (this.#waiting.length === 0) this.#rest();
    for (const waiter of before) if (isReached(waiter)) waiter.go();
  }

  /** Lets everyone go. */
  release(): void {
    const released = this.#waiting;
    this.#waiting = [];
    this.#rest();
    for (const { go } of released) go();
  }

  readonly #onLate = (): void => {
    this.#look();
    this.#stop = this.#clock.after(GIVE_UP_MS - LOOK_MS, () => {
      this.release();
    });
  };

  #rest(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
