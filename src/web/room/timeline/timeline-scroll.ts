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
  /** Whether the last page of history could not be loaded, further back or further on. */
  readonly olderFailed = signal(false);
  readonly newerFailed = signal(false);
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
    this.#view.past.onStale = () => void this.#findAgain();
    this.drawn();
    return () => {
      unhear();
      this.#view.past.onStale = () => undefined;
      sizes.disconnect();
      scroller.removeEventListener("scroll", onScroll);
    };
  }

  /** What to draw now. To be called on every drawing, before the document changes. */
  shown(): Shown {
    const { entries } = this.#view.past.shown.value;
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
    this.#view.past.leave();
    this.#wanted = NEWEST;
    this.#redraw.value++;
    this.#place?.stick();
    this.#look();
  }

  /**
   * Shows a message in the middle: among what is loaded, or else, with what is around it, apart from
   * the newest. Resolves to whether it was found; rejects if history cannot be loaded.
   */
  async toMessage(id: Position): Promise<boolean> {
    if (this.#goTo(id)) return true;
    const { past, moment } = this.#view;
    const { entries, hasOlder } = moment.peek();
    const first = entries[0]?.id;
    if (entries.some((entry) => entry.id === id)) past.leave();
    else {
      if (!hasOlder || (first !== undefined && comparePositions(first, id) < 0)) return false;
      const show = await past.find(id);
      if (show === undefined) return false;
      show();
    }
    return this.#goTo(id);
  }

  /** Goes to a message among those that are loaded; `false` if it is not. */
  #goTo(id: Position): boolean {
    const { entries } = this.#view.past.shown.peek();
    const at = entries.findIndex((entry) => entry.id === id);
    const cid = entries[at]?.cid;
    if (cid === undefined) return false;
    const first = Math.max(0, at - AROUND.before);
    this.#place?.release();
    const { first: top, end } = this.#stretch;
    if (this.#shown.of !== entries || at < top || at >= end) {
      this.#show({ first, end: Math.min(entries.length, at + AROUND.after) });
    }
    if (this.#view.past.isApart) this.#look();
    requestAnimationFrame(() => {
      const row = this.rows().find((one) => one.dataset["cid"] === cid);
      row?.scrollIntoView({ block: "center" });
      row?.focus({ preventScroll: true });
      const background = ["var(--cream-wash)", "var(--cream-wash)", "transparent"];
      row?.animate({ background }, GOAL_MS);
    });
    return true;
  }

  /** The past that is shown was left behind by its room: reads it anew, around the reader's place. */
  async #findAgain(): Promise<void> {
    const { past } = this.#view;
    const cid = this.#place?.lowestVisibleRow()?.dataset["cid"];
    const id = past.shown.peek().entries.find((entry) => entry.cid === cid)?.id;
    try {
      const show = id === undefined ? undefined : await past.find(id);
      if (!past.isApart) return;
      if (show === undefined) this.toLatest();
      else show();
    } catch {
      this.toLatest();
    }
  }

  /** Loads the next older page, again after a failure. */
  loadOlder(): void {
    this.olderFailed.value = false;
    this.#view.past.loadOlder().catch(() => (this.olderFailed.value = true));
  }

  /** Loads the next page towards the newest, likewise. */
  loadNewer(): void {
    this.newerFailed.value = false;
    this.#view.past.loadNewer().catch(() => (this.newerFailed.value = true));
  }

  #scrolled(): void {
    const { entries, hasNewer } = this.#view.past.shown.peek();
    this.#place?.scrolled(!hasNewer && this.#stretch.end === entries.length);
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
    const isNearTop = this.#place.above < NEAR_PX;
    const isNearEnd = this.#place.below < NEAR_PX;
    const { entries, hasOlder, hasNewer, state } = this.#view.past.shown.peek();
    if (isNearTop && this.#stretch.first > 0) this.#show(older(this.#stretch));
    else if (isNearEnd && this.#stretch.end < entries.length) {
      this.#show(newer(this.#stretch, entries.length));
    } else if (state === "live") {
      if (isNearTop && hasOlder && !this.olderFailed.peek()) this.loadOlder();
      else if (isNearEnd && hasNewer && !this.newerFailed.peek()) this.loadNewer();
    }
  }

  #show(stretch: Stretch): void {
    this.#wanted = windowOf(this.#view.past.shown.peek().entries, stretch);
    this.#redraw.value++;
  }
}
