/**
 * The room watch: tells a person's connections on this server that their rooms are others now,
 * wherever that was done; and finds out by itself should the news of it be lost.
 */
import type { BlocksNotice } from "#protocol/blocks.ts";
import type { RoomsNotice } from "#protocol/commands.ts";
import type { ReadNotice } from "#protocol/reading.ts";
import type { RoomId } from "#protocol/room.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Clock } from "#server/core/clock.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { RoomStore } from "./room-store.ts";

/** Whoever was removed while no news came through hears a room for no longer than this. */
const RECHECK_MS = 15_000;
/** Memberships looked up in one go. */
const RECHECK_BATCH = 500;

/** A connection, as far as rooms go. */
export interface RoomListener {
  /** The rooms it hears now. */
  readonly rooms: ReadonlySet<RoomId>;
  notice(notice: RoomsNotice): void;
  read(notice: ReadNotice): void;
  seen(notice: ReadNotice): void;
  blocks(notice: BlocksNotice): void;
  preferences(): void;
}

interface Parts {
  readonly rooms: Pick<RoomStore, "areMembers">;
  readonly system: SystemAccess;
  readonly clock: Clock;
}

export class RoomWatch {
  readonly #parts: Parts;
  readonly #users = new Map<number, Set<RoomListener>>();
  readonly #looking: Repeating;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#looking = new Repeating(parts.clock, RECHECK_MS, () => this.recheck());
  }

  /** Starts looking every membership up again now and then. */
  start(): void {
    this.#looking.start();
  }

  stop(): void {
    this.#looking.stop();
  }

  /**
   * For a connection whose user this server hears already; call what is returned when it is gone.
   */
  listen(user: number, listener: RoomListener): () => void {
    const listeners = this.#users.get(user) ?? new Set();
    this.#users.set(user, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#users.get(user) === listeners) this.#users.delete(user);
    };
  }

  /** From the bus: this person's rooms are others now. */
  heard(user: number, notice: RoomsNotice): void {
    for (const listener of this.#users.get(user) ?? []) listener.notice(notice);
  }

  /** From the bus: this person, or whom they talk with, has read a room up to here. */
  heardRead(user: number, type: "read" | "seen", notice: ReadNotice): void {
    for (const listener of this.#users.get(user) ?? []) listener[type](notice);
  }

  /** From the bus: this person blocks somebody, or does not any more. */
  heardBlocks(user: number, notice: BlocksNotice): void {
    for (const listener of this.#users.get(user) ?? []) listener.blocks(notice);
  }

  /** From the bus: what this person wants to be told is another. */
  heardPreferences(user: number): void {
    for (const listener of this.#users.get(user) ?? []) listener.preferences();
  }

  /** Looks every membership up; does nothing while Redis is away. */
  async recheck(): Promise<void> {
    const { rooms, system } = this.#parts;
    const heard = [...this.#users].flatMap(([user, listeners]) => {
      const all = new Set([...listeners].flatMap((listener) => [...listener.rooms]));
      return [...all].map((room) => ({ user, room }));
    });
    for (let i = 0; i < heard.length; i += RECHECK_BATCH) {
      const batch = heard.slice(i, i + RECHECK_BATCH);
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two batches
      const are = await rooms.areMembers(system, batch).catch(() => []);
      batch.forEach(({ user, room }, at) => {
        if (are[at] === false) this.heard(user, { room, gone: true });
      });
    }
  }
}
