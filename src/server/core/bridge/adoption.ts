/**
 * Adoption: finds what servers of other kinds wrote, and makes it first-class: with an id, in the
 * room's one order, told to its members.
 */
import type { RoomId } from "#protocol/room.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";
import type { Stray, StrayStore } from "./stray-store.ts";

/** Rooms looked at at the same time … */
const AT_ONCE = 8;
/** … and that wait; of more, the rest is found when all rooms are looked at. */
const WAITING_MAX = 10_000;

interface Parts {
  readonly strays: Pick<StrayStore, "strays" | "admit" | "adopt">;
  /** The pass to a room; `undefined` for what is no room's id. */
  readonly passTo: (room: string) => SystemRoomAccess | undefined;
  /** Whom a text of somebody in a room names. */
  readonly named: (access: RoomAccess, text: string) => Promise<readonly number[]>;
}

/** What came of everything since the start. */
export interface AdoptionCounts {
  adopted: number;
  refused: number;
}

export class Adoption {
  readonly #parts: Parts;
  readonly counts: AdoptionCounts = { adopted: 0, refused: 0 };
  readonly #waiting = new Set<RoomId>();
  /** Rooms being looked at; each has one look at a time, or what is found would lose its order. */
  readonly #looking = new Map<RoomId, Promise<void>>();
  #working = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something may be new in this room. `false` for what is no room, or if too many wait. */
  hint(room: string): boolean {
    if (this.#parts.passTo(room) === undefined) return false;
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(room)) return false;
    this.#waiting.add(room);
    if (this.#working < AT_ONCE) void this.#work();
    return true;
  }

  /** Adopts all there is in a room. Rejects with `unavailable` while Redis is away. */
  async settle(room: RoomId, depth: "near" | "deep"): Promise<void> {
    for (let before = this.#looking.get(room); before; before = this.#looking.get(room)) {
      // oxlint-disable-next-line no-await-in-loop -- because each look may be followed by another
      await before.catch(() => undefined);
    }
    const look = this.#settle(room, depth).finally(() => {
      this.#looking.delete(room);
    });
    this.#looking.set(room, look);
    await look;
  }

  async #work(): Promise<void> {
    this.#working++;
    for (let [room] = this.#waiting; room !== undefined; [room] = this.#waiting) {
      this.#waiting.delete(room);
      // oxlint-disable-next-line no-await-in-loop -- because so many are looked at, and no more
      await this.settle(room, "near").catch(() => {
        // Redis is away: the next look at all rooms finds it.
      });
    }
    this.#working--;
  }

  async #settle(room: RoomId, depth: "near" | "deep"): Promise<void> {
    const pass = this.#parts.passTo(room);
    if (pass === undefined) return;
    const { strays } = this.#parts;
    // Until nothing is left: more may have come, or be there than are read at once.
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- because the order is the point
      const found = await strays.strays(pass, depth);
      if (found.length === 0) return;
      // oxlint-disable-next-line no-await-in-loop -- because the order is the point
      await this.#adopt(pass, found);
    }
  }

  async #adopt(pass: SystemRoomAccess, found: readonly Stray[]): Promise<void> {
    await this.#admitAuthors(pass, found);
    const mentions = await Promise.all(found.map((stray) => this.#named(pass.room, stray)));
    // Given at once, and so carried out in this order.
    const outcomes = await Promise.all(
      found.map((stray, at) => this.#parts.strays.adopt(pass, stray, mentions[at] ?? [])),
    );
    for (const outcome of outcomes) if (outcome !== "raced") this.counts[outcome]++;
  }

  /** One after the other: who said something first also comes first. */
  async #admitAuthors(pass: SystemRoomAccess, strays: readonly Stray[]): Promise<void> {
    for (const author of new Set(strays.map(({ from }) => from))) {
      // oxlint-disable-next-line no-await-in-loop -- because two may make the same chat
      await this.#parts.strays.admit(pass, author);
    }
  }

  async #named(room: RoomId, { from, text }: Stray): Promise<readonly number[]> {
    if (!text.includes("@")) return [];
    return this.#parts.named(accessRoom({ id: from }, room), text);
  }
}
