/** What waits for one room, in the order it was written. */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Entry } from "#sdk/room/timeline.ts";
import type { Timer } from "#sdk/timer.ts";
import type { Unsent } from "./outbox-store.ts";

/** Acknowledged messages kept in case Redis loses them: so many of each room, and so long. */
export const RETAINED_MAX = 64;
export const RETAINED_MS = 10 * 60_000;

interface Item {
  readonly unsent: Unsent;
  readonly entry: Entry;
}

interface Retained {
  readonly unsent: Unsent;
  readonly id: Position;
  readonly storedAt: number;
}

interface Resend {
  readonly now: number;
  /** Everything up to here is known to be there. */
  readonly after: Position;
  readonly isThere: (cid: string) => boolean;
}

export class Lane {
  readonly room: RoomId;
  /** The one that the server was given; the next goes only after its answer. */
  inFlight: string | undefined;
  /** Set while it pauses after a passing refusal; counts those in a row. */
  readonly pause: Timer;
  readonly #author: () => number;
  #items: readonly Item[] = [];
  #retained: readonly Retained[] = [];

  /**
   * @param author id of the person whose messages these are
   * @param pause not set yet
   */
  constructor(room: RoomId, author: () => number, pause: Timer) {
    this.room = room;
    this.pause = pause;
    this.#author = author;
  }

  get entries(): readonly Entry[] {
    return this.#items.map(({ entry }) => entry);
  }

  get unsent(): readonly Unsent[] {
    return this.#items.map(({ unsent }) => unsent);
  }

  entry(cid: string): Entry | undefined {
    return this.#find(cid)?.entry;
  }

  /** The first that waits to be sent. */
  next(): Unsent | undefined {
    return this.#items.find(({ entry }) => entry.state === "queued")?.unsent;
  }

  add(unsent: Unsent): void {
    this.#items = [...this.#items, this.#item(unsent, "queued")];
  }

  /** Puts messages before all others; those with an error as failed. */
  addFirst(unsent: readonly Unsent[]): void {
    const items = unsent.map((one) => this.#item(one, one.error ? "failed" : "queued"));
    this.#items = [...items, ...this.#items];
  }

  remove(cid: string): Unsent | undefined {
    const found = this.#find(cid);
    this.#items = this.#items.filter((item) => item !== found);
    return found?.unsent;
  }

  /** Shows a message in another state, in its place; the answer says whether it is still here. */
  show(unsent: Unsent, state: Entry["state"]): boolean {
    const shown = this.#find(unsent.cid);
    this.#items = this.#items.map((item) => (item === shown ? this.#item(unsent, state) : item));
    return shown !== undefined;
  }

  /** The author has become known. */
  sign(): void {
    this.#items = this.#items.map(({ unsent, entry }) => this.#item(unsent, entry.state));
  }

  /** Remembers a stored message for a while. */
  retain(unsent: Unsent, id: Position, now: number): void {
    this.#retained = [...this.#retained, { unsent, id, storedAt: now }].slice(-RETAINED_MAX);
  }

  /**
   * Queues retained messages that are not there any more, before all others; the answer is what it
   * queued.
   */
  resend({ now, after, isThere }: Resend): readonly Unsent[] {
    const isLost = ({ unsent: { cid }, id, storedAt }: Retained) =>
      now - storedAt <= RETAINED_MS &&
      comparePositions(id, after) > 0 &&
      !isThere(cid) &&
      this.#find(cid) === undefined;
    const lost = this.#retained.filter(isLost).map(({ unsent }) => unsent);
    this.#retained = this.#retained.filter(({ unsent }) => !lost.includes(unsent));
    this.addFirst(lost);
    return lost;
  }

  #find(cid: string): Item | undefined {
    return this.#items.find(({ unsent }) => unsent.cid === cid);
  }

  #item(unsent: Unsent, state: Entry["state"]): Item {
    const { room: _, at, ...shared } = unsent;
    const entry = { ...shared, from: this.#author(), date: Math.floor(at / 1_000), state };
    return { unsent, entry };
  }
}
