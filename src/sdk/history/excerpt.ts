/**
 * A stretch of a room's past, around a message further back than what the room holds. It grows at
 * both ends and follows what its messages become; where it meets the room's own lines, the room
 * takes it over and goes on from there. An entry of its own: loaded by who goes so far back.
 */
import type { HistoryPage } from "#protocol/api.ts";
import type { Message } from "#protocol/message.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import { Listeners } from "#sdk/listeners.ts";
import type { HistoryQuery } from "#sdk/rest.ts";
import type { Room } from "#sdk/room/room.ts";
import { changedAt, keyOf, toEntry } from "#sdk/room/timeline.ts";
import type { StoredEntry } from "#sdk/room/timeline.ts";

/** What it needs of its room. */
export type ExcerptRoom = Pick<
  Room,
  "entries" | "hasOlder" | "history" | "events" | "loadOlder" | "onChange"
>;

/** Messages asked for at once. */
const PAGE = 100;
/** Messages kept: beyond that, those at the other end go; scrolling brings them back. */
export const EXCERPT_MAX = 2_000;

export class Excerpt {
  readonly #room: ExcerptRoom;
  readonly #me: number;
  readonly #events: ReturnType<Room["events"]>;
  readonly #unhear: () => void;
  readonly #changes = new Listeners<void>();
  /** By place, without a gap. */
  #messages: readonly Message[] = [];
  #entries: readonly StoredEntry[] = [];
  readonly #lines = new WeakMap<Message, StoredEntry>();
  #loading: Promise<void> | undefined;
  /** What messages became while a page was on its way, which may be from before that. */
  #changed: Message[] = [];
  #hasOlder = false;
  #hasNewer = false;
  #state: "apart" | "joined" | "stale" | "closed" = "apart";

  private constructor(room: ExcerptRoom, me: number) {
    this.#room = room;
    this.#me = me;
    this.#events = room.events();
    this.#unhear = room.onChange(({ reset }) => {
      // The room lost its place: what was said of older messages meanwhile, nobody here knows.
      if (reset) this.#end("stale");
    });
    void this.#follow().finally(() => this.#end("stale"));
  }

  /**
   * What was said around a message; `undefined` if it is not there.
   *
   * @param me id of the person whose client this is
   * @throws KlatchError if the server cannot be reached or refuses
   */
  static async around(room: ExcerptRoom, me: number, id: Position): Promise<Excerpt | undefined> {
    const excerpt = new Excerpt(room, me);
    try {
      await excerpt.#load({ around: id }, (page) => {
        excerpt.#messages = page.messages;
        excerpt.#hasOlder = page.before !== undefined;
        excerpt.#hasNewer = true;
      });
    } catch (error) {
      excerpt.close();
      throw error;
    }
    if (excerpt.#messages.some((message) => message.id === id)) return excerpt;
    excerpt.close();
    return undefined;
  }

  /** Oldest first; the same array as long as nothing changes, as in a room. */
  get entries(): readonly StoredEntry[] {
    return this.#entries;
  }

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Whether there is more between it and the room's first line. */
  get hasNewer(): boolean {
    return this.#hasNewer;
  }

  /**
   * `joined`: the room holds all of it now. `stale`: it does not follow the room any more and has to
   * be asked for anew.
   */
  get state(): "apart" | "joined" | "stale" | "closed" {
    return this.#state;
  }

  /** Calls `listener` after each change; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Loads the page before it. While a page is under way, another call waits for that one.
   *
   * @throws KlatchError if the server cannot be reached or refuses
   */
  loadOlder(): Promise<void> {
    return this.#load({ before: this.#messages[0]?.id }, (page) => {
      const all = [...page.messages, ...this.#messages];
      this.#messages = all.slice(0, EXCERPT_MAX);
      this.#hasOlder = page.before !== undefined;
    });
  }

  /** Loads the page after it; otherwise as `loadOlder`. */
  loadNewer(): Promise<void> {
    return this.#load({ after: this.#messages.at(-1)?.id }, (page) => {
      const all = [...this.#messages, ...page.messages];
      this.#messages = all.slice(-EXCERPT_MAX);
      // What the room holds begins later than what there is, then: it has yet to catch up.
      this.#hasNewer = page.messages.length > 0;
      this.#hasOlder ||= all.length > EXCERPT_MAX;
    });
  }

  /** Follows the room no longer. */
  close(): void {
    this.#end("closed");
  }

  #load(query: HistoryQuery, take: (page: HistoryPage) => void): Promise<void> {
    this.#loading ??= this.#fetch(query, take).finally(() => {
      this.#loading = undefined;
      this.#changed = [];
    });
    return this.#loading;
  }

  async #fetch(query: HistoryQuery, take: (page: HistoryPage) => void): Promise<void> {
    const page = await this.#room.history({ ...query, limit: PAGE });
    if (this.#state !== "apart") return;
    take(page);
    for (const message of this.#changed) this.#update(message);
    await this.#meet();
    this.#tell();
  }

  /** Hands over to the room, if this reaches up to what that holds. */
  async #meet(isAgain = false): Promise<void> {
    const first = this.#room.entries[0]?.id;
    const last = this.#messages.at(-1)?.id;
    if (first === undefined || last === undefined || comparePositions(last, first) < 0) return;
    const isBefore = ({ id }: Message) => comparePositions(id, first) < 0;
    const messages = this.#messages.filter(isBefore);
    const before = this.#hasOlder ? messages[0]?.id : undefined;
    // Unless the room has gone further back by itself.
    if (messages.length > 0 && this.#room.hasOlder) {
      const page = { messages, people: [], ...(before !== undefined && { before }) };
      await this.#room.loadOlder(page);
      // It may have been at a page of its own: then that is here now.
      const isTaken = this.#room.entries[0]?.id === messages[0]?.id;
      if (!isTaken && !isAgain) return this.#meet(true);
    }
    this.#end("joined");
  }

  async #follow(): Promise<void> {
    for await (const event of this.#events) {
      if (event.type === "fork") this.#end("stale");
      else if (event.type === "message") this.#hearNewer();
      else {
        if (this.#loading !== undefined) this.#changed.push(event.data);
        if (this.#update(event.data)) this.#tell();
      }
    }
  }

  #hearNewer(): void {
    if (this.#hasNewer) return;
    this.#hasNewer = true;
    this.#tell();
  }

  /** Shows a message as it is now, if it is here. */
  #update(message: Message): boolean {
    const at = this.#messages.findIndex(({ id }) => id === message.id);
    const known = this.#messages[at];
    if (known === undefined) return false;
    if (comparePositions(changedAt(message), changedAt(known)) <= 0) return false;
    this.#messages = this.#messages.with(at, message);
    return true;
  }

  #end(state: "joined" | "stale" | "closed"): void {
    if (this.#state !== "apart") return;
    this.#state = state;
    this.#unhear();
    void this.#events.return?.();
    if (state === "stale") this.#tell();
  }

  #tell(): void {
    this.#entries = this.#messages.map((message) => this.#lineOf(message));
    this.#changes.tell();
  }

  #lineOf(message: Message): StoredEntry {
    const line = this.#lines.get(message) ?? toEntry(keyOf(message, this.#me), message);
    this.#lines.set(message, line);
    return line;
  }
}
