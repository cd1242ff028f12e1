/** Preferences: what somebody wants to be told, and lets others see. */
import type { Person } from "#protocol/person.ts";
import type { Preferences as Told, PreferencesChange, RoomNotify } from "#protocol/preferences.ts";
import type { RoomId } from "#protocol/room.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { RoomStore } from "#server/core/rooms/room-store.ts";
import type { PreferenceStore } from "./preference-store.ts";

interface Parts {
  readonly preferences: PreferenceStore;
  readonly rooms: Pick<RoomStore, "membersAmong">;
}

export class Preferences {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async of(user: Person): Promise<Told> {
    const { receipts, visible, quietUntil, rooms } = await this.#parts.preferences.read(
      accessOwn(user),
    );
    const told = [...rooms].map(([room, { level, mutedUntil }]): [RoomId, RoomNotify] => [
      room,
      { level, ...(mutedUntil > 0 && { mutedUntil }) },
    ]);
    return {
      receipts,
      visible,
      ...(quietUntil > 0 && { quietUntil }),
      rooms: Object.fromEntries(told),
    };
  }

  async change(user: Person, change: PreferencesChange): Promise<Told> {
    await this.#parts.preferences.change(accessOwn(user), change);
    return this.of(user);
  }

  /** What one wants to be told of a room one is in. */
  async notify(user: Person, room: RoomId, { level, mutedUntil = 0 }: RoomNotify): Promise<void> {
    const { preferences, rooms } = this.#parts;
    const access = accessRoom(user, room);
    const [self] = await rooms.membersAmong(access, [user.id]);
    if (self === undefined) throw notFound();
    await preferences.setRoom(access, { level, mutedUntil });
  }
}
