/** Whom one may name in a room: those who are in it, and calls to everybody. */
import type { Room as RoomInfo } from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import { canonicalUsername } from "#protocol/username.ts";
import type { Offer } from "#web/room/composer/mention-state.ts";
import type { Chat } from "./chat.ts";

/** How many people `@room` would call; `undefined` for who may not call them. */
export function callableIn(chat: Chat, room: RoomInfo | undefined): number | undefined {
  const count = room === undefined ? 0 : chat.countOf(room);
  if (room === undefined || count < 2) return undefined;
  return count <= LIMITS.callPeopleMax || room.role === "moderator" ? count : undefined;
}

/** Offers for a name that begins so, those who are online first. */
export async function offersIn(
  chat: Chat,
  room: RoomInfo | undefined,
  beginning: string,
): Promise<readonly Offer[]> {
  if (room === undefined) return [];
  const canonical = canonicalUsername(beginning);
  const people = (await peopleIn(chat, room, beginning)).filter(
    ({ id, username }) => id !== chat.me.id && canonicalUsername(username).startsWith(canonical),
  );
  const rank = ({ id }: { readonly id: number }) => (chat.isOnline(id) ? 0 : 1);
  const named = people
    .toSorted((a, b) => rank(a) - rank(b) || a.username.localeCompare(b.username))
    .map((person) => ({ name: person.username, person }));
  return [...named, ...callsIn(chat, room, canonical)];
}

function callsIn(chat: Chat, room: RoomInfo, beginning: string): readonly Offer[] {
  const people = callableIn(chat, room);
  if (people === undefined || beginning === "") return [];
  const calls = [
    { name: "room", about: `all ${people} people here` },
    { name: "here", about: "everybody who is online" },
  ];
  return calls.filter(({ name }) => name.startsWith(beginning));
}

async function peopleIn(chat: Chat, room: RoomInfo, beginning: string) {
  if (room.kind === "private") return room.people;
  // Everyone is in General, which may be too many to list.
  if (room.kind === "general") return chat.findPeople(beginning);
  if (chat.membersOf(room.id) === undefined) await chat.loadMembers(room.id);
  return chat.membersOf(room.id) ?? [];
}
