/** Holds back what would be refused for coming too fast: stays below what the server lets pass. */
import { LIMITS } from "#protocol/limits.ts";

/** Room for what is under way when a connection is new, and for clocks that differ. */
const BURST = LIMITS.relayBurst / 2;
const PER_MS = (LIMITS.relayPerSecond * 0.8) / 1_000;

export class Pace {
  #tokens: number = BURST;
  #since: number;

  /** @param now in milliseconds since 1970, as everywhere here */
  constructor(now: number) {
    this.#since = now;
  }

  /** Whether a frame may go now; if so, it counts. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until the next one may. */
  waitMs(now: number): number {
    this.#fill(now);
    return Math.max(0, Math.ceil((1 - this.#tokens) / PER_MS));
  }

  /** The server says that it was too fast after all. */
  empty(now: number, ms: number): void {
    this.#since = now + ms;
    this.#tokens = 0;
  }

  #fill(now: number): void {
    if (now <= this.#since) return;
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#since) * PER_MS);
    this.#since = now;
  }
}
