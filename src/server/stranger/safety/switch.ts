/**
 * The operator's switch: whether strangers may meet. It is kept with what lasts; all servers follow
 * within a second, and one that missed the news within fifteen.
 */
import type { Clock } from "#server/core/clock.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { Strangers } from "#server/stranger/strangers.ts";
import type { ReportShelf } from "./safety-store.ts";

interface Parts {
  readonly shelf: Pick<ReportShelf, "isOpen" | "setOpen">;
  readonly strangers: Pick<Strangers, "open" | "shut" | "endAll">;
  /** Tells the other servers to look. */
  readonly tell: () => Promise<void>;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

const LOOK_MS = 15_000;

/** Told to whoever comes while it is closed. */
export const CLOSED = "Those who run this Klatch let nobody meet strangers just now.";

export class Switch {
  readonly #parts: Parts;
  readonly #repeating: Repeating;
  #isOpen = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#repeating = new Repeating(parts.clock, LOOK_MS, () => this.heard());
  }

  /** What was chosen last, as far as it is known here. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when this server does what was chosen. */
  async start(): Promise<void> {
    await this.#look();
    this.#repeating.start();
  }

  stop(): void {
    this.#repeating.stop();
  }

  /** Somebody may have chosen otherwise; while that cannot be read, all stays as it is. */
  async heard(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      this.#parts.onError(error, "switch");
    }
  }

  async set(isOpen: boolean): Promise<void> {
    const { shelf, tell, onError } = this.#parts;
    await shelf.setOpen(isOpen);
    await Promise.all([
      this.#look(),
      tell().catch((error: unknown) => {
        onError(error, "switch");
      }),
    ]);
  }

  async #look(): Promise<void> {
    const { shelf, strangers, onError } = this.#parts;
    this.#isOpen = await shelf.isOpen();
    if (this.#isOpen) strangers.open("operator");
    else {
      strangers.shut("operator", CLOSED);
      // Again each time: a search that was under way may have come through meanwhile.
      await strangers.endAll().catch((error: unknown) => {
        onError(error, "switch");
      });
    }
  }
}
