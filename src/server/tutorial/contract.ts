/** The contract of the Redis chat tutorial's apps: what its clients are told, in its shapes. */
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Room } from "#protocol/room.ts";

/** Somebody, as `/users` and the events tell of them. Ids of people are texts, but for a new one's. */
export interface Entry {
  readonly id: string;
  readonly username: string;
  readonly online: boolean;
}

/** A message: the tutorial's four fields and no other. */
export interface Line {
  readonly from: number;
  /** Whole seconds since 1970, by Redis's clock. */
  readonly date: number;
  /** As it was sent: who shows it escapes it. */
  readonly message: string;
  readonly roomId: string;
}

/** A room: with one name of its own, or in a chat of two with both, each in a list of its own. */
export interface RoomEntry {
  readonly id: string;
  readonly names: readonly (string | readonly [string])[];
}

/** What is told over a socket, and over `/stream`. */
export type Told =
  | { readonly type: "message"; readonly data: Line }
  | { readonly type: "user.connected" | "user.disconnected"; readonly data: Entry }
  | { readonly type: "show.room"; readonly data: RoomEntry };

/** A deleted message keeps its rank, by which the tutorial's clients page. */
const DELETED_TEXT = "(This message was deleted.)";

export function lineOf({ from, date, message, roomId, deleted }: Message): Line {
  return { from, date, message: deleted === undefined ? message : DELETED_TEXT, roomId };
}

export function entryOf({ id, username }: Person, isOnline: boolean): Entry {
  return { id: String(id), username, online: isOnline };
}

/** The room as its member `me` is told of it. */
export function roomEntryOf({ id, kind, name, people }: Room, me: Person): RoomEntry {
  if (kind !== "private") return { id, names: [name] };
  const [other, ...more] = people;
  // A note pad is called by its one person.
  if (other === undefined) return { id, names: [me.username] };
  // The tutorial's client shows the first name that is not one's own: of more people it gets one text.
  if (more.length > 0) return { id, names: [people.map(({ username }) => username).join(", ")] };
  const both = other.id < me.id ? [other, me] : [me, other];
  return { id, names: both.map(({ username }): [string] => [username]) };
}

/** The tutorial leaves out private chats in which nothing has been said. */
export function isShown({ kind, last }: Room): boolean {
  return kind !== "private" || last !== undefined;
}
