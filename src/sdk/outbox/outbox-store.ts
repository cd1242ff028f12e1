/** Where unsent messages survive a reload or a crash. */
import type { CommandError } from "#protocol/errors.ts";
import type { RoomId } from "#protocol/room.ts";

/** A message that the server has not acknowledged. Plain data: fit for JSON and for IndexedDB. */
export interface Unsent {
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
  readonly #owners = new Map<string, Map<string, Unsent>>();

  load(owner: string): Promise<readonly Unsent[]> {
    return Promise.resolve([...(this.#owners.get(owner)?.values() ?? [])]);
  }

  put(owner: string, unsent: Unsent): Promise<void> {
    const mine = this.#owners.get(owner) ?? new Map<string, Unsent>();
    this.#owners.set(owner, mine.set(unsent.cid, unsent));
    return Promise.resolve();
  }

  remove(owner: string, cid: string): Promise<void> {
    this.#owners.get(owner)?.delete(cid);
    return Promise.resolve();
  }
}

/**
 * One owner's part of a store: keeps the order of calls, and keeps failures of the store away from
 * the outbox.
 */
export class Journal {
  readonly #store: OutboxStore;
  readonly #owner: string;
  #last: Promise<unknown>;

  /** @param after what another journal on the same store has still to write */
  constructor(store: OutboxStore, owner: string, after: Promise<unknown>) {
    this.#store = store;
    this.#owner = owner;
    this.#last = after;
  }

  /** Settles when everything asked for so far is written, or has failed; never rejects. */
  get written(): Promise<unknown> {
    return this.#last;
  }

  /** In the order they were written; nothing if the store fails. */
  async load(): Promise<readonly Unsent[]> {
    let found: readonly Unsent[] = [];
    await this.#then(async () => {
      found = await this.#store.load(this.#owner);
    });
    return [...found].sort((a, b) => a.at - b.at);
  }

  put(unsent: Unsent): void {
    void this.#then(() => this.#store.put(this.#owner, unsent));
  }

  remove(cid: string): void {
    void this.#then(() => this.#store.remove(this.#owner, cid));
  }

  #then(step: () => Promise<void>): Promise<unknown> {
    this.#last = this.#last.then(step).catch(() => undefined);
    return this.#last;
  }
}
