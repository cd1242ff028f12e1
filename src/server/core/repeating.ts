/** Something done again and again, each time so long after the last time is done. */
import type { Clock } from "./clock.ts";

export class Repeating {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #task: () => Promise<void>;
  #isStarted = false;
  #stop: () => void = () => undefined;

  /** The first time comes after `everyMs`, too. `task` must not reject. */
  constructor(clock: Clock, everyMs: number, task: () => Promise<void>) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#task = task;
  }

  start(): void {
    this.#isStarted = true;
    this.#stop = this.#clock.after(this.#everyMs, () => {
      void this.#task().finally(() => {
        if (this.#isStarted) this.start();
      });
    });
  }

  /** Also while it is being done: then this was the last time. */
  stop(): void {
    this.#isStarted = false;
    this.#stop();
  }
}
