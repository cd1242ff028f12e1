/** How a room is told to somebody who is in it: with its people, what is unread, and what was seen. */
import type { Mute, Room } from "#protocol/room.ts";
import type { MemberAccess } from "#server/core/access/room-access.ts";
import { accessMember, accessRoom } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Person } from "#protocol/person.ts";
import { START } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import type { PreferenceStore } from "#server/core/people/preference-store.ts";
import type { ReadStore } from "./read-store.ts";
import type { OwnRoom } from "./room-store.ts";

export interface ToldParts {
  readonly reads: Pick<ReadStore, "unread" | "position">;
  readonly preferences: Pick<PreferenceStore, "areOn">;
  readonly accounts: Pick<AccountStore, "people">;
  /** What the other one of a chat lets be seen is looked up for nobody. */
  readonly system: SystemAccess;
}

export class ToldRooms {
  readonly #parts: ToldParts;

  constructor(parts: ToldParts) {
    this.#parts = parts;
  }

  /** In their order, with everybody who is named in them; all is looked up at the same time. */
  async tell(
    rooms: readonly OwnRoom[],
    user: Person,
  ): Promise<{ readonly rooms: readonly Room[]; readonly people: readonly Person[] }> {
    const [names, states] = await Promise.all([
      this.#names(rooms),
      Promise.all(rooms.map((room) => this.#state(room, user))),
    ]);
    const told = rooms.map(({ others, last, muted, ...room }, at): Room => {
      const people = others.map((id) => names.get(id)).filter((person) => person !== undefined);
      const isMuted = mutedUntil(room.role === "member" ? muted : undefined);
      const state = states[at] ?? { read: START, unread: 0, mentions: 0 };
      return { ...room, people, ...isMuted, ...(last && { last }), ...state };
    });
    return { rooms: told, people: [...names.values()] };
  }

  async #state({ id, kind, position, others }: OwnRoom, user: Person) {
    const [other, ...more] = kind === "private" ? others : [];
    const isOfTwo = other !== undefined && more.length === 0;
    const [read, seen] = await Promise.all([
      // What came since is told as it is heard; counted here already, it would count twice.
      this.#parts.reads.unread(accessRoom(user, id), position),
      isOfTwo ? this.#seen(accessMember(user, id, other)) : undefined,
    ]);
    return { ...(seen && { seen }), ...read };
  }

  /** Everybody who is named in these rooms. */
  async #names(rooms: readonly OwnRoom[]): Promise<ReadonlyMap<number, Person>> {
    const ids = rooms.flatMap(({ others, last }) => [...others, ...(last ? [last.from] : [])]);
    return new Map((await this.people(ids)).map((person) => [person.id, person]));
  }

  people(ids: readonly number[]): Promise<readonly Person[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.#parts.accounts.people([...new Set(ids)]);
  }

  /** How far the other one has read, if both let that be seen. */
  async #seen(other: MemberAccess): Promise<Position | undefined> {
    const { reads, preferences, system } = this.#parts;
    const [position, areOn] = await Promise.all([
      reads.position(other),
      preferences.areOn(system, [other.by, other.person], "receipts"),
    ]);
    return areOn.every(Boolean) ? position : undefined;
  }
}

/** As it is told; 0 is a mute without an end. */
export function mutedUntil(until: number | undefined): { readonly muted?: Mute } {
  if (until === undefined) return {};
  return { muted: until === 0 ? {} : { until } };
}
