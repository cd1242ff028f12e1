/**
 * What one has said and the other end has not confirmed. It lives here and nowhere else: a page
 * that is closed takes it along.
 */
import { LIMITS } from "#protocol/limits.ts";
import { packLine } from "#protocol/stranger-line.ts";
import { isSame, randomBytes } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import { markOf } from "./mark.ts";
import type { Arrived } from "./signals.ts";

const OPENING_BYTES = 32;
const RUN_BYTES = 8;

/** A line on its way, packed anew for each try. */
export interface Packed {
  readonly number: number;
  readonly plain: Bytes;
  readonly mark: Bytes;
}

export class Unconfirmed {
  readonly #run = randomBytes(RUN_BYTES);
  #texts: string[] = [];
  /** The number of the first of them. */
  #oldest = 0;

  get count(): number {
    return this.#texts.length;
  }

  get isFull(): boolean {
    return this.count >= LIMITS.unconfirmedLinesMax;
  }

  /** The numbers of all of them, in order. */
  numbers(): readonly number[] {
    return this.#texts.map((_, at) => this.#oldest + at);
  }

  /** Takes a line that may be said; the answer is its number. */
  add(text: string): number {
    this.#texts.push(text);
    return this.#oldest + this.count - 1;
  }

  /** The line with a fresh opening key; `undefined` once it is confirmed. */
  pack(number: number): Packed | undefined {
    const text = this.#texts[number - this.#oldest];
    if (text === undefined) return undefined;
    const opening = randomBytes(OPENING_BYTES);
    const line = { opening, run: this.#run, number, oldest: this.#oldest, text };
    const plain = packLine(line);
    return { number, plain, mark: markOf(plain, opening) };
  }

  /** Takes what the other end says it has shown; the answer is what that is news of. */
  confirm({ run, next }: Arrived): readonly number[] {
    // Of another run, or more than was ever said: not of ours.
    if (!isSame(run, this.#run) || next > this.#oldest + this.count) return [];
    const confirmed = this.numbers().filter((number) => number < next);
    this.#texts = this.#texts.slice(confirmed.length);
    this.#oldest += confirmed.length;
    return confirmed;
  }
}
