/**
 * Keeps the reader's place: at the bottom while at the bottom, otherwise with the lowest visible
 * row where it was, whatever is added, trimmed, wrapped anew or covered by a keyboard. The
 * browser's own scroll anchoring is off: not every browser has it, and two of them would fight.
 */

/** Nearer to the bottom than this counts as there, in pixels. */
const BOTTOM_PX = 80;

interface Anchor {
  readonly row: Element;
  /** From the row's bottom edge to the scroller's, in pixels. */
  readonly toBottom: number;
}

export class ScrollPlace {
  readonly #scroller: HTMLElement;
  readonly #rows: () => readonly HTMLElement[];
  #sticking = true;
  #anchor: Anchor | undefined;

  /** @param rows the rows in the document, in order from the top */
  constructor(scroller: HTMLElement, rows: () => readonly HTMLElement[]) {
    this.#scroller = scroller;
    this.#rows = rows;
  }

  /** Whether the newest is kept in view. */
  get sticking(): boolean {
    return this.#sticking;
  }

  /** Pixels of content above and below what is visible. */
  get above(): number {
    return this.#scroller.scrollTop;
  }

  get below(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /**
   * To be called when the reader has scrolled. `atEnd`: whether the last row is the newest of all.
   */
  scrolled(atEnd: boolean): void {
    this.#sticking = atEnd && this.below < BOTTOM_PX;
    this.remember();
  }

  /** Takes the place down; to be called before the document changes. */
  remember(): void {
    const row = this.#sticking ? undefined : this.lowestVisibleRow();
    this.#anchor = row && { row, toBottom: this.#toBottom(row) };
  }

  /**
   * Returns to the place taken down; to be called after the document changed and before it is
   * painted.
   */
  restore(): void {
    if (this.#sticking) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
    } else if (this.#anchor?.row.isConnected) {
      const moved = this.#anchor.toBottom - this.#toBottom(this.#anchor.row);
      if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
    }
  }

  /** Follows the newest no longer, and keeps no row where it is: the next scrolling decides. */
  release(): void {
    this.#sticking = false;
    this.#anchor = undefined;
  }

  stick(): void {
    this.#sticking = true;
    this.restore();
  }

  #toBottom(row: Element): number {
    return this.#scroller.getBoundingClientRect().bottom - row.getBoundingClientRect().bottom;
  }

  /** By halving, since this runs on every scroll event. */
  lowestVisibleRow(): HTMLElement | undefined {
    const rows = this.#rows();
    const edge = this.#scroller.getBoundingClientRect().bottom;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = rows[middle];
      if (row && row.getBoundingClientRect().top < edge) low = middle + 1;
      else high = middle;
    }
    return rows[low - 1];
  }
}
