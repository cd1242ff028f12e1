/** Who is typing in a chat of two: told seldom, shown for a while, never kept. */
import { LIMITS } from "#protocol/limits.ts";
import { Timer } from "#sdk/timer.ts";
import type { StrangerWorld } from "#sdk/strangers/world.ts";

export class Typing {
  readonly #world: StrangerWorld;
  readonly #tell: (isTyping: boolean) => void;
  readonly #onChange: () => void;
  readonly #shown: Timer;
  #toldAt = -Infinity;
  /** Whether the other one is. */
  isTheirs = false;

  /** @param tell says it to the other end */
  constructor(world: StrangerWorld, tell: (isTyping: boolean) => void, onChange: () => void) {
    this.#world = world;
    this.#tell = tell;
    this.#onChange = onChange;
    this.#shown = new Timer(world);
  }

  /** One has typed something; told at most every two seconds. */
  typed(): void {
    const now = this.#world.now();
    if (now - this.#toldAt < LIMITS.typingEveryMs) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  /** The box is empty again. */
  stopped(): void {
    const isShown = this.#world.now() - this.#toldAt < LIMITS.typingShownMs;
    this.#toldAt = -Infinity;
    if (isShown) this.#tell(false);
  }

  /** What one typed was said: that itself ends it at the other end. */
  said(): void {
    this.#toldAt = -Infinity;
  }

  /** News of the other one; shown for six seconds. */
  heard(isTyping: boolean): void {
    this.#shown.stop();
    if (isTyping) this.#shown.set(() => this.heard(false), LIMITS.typingShownMs);
    if (this.isTheirs === isTyping) return;
    this.isTheirs = isTyping;
    this.#onChange();
  }
}
