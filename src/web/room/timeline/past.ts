/** What of a room is drawn: its newest lines, or a stretch of its past that a link or a quote led to. */
import type { Position } from "#protocol/position.ts";
import type { Excerpt } from "#sdk/history/excerpt.ts";
import type { Klatch, Room } from "#sdk/index.ts";
import { batch, computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { RoomMoment } from "./room-view.ts";

export interface ShownMoment extends RoomMoment {
  /** Whether there is more between the last line and the newest. */
  readonly hasNewer: boolean;
}

export class Past {
  readonly shown: ReadonlySignal<ShownMoment>;
  /** To be called when a stretch does not follow the room any more, and has to be found anew. */
  onStale: () => void = () => undefined;
  readonly #klatch: Klatch;
  readonly #room: Room;
  readonly #excerpt = signal<Excerpt | undefined>(undefined);
  /** Counts up with each change of the excerpt. */
  readonly #changes = signal(0);

  constructor(klatch: Klatch, room: Room, moment: ReadonlySignal<RoomMoment>) {
    this.#klatch = klatch;
    this.#room = room;
    this.shown = computed(() => {
      const excerpt = this.#excerpt.value;
      if (excerpt === undefined) return { ...moment.value, hasNewer: false };
      void this.#changes.value;
      const { entries, hasOlder, hasNewer } = excerpt;
      return { entries, hasOlder, hasNewer, state: moment.value.state };
    });
  }

  /** Whether what is drawn is not what is newest. */
  get isApart(): boolean {
    return this.#excerpt.peek() !== undefined;
  }

  /**
   * Loads what was said around a message; resolves to what shows it, `undefined` if it is not there.
   * Rejects if it cannot be loaded.
   */
  async find(id: Position): Promise<(() => void) | undefined> {
    // Hardly anybody goes so far back, and then it is soon here.
    const { Excerpt } = await import("#sdk/history/excerpt.ts");
    const found = await Excerpt.around(this.#room, this.#klatch.me?.id ?? 0, id);
    return found && (() => this.#show(found));
  }

  /** Shows the newest again. */
  leave(): void {
    this.#excerpt.peek()?.close();
    this.#excerpt.value = undefined;
  }

  loadOlder(): Promise<void> {
    return (this.#excerpt.peek() ?? this.#room).loadOlder();
  }

  async loadNewer(): Promise<void> {
    await this.#excerpt.peek()?.loadNewer();
  }

  #show(found: Excerpt): void {
    batch(() => {
      this.leave();
      // What met the newest lines at once is in the room already.
      if (found.state === "joined") return;
      this.#excerpt.value = found;
      found.onChange(() => this.#changed(found));
    });
    if (found.state === "stale") this.onStale();
  }

  #changed(excerpt: Excerpt): void {
    if (this.#excerpt.peek() !== excerpt) return;
    batch(() => {
      this.#changes.value++;
      if (excerpt.state === "joined") this.#excerpt.value = undefined;
    });
    if (excerpt.state === "stale") this.onStale();
  }
}
