/** A timer that is set for one thing at a time, and knows how long to wait before another try. */
import type { Environment } from "./environment.ts";
import { retryDelayMs } from "./retry.ts";

type TimerGround = Pick<Environment, "random" | "setTimer">;

export class Timer {
  /** Tries in a row that failed. */
  tries = 0;
  readonly #environment: TimerGround;
  #stop: (() => void) | undefined;

  constructor(environment: TimerGround) {
    this.#environment = environment;
  }

  get isSet(): boolean {
    return this.#stop !== undefined;
  }

  /** Calls `run` in `ms` milliseconds, and not what it was set for before. */
  set(run: () => void, ms: number): void {
    this.stop();
    this.#stop = this.#environment.setTimer(() => {
      this.#stop = undefined;
      run();
    }, ms);
  }

  /**
   * Calls `run` after one more failed try, later each time.
   *
   * @param retryAfter seconds the server asked for
   */
  retry(run: () => void, retryAfter?: number): void {
    this.set(run, retryDelayMs(++this.tries, this.#environment.random(), retryAfter));
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
