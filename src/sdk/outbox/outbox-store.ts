/** Where unsent messages survive a reload or a crash. */
import type { CommandError } from "#protocol/errors.ts";
import type { Call } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";

/** What a message says besides its text. */
export interface Extras {
  /** Id of the message it answers. */
  readonly replyTo?: Position;
  /** That everybody is meant; a text with `@room` or `@here` alone calls nobody. */
  readonly calls?: Call;
}

/** A message that the server has not acknowledged. Plain data: fit for JSON and for IndexedDB. */
export interface Unsent extends Extras {
  readonly cid: string;
  readonly room: RoomId;
  readonly text: string;
  /**
   * When it was written, in milliseconds since 1970; no two of one client alike, so it is also
   * their order.
   */
  readonly at: number;
  /** Why it was refused, if it was. */
  readonly error?: CommandError;
}

/**
 * Keeps unsent messages, apart for each owner (who writes where). Calls come one at a time, each
 * after the promise of the one before is settled. A rejected promise costs only the safety: the
 * message is still sent from memory.
 */
export interface OutboxStore {
  /** All that `owner` has here, in any order. */
  load(owner: string): Promise<readonly Unsent[]>;
  /** Adds it, or replaces the one with the same `cid`. */
  put(owner: string, unsent: Unsent): Promise<void>;
  /** Takes it away; nothing if it is not there. */
  remove(owner: string, cid: string): Promise<void>;
}

/** Keeps them as long as the program runs. */
export class MemoryStore implements OutboxStore {
  readonly #kept = new Map<string, { readonly owner: string; readonly unsent: Unsent }>();

  load(owner: string): Promise<readonly Unsent[]> {
    const mine = [...this.#kept.values()].filter((kept) => kept.owner === owner);
    return Promise.resolve(mine.map(({ unsent }) => unsent));
  }

  put(owner: string, unsent: Unsent): Promise<void> {
    this.#kept.set(`${owner} ${unsent.cid}`, { owner, unsent });
    return Promise.resolve();
  }

  remove(owner: string, cid: string): Promise<void> {
    this.#kept.delete(`${owner} ${cid}`);
    return Promise.resolve();
  }
}

/** A store that is called as it wants to be, one call at a time; its failures stay with it. */
export class Journal {
  readonly #store: OutboxStore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: OutboxStore) {
    this.#store = store;
  }

  /** In the order they were written; nothing if the store fails. */
  async load(owner: string): Promise<readonly Unsent[]> {
    let found: readonly Unsent[] = [];
    await this.#then(async () => {
      found = await this.#store.load(owner);
    });
    return found.toSorted((a, b) => a.at - b.at);
  }

  put(owner: string, unsent: Unsent): void {
    void this.#then(() => this.#store.put(owner, unsent));
  }

  remove(owner: string, cid: string): void {
    void this.#then(() => this.#store.remove(owner, cid));
  }

  #then(step: () => Promise<void>): Promise<unknown> {
    return (this.#last = this.#last.then(step).catch(() => undefined));
  }
}
