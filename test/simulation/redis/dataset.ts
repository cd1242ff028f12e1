/**
 * What Redis holds, and the writes that make it: replaying the first n of them gives its state of
 * that moment.
 */
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { SessionId } from "#server/core/people/session-store.ts";

/** One atomic step, as the append-only file keeps it: its effect, never the question. */
export type Write =
  | ({ readonly kind: "message"; readonly message: Message } & Timed)
  /** `message` is what it has become. */
  | ({ readonly kind: "change"; readonly id: Position; readonly message: Message } & Timed)
  | {
      readonly kind: "member";
      readonly room: RoomId;
      readonly user: number;
      readonly holds: boolean;
    }
  | { readonly kind: "session"; readonly session: SessionId; readonly user: number | undefined }
  | { readonly kind: "person"; readonly person: Person };

interface Timed {
  /** What the clock said when the id was given, in microseconds; the id itself if left out. */
  readonly clock?: number;
}

interface RoomData {
  /** By id. */
  readonly messages: Message[];
  /** Places of changes and of what they changed, in order. */
  readonly changes: { readonly id: Position; readonly message: Position }[];
  /** Id of the newest event. */
  last: Position;
  /** What the clock said when that was given, in microseconds. */
  clock: number;
  readonly members: Set<number>;
  /** By author and cid: what was stored then. */
  readonly retries: Map<string, Message>;
}

export class Dataset {
  readonly rooms = new Map<RoomId, RoomData>();
  readonly sessions = new Map<SessionId, number>();
  readonly people = new Map<number, Person>();

  room(id: RoomId): RoomData {
    const known = this.rooms.get(id);
    if (known !== undefined) return known;
    const made: RoomData = {
      messages: [],
      changes: [],
      last: START,
      clock: 0,
      members: new Set(),
      retries: new Map(),
    };
    this.rooms.set(id, made);
    return made;
  }

  apply(write: Write): void {
    switch (write.kind) {
      case "message":
        this.#store(write.message);
        this.#wind(write.message.roomId, write.message.id, write.clock);
        break;
      case "change":
        this.#change(write.id, write.message);
        this.#wind(write.message.roomId, write.id, write.clock);
        break;
      case "member": {
        const { members } = this.room(write.room);
        if (write.holds) members.add(write.user);
        else members.delete(write.user);
        break;
      }
      case "session":
        if (write.user === undefined) this.sessions.delete(write.session);
        else this.sessions.set(write.session, write.user);
        break;
      case "person":
        this.people.set(write.person.id, write.person);
        break;
    }
  }

  #wind(room: RoomId, last: Position, clock = microsOf(last)): void {
    Object.assign(this.room(room), { last, clock });
  }

  #change(id: Position, message: Message): void {
    const room = this.room(message.roomId);
    const at = firstAt(room.messages, message.id);
    if (room.messages[at]?.id === message.id) room.messages[at] = message;
    room.changes.push({ id, message: message.id });
  }

  #store(message: Message): void {
    const room = this.room(message.roomId);
    room.messages.splice(firstAt(room.messages, message.id), 0, message);
    room.retries.set(retryKey(message.from, message.cid), message);
  }
}

/** Index of the first at or after this place. */
export function firstAt(places: readonly { readonly id: Position }[], id: Position): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = places[middle];
    if (other !== undefined && comparePositions(other.id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first that comes after this place. */
export function firstAfter(places: readonly { readonly id: Position }[], id: Position): number {
  const at = firstAt(places, id);
  return places[at]?.id === id ? at + 1 : at;
}

export const retryKey = (from: number, cid: string): string => `${from}:${cid}`;

/** A place in microseconds since 1970. */
export function microsOf(position: Position): number {
  return Number(position.replace(".", ""));
}
