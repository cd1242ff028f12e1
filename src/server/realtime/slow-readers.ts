/**
 * Slow readers: a client that does not read what it is sent is cut off, and recovers what it missed
 * when it is back.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { Clock } from "#server/core/clock.ts";

/**
 * How often the queues are looked at; between two looks a room can add what it says in that time.
 */
const LOOK_MS = 250;

/** One connection's queue of what was written for it and not yet taken by its system. */
export interface Queue {
  /** Bytes waiting. */
  bytes(): number;
  /** Cuts the connection off. */
  cut(): void;
}

export class SlowReaders {
  readonly #clock: Clock;
  /** Since when each queue has not been empty. */
  readonly #queues = new Map<Queue, number | undefined>();
  #stop: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(queue: Queue): () => void {
    this.#queues.set(queue, undefined);
    return () => {
      this.#queues.delete(queue);
    };
  }

  start(): void {
    this.#stop = this.#clock.after(LOOK_MS, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#stop();
  }

  /** Cuts off who has too much waiting, or has had something waiting for too long. */
  look(): void {
    const now = this.#clock.now();
    for (const [queue, since] of this.#queues) {
      const bytes = queue.bytes();
      const isLate = since !== undefined && now - since > LIMITS.behindMs;
      if (bytes > LIMITS.queueBytesMax || (bytes > 0 && isLate)) {
        this.#queues.delete(queue);
        queue.cut();
      } else {
        this.#queues.set(queue, bytes === 0 ? undefined : (since ?? now));
      }
    }
  }
}
