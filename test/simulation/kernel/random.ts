/**
 * Chance that repeats itself: one seed, the same numbers each time and everywhere (sfc32, 128 bits
 * of state).
 */
export class Random {
  readonly #state: Int32Array;

  /** @param seed any whole number; its low 53 bits count */
  constructor(seed: number) {
    const high = Math.floor(seed / 2 ** 32);
    this.#state = Int32Array.of(seed, high, seed ^ 0x9e3779b9, 1);
    // Seeds that differ in one bit must not begin alike.
    for (let i = 0; i < 15; i++) this.next();
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const sum = (a + b + d) | 0;
    state[3] = d + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number; both ends are possible. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }
}
