/** What one client was shown, and how long it took to catch up after each of its breaks. */

export interface Shown {
  /** Shown once, and after everything before it. */
  readonly right: number;
  readonly twice: number;
  readonly outOfOrder: number;
  readonly missing: number;
}

export class ShownRecord {
  readonly #times = new Map<number, number>();
  readonly #late = new Set<number>();
  #highest = 0;
  /** All messages up to this number were shown. */
  #complete = 0;
  /** The break it is catching up from: what had been said when it came back, and when that was. */
  #break: { readonly upTo: number; readonly at: number } | undefined;
  readonly replays: number[] = [];
  /** Breaks after which something was still missing when the next one came, or at the end. */
  neverWhole = 0;

  /** Whether nothing up to this message is missing. */
  isWhole(upTo: number): boolean {
    return this.#complete >= upTo;
  }

  /** @param n number of the message, from 1 */
  show(n: number, now: number): void {
    this.#times.set(n, (this.#times.get(n) ?? 0) + 1);
    if (n < this.#highest) this.#late.add(n);
    this.#highest = Math.max(this.#highest, n);
    while (this.#times.has(this.#complete + 1)) this.#complete++;
    this.#look(now);
  }

  /** It is cut off. */
  leave(): void {
    if (this.#break !== undefined) this.neverWhole++;
    this.#break = undefined;
  }

  /** It has its network again; `upTo` is the number of the last message said by now. */
  comeBack(upTo: number, now: number): void {
    this.#break = { upTo, at: now };
  }

  /** For a client that has come in with nothing to catch up with. */
  cameIn(now: number): void {
    this.#look(now);
  }

  result(said: number): Shown {
    this.leave();
    let right = 0;
    let missing = 0;
    let twice = 0;
    for (let n = 1; n <= said; n++) {
      const times = this.#times.get(n) ?? 0;
      if (times === 0) missing++;
      else if (times > 1) twice++;
      else if (!this.#late.has(n)) right++;
    }
    return { right, twice, outOfOrder: this.#late.size, missing };
  }

  #look(now: number): void {
    if (this.#break === undefined || this.#complete < this.#break.upTo) return;
    this.replays.push(now - this.#break.at);
    this.#break = undefined;
  }
}
