/**
 * Ties the timeline to its scrolling: which rows are in the document, the reader's place, what came
 * meanwhile.
 */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { Entry } from "#sdk/index.ts";
import { signal } from "@preact/signals";
import type { RoomView } from "./room-view.ts";
import { NEWEST, newer, older, stretchOf, windowOf } from "./row-window.ts";
import type { RowWindow, Stretch } from "./row-window.ts";
import { ScrollPlace } from "./scroll-place.ts";

/** More rows are brought in while the end is still this far out of sight, in pixels. */
const NEAR_PX = 1_200;

/** Pages of history loaded on the way to a message; what is further back is not gone to. */
const PAGES_MAX = 40;
/** How long the message that was gone to stands out, in milliseconds. */
const GOAL_MS = 2_000;
/** Rows in the document before a message that was gone to, and after it. */
const AROUND = { before: 30, after: 50 } as const;

/** What is in the document. */
export interface Shown {
  readonly entries: readonly Entry[];
  /** Whether the first of them is the first that was loaded at all. */
  readonly fromStart: boolean;
}

export class TimelineScroll {
  /** Whether the reader is with the newest. */
  readonly atBottom = signal(true);
  /** Messages by others that came while the reader was further up. */
  readonly newCount = signal(0);
  /** Whether the last page of history could not be loaded. */
  readonly olderFailed = signal(false);
  readonly #view: RoomView;
  readonly #me: number;
  /** Counts up when another stretch is wanted, so that the timeline draws again. */
  readonly #redraw = signal(0);
  #wanted: RowWindow = NEWEST;
  #stretch: Stretch = { first: 0, end: 0 };
  #shown: Shown & { readonly of: readonly Entry[]; readonly stretch: Stretch } = {
    of: [],
    stretch: this.#stretch,
    entries: [],
    fromStart: true,
  };
  #place: ScrollPlace | undefined;
  #content: HTMLElement | undefined;

  /** @param me own id, whose messages are not counted as new */
  constructor(view: RoomView, me: number) {
    this.#view = view;
    this.#me = me;
  }

  /** Watches the scrolling box and what is in it, until the returned function is called. */
  attach(scroller: HTMLElement, content: HTMLElement): () => void {
    this.#content = content;
    this.#place = new ScrollPlace(scroller, () => this.rows());
    const sizes = new ResizeObserver(() => this.#place?.restore());
    sizes.observe(scroller);
    sizes.observe(content);
    const onScroll = () => this.#scrolled();
    scroller.addEventListener("scroll", onScroll, { passive: true });
    const unhear = this.#view.onArrival((added) => {
      if (this.#place?.sticking) return;
      this.newCount.value += added.filter(({ from }) => from !== this.#me).length;
    });
    this.drawn();
    return () => {
      unhear();
      sizes.disconnect();
      scroller.removeEventListener("scroll", onScroll);
    };
  }

  /** What to draw now. To be called on every drawing, before the document changes. */
  shown(): Shown {
    const { entries } = this.#view.moment.value;
    void this.#redraw.value;
    this.#place?.remember();
    const stretch = stretchOf(entries, this.#wanted, this.#place?.sticking ?? true);
    // What is in the document now is what the next change starts from.
    this.#wanted = windowOf(entries, stretch);
    this.#stretch = stretch;
    const { of, stretch: before } = this.#shown;
    if (of !== entries || before.first !== stretch.first || before.end !== stretch.end) {
      const { first, end } = stretch;
      const fromStart = first === 0;
      this.#shown = { of: entries, stretch, entries: entries.slice(first, end), fromStart };
    }
    return this.#shown;
  }

  /** To be called after every drawing, before it is painted. */
  drawn(): void {
    this.#place?.restore();
    this.#fill();
  }

  /** The rows in the document, in order. */
  rows(): readonly HTMLElement[] {
    return Array.from(this.#content?.querySelectorAll<HTMLElement>(".message") ?? []);
  }

  /** Shows the newest and stays with it. */
  toLatest(): void {
    this.#wanted = NEWEST;
    this.#redraw.value++;
    this.#place?.stick();
    this.#look();
  }

  /**
   * Shows a message in the middle, loading what is between; resolves to whether it was found. Rejects
   * if history cannot be loaded.
   */
  async toMessage(id: Position, pages = PAGES_MAX): Promise<boolean> {
    const { entries, hasOlder } = this.#view.moment.peek();
    const at = entries.findIndex((entry) => entry.id === id);
    const first = entries[0]?.id;
    if (at >= 0) {
      this.#goTo(at);
      return true;
    }
    const isGone = !hasOlder || (first !== undefined && comparePositions(first, id) < 0);
    if (isGone || pages === 0) return false;
    await this.#view.room.loadOlder();
    return this.toMessage(id, pages - 1);
  }

  #goTo(at: number): void {
    const { entries } = this.#view.moment.peek();
    const first = Math.max(0, at - AROUND.before);
    this.#place?.release();
    const { first: top, end } = this.#stretch;
    if (at < top || at >= end) {
      this.#show({ first, end: Math.min(entries.length, at + AROUND.after) });
    }
    const cid = entries[at]?.cid;
    requestAnimationFrame(() => {
      const row = this.rows().find((one) => one.dataset["cid"] === cid);
      row?.scrollIntoView({ block: "center" });
      row?.focus({ preventScroll: true });
      const background = ["var(--cream-wash)", "var(--cream-wash)", "transparent"];
      row?.animate({ background }, GOAL_MS);
    });
  }

  /** Loads the next older page, again after a failure. */
  loadOlder(): void {
    this.olderFailed.value = false;
    this.#view.room.loadOlder().catch(() => (this.olderFailed.value = true));
  }

  #scrolled(): void {
    this.#place?.scrolled(this.#stretch.end === this.#view.moment.peek().entries.length);
    this.#look();
    this.#fill();
  }

  #look(): void {
    this.atBottom.value = this.#place?.sticking ?? true;
    if (this.atBottom.value) this.newCount.value = 0;
  }

  /** Brings in what the reader is about to reach. */
  #fill(): void {
    if (!this.#place) return;
    const { above, below } = this.#place;
    const { entries, hasOlder, state } = this.#view.moment.peek();
    if (above < NEAR_PX && this.#stretch.first > 0) {
      this.#show(older(this.#stretch));
    } else if (below < NEAR_PX && this.#stretch.end < entries.length) {
      this.#show(newer(this.#stretch, entries.length));
    } else if (above < NEAR_PX && hasOlder && state === "live" && !this.olderFailed.peek()) {
      this.loadOlder();
    }
  }

  #show(stretch: Stretch): void {
    this.#wanted = windowOf(this.#view.moment.peek().entries, stretch);
    this.#redraw.value++;
  }
}
