/**
 * A token bucket: a burst, then a steady rate; in memory, for what one peer does on this server.
 */
import type { Clock } from "./clock.ts";

export class TokenBucket {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  /** In thousandths of a token, so that whole milliseconds add up exactly. */
  #thousandths: number;
  #at: number;

  constructor(clock: Clock, burst: number, perSecond: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#thousandths = burst * 1000;
    this.#at = clock.now();
  }

  /** Takes one token; 0 if there was one, else milliseconds until there is. */
  take(): number {
    this.#thousandths = Math.min(this.#burst * 1000, this.#refilled());
    this.#at = this.#clock.now();
    if (this.#thousandths >= 1000) {
      this.#thousandths -= 1000;
      return 0;
    }
    return Math.ceil((1000 - this.#thousandths) / this.#perSecond);
  }

  /** Whether it is as if nobody had ever taken from it, so that it can be forgotten. */
  get isFull(): boolean {
    return this.#refilled() >= this.#burst * 1000;
  }

  /** A clock that is set back must not take tokens away. */
  #refilled(): number {
    const elapsedMs = Math.max(0, this.#clock.now() - this.#at);
    return this.#thousandths + elapsedMs * this.#perSecond;
  }
}
