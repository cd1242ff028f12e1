/**
 * Passes to a room, to a message in it, and to somebody in it: who asks, and for what. That they may
 * is for the store to say, in the step that acts.
 */
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import { isPosition } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { AdminAccess } from "./admin-access.ts";

/** Who asks. */
export type Asking = Pick<Person, "id">;

// With its private fields no literal is one, and only its type is exported: a pass is made here.
class RoomAccess {
  readonly #by: number;
  readonly #room: RoomId;

  constructor(by: number, room: RoomId) {
    this.#by = by;
    this.#room = room;
  }

  /** Id of who asks. */
  get by(): number {
    return this.#by;
  }

  get room(): RoomId {
    return this.#room;
  }
}

class MessageAccess extends RoomAccess {
  readonly #message: Position;
  readonly #isByAdmin: boolean;

  constructor(by: number, room: RoomId, message: Position, isByAdmin: boolean) {
    super(by, room);
    this.#message = message;
    this.#isByAdmin = isByAdmin;
  }

  get message(): Position {
    return this.#message;
  }

  /** Who asks is an admin, to whom it was reported: that they are not in the room is no matter. */
  get isByAdmin(): boolean {
    return this.#isByAdmin;
  }
}

class MemberAccess extends RoomAccess {
  readonly #person: number;

  constructor(by: number, room: RoomId, person: number) {
    super(by, room);
    this.#person = person;
  }

  /** Id of whom it is about: they need not be in the room, nor be at all. */
  get person(): number {
    return this.#person;
  }
}

export type { MemberAccess, MessageAccess, RoomAccess };

/** To a room. Refuses what is no id as if there were no such room. */
export function accessRoom({ id: by }: Asking, room: string): RoomAccess {
  return new RoomAccess(by, mustBeRoom(room));
}

/** To a message in a room. Refuses what is no id, of either, as if it were not there. */
export function accessMessage({ id: by }: Asking, room: string, message: string): MessageAccess {
  return new MessageAccess(by, mustBeRoom(room), mustBePosition(message), false);
}

/** To a message that was reported, wherever it is. */
export function accessReported({ by }: AdminAccess, room: string, message: string): MessageAccess {
  return new MessageAccess(by, mustBeRoom(room), mustBePosition(message), true);
}

/** To somebody in a room. Refuses what is no id of a room as if there were no such room. */
export function accessMember({ id: by }: Asking, room: string, person: number): MemberAccess {
  return new MemberAccess(by, mustBeRoom(room), person);
}

function mustBeRoom(id: string): RoomId {
  if (!isRoomId(id)) throw notFound();
  return id;
}

function mustBePosition(id: string): Position {
  if (!isPosition(id)) throw notFound();
  return id;
}
