/** Goes through the exchange of keys at each `open`, saying again what may have been lost. */
import type { Role } from "#protocol/stranger.ts";
import { Exchange } from "#sdk/strangers/keys/exchange.ts";
import type { Agreed, ExchangeFrame, Step } from "#sdk/strangers/keys/exchange.ts";
import type { StrangerWorld } from "#sdk/strangers/world.ts";
import { Timer } from "#sdk/timer.ts";

export interface KeyAgreementParts {
  readonly world: StrangerWorld;
  readonly pair: string;
  readonly role: Role;
  readonly say: (frame: ExchangeFrame) => void;
  readonly onAgreed: (agreed: Agreed) => void;
  /** What came is no mistake of a line. */
  readonly onCheated: () => void;
}

/** What got no answer is said again after this long. */
const AGAIN_MS = 2_000;

export class KeyAgreement {
  readonly #parts: KeyAgreementParts;
  readonly #timer: Timer;
  #epoch = -1;
  #exchange: Promise<Exchange> | undefined;
  /** One after the other, as they came. */
  #hearing: Promise<unknown> = Promise.resolve();

  constructor(parts: KeyAgreementParts) {
    this.#parts = parts;
    this.#timer = new Timer(parts.world);
  }

  /** Begins with fresh keys; false if this was opened before, or a later one was. */
  open(epoch: number): boolean {
    if (epoch <= this.#epoch) return false;
    this.#epoch = epoch;
    const { pair, role } = this.#parts;
    this.#exchange = Exchange.begin({ pair, role, epoch });
    this.#sayAgain();
    return true;
  }

  hear(frame: ExchangeFrame): void {
    if (frame.epoch === this.#epoch) this.#hearing = this.#hear(frame, this.#hearing);
  }

  /** Resolves once all that came so far was looked at. */
  settled(): Promise<unknown> {
    return this.#hearing;
  }

  close(): void {
    this.#timer.stop();
    this.#epoch = Infinity;
    this.#exchange = undefined;
  }

  #take({ say, agreed, cheated }: Step): void {
    for (const frame of say) this.#parts.say(frame);
    if (cheated) {
      this.close();
      this.#parts.onCheated();
    } else if (agreed !== undefined) {
      this.#timer.stop();
      this.#parts.onAgreed(agreed);
    }
  }

  #sayAgain(): void {
    this.#timer.set(() => this.#sayAgain(), AGAIN_MS);
    void this.#sayOpening();
  }

  async #sayOpening(): Promise<void> {
    const epoch = this.#epoch;
    const exchange = await this.#exchange;
    if (epoch !== this.#epoch) return;
    for (const frame of exchange?.opening() ?? []) this.#parts.say(frame);
  }

  async #hear(frame: ExchangeFrame, before: Promise<unknown>): Promise<void> {
    await before;
    const exchange = await this.#exchange;
    const step = await exchange?.hear(frame);
    if (step !== undefined && frame.epoch === this.#epoch) this.#take(step);
  }
}
