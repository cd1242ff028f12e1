/** Measures promises made in seconds, on machines that have other work meanwhile. */

/** How often it looks whether the machine keeps up, in milliseconds. */
const TICK_MS = 10;

/**
 * Time in which the machine ran this process when it asked to: a moment in which it was kept waiting
 * counts as one tick. So a promise of one second is measured as that, beside other tests, too.
 */
export class Stopwatch implements Disposable {
  readonly #startedAt = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #lastTick = this.#startedAt;
  #heldUpMs = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#heldUpMs += Math.max(0, now - this.#lastTick - 2 * TICK_MS);
      this.#lastTick = now;
    }, TICK_MS);
  }

  /** All milliseconds since the start. */
  get wallMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Milliseconds since the start, without those in which nothing could run. */
  get ms(): number {
    return this.wallMs - this.#heldUpMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
