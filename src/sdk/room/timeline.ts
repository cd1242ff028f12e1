/** The timeline of one room: its stored messages, each shown once, in the server's order. Pure. */
import type { HistoryPage } from "#protocol/api.ts";
import type { JoinResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { ChangeEvent, MessageEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";

type Marks = "replyTo" | "mentions" | "calls" | "reactions" | "pinned" | "marked";

/** One line of a room: a stored message, or one of mine that is on its way. */
export interface Entry extends Pick<Message, Marks> {
  /**
   * Names the line among those of its room and stays the same from sending to stored: the key to
   * render by. For one of mine it is the id my client gave it; for another's it is a name that no
   * message of mine can have.
   */
  readonly cid: string;
  /** Id of the author. */
  readonly from: number;
  readonly text: string;
  /** Seconds since 1970: the server's once stored, this device's before. */
  readonly date: number;
  /** Its place in the room's order; present once stored. */
  readonly id?: Position;
  readonly state: "stored" | "queued" | "sending" | "failed";
  /** Why, with `failed`. */
  readonly error?: CommandError;
  /** Place of its last edit; absent if it is as it was sent. */
  readonly edited?: Position;
  /** Place of its deletion; `text` is then empty. */
  readonly deleted?: Position;
}

/** A line whose message is stored. */
export interface StoredEntry extends Entry {
  readonly id: Position;
  readonly state: "stored";
}

/** What hearing something did to the list. */
export type Heard =
  /**
   * It came next; `added` is the new line, if it made one (mine is there once acknowledged).
   */
  | { readonly is: "applied"; readonly added: StoredEntry | undefined }
  /** It is known. */
  | { readonly is: "known" }
  /** Something before it is missing. */
  | { readonly is: "gap" };

/**
 * Lines kept in memory: beyond `ENTRIES_MAX` the oldest go, down to `ENTRIES_KEPT`; history can
 * bring them back.
 */
export const ENTRIES_MAX = 5_000;
export const ENTRIES_KEPT = 4_000;

export class Timeline {
  readonly #me: () => number;
  /** Sorted by `id`; replaced, never changed. */
  #entries: readonly StoredEntry[] = [];
  readonly #byCid = new Map<string, StoredEntry>();
  #position: Position | undefined;
  #before: Position | undefined;

  /** @param me id of the person whose client this is */
  constructor(me: () => number) {
    this.#me = me;
  }

  /** Oldest first. The same array as long as nothing changes; never changed afterwards. */
  get entries(): readonly StoredEntry[] {
    return this.#entries;
  }

  /** The id of the last event heard; `undefined` before the first join. */
  get position(): Position | undefined {
    return this.#position;
  }

  /**
   * Where the page before the oldest line begins; `undefined` when there is nothing older, or
   * nothing at all.
   */
  get before(): Position | undefined {
    return this.#before;
  }

  /** The line of one of my own messages. */
  own(cid: string): StoredEntry | undefined {
    return this.#byCid.get(cid);
  }

  /** Applies a live event by the law of order: the one after `position`, or none. */
  hear(event: MessageEvent | ChangeEvent): Heard {
    const position = this.#position;
    if (position === undefined) return { is: "gap" };
    if (comparePositions(event.id, position) <= 0) return { is: "known" };
    if (event.prev !== position || this.#hasBetween(position, event.id)) return { is: "gap" };
    this.#position = event.id;
    const added = event.type === "message" ? this.#place(event.data) : this.#update(event.data);
    return { is: "applied", added };
  }

  /**
   * Appends exactly what was missed; the answer is the lines that were not there before. A message
   * of mine that was acknowledged beyond the old position, and is not among what came after it, is
   * not in the room any more: it goes.
   */
  recover(result: JoinResult): readonly StoredEntry[] {
    const told = new Set(result.messages.map((message) => keyOf(message, this.#me())));
    const position = this.#position ?? START;
    const isGone = ({ id, cid }: StoredEntry) =>
      comparePositions(id, position) > 0 && !told.has(cid);
    for (const entry of this.#entries.filter(isGone)) this.#remove(entry);
    const added = result.messages.flatMap((message) => this.#place(message) ?? []);
    for (const message of result.changes ?? []) this.#update(message);
    this.#position = result.position;
    return added;
  }

  /** Starts over with the newest page. */
  replace(result: JoinResult): void {
    this.clear();
    this.#before = result.before;
    for (const message of result.messages) this.#place(message);
    this.#position = result.position;
  }

  /** Puts the page before the oldest line in front. */
  prepend(page: HistoryPage): void {
    this.#before = undefined;
    // A line that is here already, newer, is one that was accepted again: that place holds.
    for (const message of page.messages) {
      if (!this.#byCid.has(keyOf(message, this.#me()))) this.#place(message);
    }
    this.#before = page.before;
  }

  /**
   * Places one of my messages when its acknowledgement comes; its event, sooner or later, changes
   * nothing then. Answers false, and does nothing, for one that was lost since: its acknowledgement
   * comes late, and it is not where everything was heard already.
   */
  confirm(message: Message): boolean {
    const { id } = message;
    const isHeard = this.#position !== undefined && comparePositions(id, this.#position) <= 0;
    const isHeld = this.#before === undefined || comparePositions(id, this.#before) >= 0;
    if (isHeard && isHeld && this.#byCid.get(keyOf(message, this.#me()))?.id !== id) return false;
    this.#place(message);
    return true;
  }

  /** Lets go of the oldest lines when there are too many; the answer says whether it did. */
  trim(): boolean {
    if (this.#entries.length <= ENTRIES_MAX) return false;
    const gone = this.#entries.length - ENTRIES_KEPT;
    for (const entry of this.#entries.slice(0, gone)) this.#byCid.delete(entry.cid);
    this.#entries = this.#entries.slice(gone);
    this.#before = this.#entries[0]?.id;
    return true;
  }

  /** Forgets everything, the position too. */
  clear(): void {
    this.#entries = [];
    this.#byCid.clear();
    this.#position = undefined;
    this.#before = undefined;
  }

  /**
   * Puts a message in its place, moving its line if it had another one. Answers the line if there
   * was none.
   */
  #place(message: Message): StoredEntry | undefined {
    const cid = keyOf(message, this.#me());
    const known = this.#byCid.get(cid);
    if (known?.id === message.id) return this.#update(message);
    if (known !== undefined) this.#remove(known);
    // What lies before the oldest line would stand beside messages that it is not next to; history
    // brings it.
    if (this.#before !== undefined && comparePositions(message.id, this.#before) < 0) {
      return undefined;
    }
    const entry = toEntry(cid, message);
    this.#insert(entry);
    return known === undefined ? entry : undefined;
  }

  /**
   * Whether a message of mine was acknowledged with a place between these two, of which the log
   * says that nothing is between: then Redis has lost it.
   */
  #hasBetween(from: Position, to: Position): boolean {
    const next = this.#entries.findLast(({ id }) => comparePositions(id, to) < 0);
    return next !== undefined && comparePositions(next.id, from) > 0;
  }

  /**
   * Shows a message as it is now, if it is here; what is older than what is shown changes nothing.
   */
  #update(message: Message): undefined {
    const known = this.#byCid.get(keyOf(message, this.#me()));
    if (known?.id !== message.id) return;
    if (comparePositions(changedAt(message), changedAt(known)) <= 0) return;
    const entry = toEntry(known.cid, message);
    this.#entries = this.#entries.with(this.#entries.lastIndexOf(known), entry);
    this.#byCid.set(entry.cid, entry);
  }

  #insert(entry: StoredEntry): void {
    const isBefore = ({ id }: StoredEntry) => comparePositions(id, entry.id) <= 0;
    const at = this.#entries.findLastIndex(isBefore) + 1;
    this.#entries = this.#entries.toSpliced(at, 0, entry);
    this.#byCid.set(entry.cid, entry);
  }

  #remove(entry: StoredEntry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#byCid.delete(entry.cid);
  }
}

/**
 * A cid is its author's choice, and everyone in the room can read it. So another's is never taken
 * as it is: whoever repeats the cid of my message must not be able to take my line's place. A cid of
 * mine has no colon and no dot.
 */
export function keyOf({ from, cid, id }: Message, me: number): string {
  if (cid === "") return id;
  return from === me ? cid : `${from}:${cid}`;
}

export function toEntry(cid: string, message: Message): StoredEntry {
  const { roomId: _, message: text, ...shared } = message;
  return { ...shared, cid, text, state: "stored" };
}

/** Place of the last change; before all places for what never changed. */
export function changedAt({ edited, deleted, marked }: Message | StoredEntry): Position {
  const places = [edited, deleted, marked].map((at) => at ?? START);
  return places.sort(comparePositions)[2] ?? START;
}
