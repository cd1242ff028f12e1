/**
 * One direction of a connection: what is sent arrives late and in order, is held back, or is lost
 * with the connection.
 */
import type { Scheduler } from "./scheduler.ts";

interface Frame {
  readonly arrive: () => void;
  isLost: boolean;
}

export class Lane {
  readonly #scheduler: Scheduler;
  readonly #latencyMs: () => number;
  /** Oldest first. */
  #underWay: Frame[] = [];
  #held: (() => void)[] | undefined;
  #lastAt = 0;
  #isCut = false;

  constructor(scheduler: Scheduler, latencyMs: () => number) {
    this.#scheduler = scheduler;
    this.#latencyMs = latencyMs;
  }

  send(arrive: () => void): void {
    if (this.#isCut) return;
    const frame: Frame = { arrive, isLost: false };
    this.#underWay.push(frame);
    const now = this.#scheduler.now;
    // Never before what was sent earlier.
    this.#lastAt = Math.max(this.#lastAt, now + this.#latencyMs());
    this.#scheduler.after(this.#lastAt - now, () => {
      if (frame.isLost) return;
      this.#underWay.shift();
      if (this.#held === undefined) arrive();
      else this.#held.push(arrive);
    });
  }

  /**
   * From now on nothing arrives: a hole that swallows packets, which their sender repeats for as
   * long as it lasts.
   */
  hold(): void {
    this.#held ??= [];
  }

  /** What was held arrives now, in order. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const arrive of held ?? []) if (!this.#isCut) this.send(arrive);
  }

  /** No more; of what is under way the first `keep` still arrive. */
  cut(keep = 0): void {
    this.#isCut = true;
    this.#held = undefined;
    for (const frame of this.#underWay.slice(keep)) frame.isLost = true;
    this.#underWay = this.#underWay.slice(0, keep);
  }

  get underWay(): number {
    return this.#underWay.length;
  }
}
