/** Read state: how far a person has read, on all their devices, and what that leaves unread. */
import type { ReadResult } from "#protocol/reading.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import { isPosition } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { ReadStore } from "./read-store.ts";
import type { PreferenceStore } from "#server/core/people/preference-store.ts";
import type { RoomStore } from "./room-store.ts";

interface Parts {
  readonly reads: ReadStore;
  readonly rooms: Pick<RoomStore, "roomsOf">;
  readonly preferences: Pick<PreferenceStore, "areOn">;
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
    if (!isRoomId(room)) throw notFound();
    if (!isPosition(position)) throw new ChatError("bad-request", "position must be a position.");
    const { reads } = this.#parts;
    const isTold = await this.#mayTell(room);
    const read = await reads.read(room, user.id, position, { mayGoBack: back, isTold });
    if (read === "not-member") throw notFound();
    if (read === "ahead") {
      throw new ChatError("bad-request", "Nothing has been said at that position yet.");
    }
    return reads.unread(room, user.id);
  }

  /** Whether the other one of a chat of two may see how far one has read: if both let it be seen. */
  async #mayTell(room: RoomId): Promise<boolean> {
    const two = room.split(":").map(Number);
    if (two.length < 2 || two[0] === two[1]) return false;
    const areOn = await this.#parts.preferences.areOn(two, "receipts");
    return areOn.every(Boolean);
  }

  /** Everything in all rooms is read. */
  async readAll(user: Person): Promise<void> {
    const { reads, rooms } = this.#parts;
    const all = await rooms.roomsOf(user.id);
    await Promise.all(
      all.map(({ id, position }) =>
        reads.read(id, user.id, position, { mayGoBack: false, isTold: false }),
      ),
    );
  }
}
