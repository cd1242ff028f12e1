/** A token bucket: a burst, then a steady rate; in memory, for what one peer does on this server. */
import type { Clock } from "./clock.ts";

export class TokenBucket {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, burst: number, perSecond: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
    this.#at = clock.now();
  }

  /** Takes one token; 0 if there was one, else milliseconds until there is. */
  take(): number {
    const now = this.#clock.now();
    // A clock that is set back must not take tokens away.
    const elapsed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs);
    this.#at = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - this.#tokens) / this.#perMs);
  }

  /** Whether it is as if nobody had ever taken from it, so that it can be forgotten. */
  get isFull(): boolean {
    const elapsed = Math.max(0, this.#clock.now() - this.#at);
    return this.#tokens + elapsed * this.#perMs >= this.#burst;
  }
}
