/** Read state: how far a person has read, on all their devices, and what that leaves unread. */
import type { ReadResult } from "#protocol/reading.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import { isPosition } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { ReadStore } from "./read-store.ts";
import type { PreferenceStore } from "#server/core/people/preference-store.ts";
import type { RoomStore } from "./room-store.ts";

interface Parts {
  readonly reads: ReadStore;
  readonly rooms: Pick<RoomStore, "roomsOf">;
  readonly preferences: Pick<PreferenceStore, "areOn">;
  /** What the other one lets be seen is looked up for nobody. */
  readonly system: SystemAccess;
}

export class Reads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Everything up to this position is read. Earlier ones are ignored, since devices may speak late;
   * with `back` they make unread what comes after.
   */
  async read(user: Person, room: RoomId, position: Position, back = false): Promise<ReadResult> {
    const access = accessRoom(user, room);
    if (!isPosition(position)) throw new ChatError("bad-request", "position must be a position.");
    const { reads } = this.#parts;
    const isTold = await this.#mayTell(room);
    const read = await reads.read(access, position, { mayGoBack: back, isTold });
    if (read === "not-member") throw notFound();
    if (read === "ahead") {
      throw new ChatError("bad-request", "Nothing has been said at that position yet.");
    }
    return reads.unread(access);
  }

  /** Whether the other one of a chat of two may see how far one has read: if both let it be seen. */
  async #mayTell(room: RoomId): Promise<boolean> {
    const two = room.split(":").map(Number);
    if (two.length < 2 || two[0] === two[1]) return false;
    const { preferences, system } = this.#parts;
    const areOn = await preferences.areOn(system, two, "receipts");
    return areOn.every(Boolean);
  }

  /** Everything in all rooms is read. */
  async readAll(user: Person): Promise<void> {
    const { reads, rooms } = this.#parts;
    const all = await rooms.roomsOf(accessOwn(user));
    await Promise.all(
      all.map(({ id, position }) =>
        reads.read(accessRoom(user, id), position, { mayGoBack: false, isTold: false }),
      ),
    );
  }
}
