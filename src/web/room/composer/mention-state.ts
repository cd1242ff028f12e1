/** Whom one is about to name: the word behind an `@`, who it may be, and which of them is chosen. */
import type { Person } from "#protocol/person.ts";
import { signal } from "@preact/signals";

/** A person of the room, or a call to everybody. */
export interface Offer {
  /** What stands behind the `@`. */
  readonly name: string;
  /** The person; `undefined` for a call. */
  readonly person?: Person;
  /** What else is said of it. */
  readonly about?: string;
}

/** Offers for the beginning of a name; never for another room. */
export type FindOffers = (beginning: string) => Promise<readonly Offer[]>;

/** Offers shown at a time. */
const OFFERS_MAX = 8;

export class MentionState {
  /** Empty while nobody is being named. */
  readonly offers = signal<readonly Offer[]>([]);
  readonly active = signal(0);
  readonly #find: FindOffers;
  /** Where the word begins, its `@` included. */
  #from = 0;
  #beginning: string | undefined;
  /** Names the question that is open: answers to earlier ones come too late. */
  #asked = 0;

  constructor(find: FindOffers) {
    this.#find = find;
  }

  /** To be called after every change of the text or the caret. */
  look({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): void {
    const isCaret = selectionStart === selectionEnd;
    const word = isCaret ? WORD.exec(value.slice(0, selectionStart))?.groups?.["word"] : undefined;
    if (word === undefined) {
      this.close();
      return;
    }
    this.#from = selectionStart - word.length - 1;
    if (word === this.#beginning) return;
    this.#beginning = word;
    void this.#ask(word);
  }

  /** Shows the next, or with −1 the one before. */
  move(by: 1 | -1): void {
    const { length } = this.offers.peek();
    this.active.value = (this.active.peek() + by + length) % length;
  }

  /** Whether the whole name stands there. */
  isTyped({ name }: Offer): boolean {
    return name.toLowerCase() === this.#beginning?.toLowerCase();
  }

  /** Puts the name into the text in place of what was typed of it; answers the new text and caret. */
  put({ name }: Offer, text: string): { readonly text: string; readonly caret: number } {
    const to = this.#from + 1 + (this.#beginning?.length ?? 0);
    const before = `${text.slice(0, this.#from)}@${name} `;
    this.close();
    return { text: before + text.slice(to).replace(/^ /u, ""), caret: before.length };
  }

  close(): void {
    this.#asked++;
    this.#beginning = undefined;
    this.offers.value = [];
  }

  async #ask(beginning: string): Promise<void> {
    const asked = ++this.#asked;
    // Without an answer one writes on: the name counts just the same.
    const found = await this.#find(beginning).catch(() => []);
    if (asked !== this.#asked) return;
    this.active.value = 0;
    this.offers.value = found.slice(0, OFFERS_MAX);
  }
}

/**
 * Carries out the keys of the list while it is there: arrows, Enter or Tab, Escape. Answers whether
 * it was one of them.
 */
export function chooses(
  event: KeyboardEvent,
  state: MentionState,
  choose: (offer: Offer) => void,
): boolean {
  const offers = state.offers.peek();
  if (offers.length === 0 || event.isComposing || event.ctrlKey || event.metaKey) return false;
  switch (event.key) {
    case "ArrowDown":
      state.move(1);
      return true;
    case "ArrowUp":
      state.move(-1);
      return true;
    case "Escape":
      state.close();
      return true;
    case "Enter":
    case "Tab": {
      const offer = offers[state.active.peek()];
      if (offer === undefined || event.shiftKey) return false;
      // Typed out already: there is nothing left to choose.
      if (event.key === "Enter" && state.isTyped(offer)) return false;
      choose(offer);
      return true;
    }
    default:
      return false;
  }
}

/** As in `namesIn`: not in the middle of a word. */
const WORD = /(?<![\p{L}\p{M}\p{N}_@.-])@(?<word>[\p{L}\p{M}\p{N}._-]{0,32})$/u;
