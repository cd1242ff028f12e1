/** Rooms: making, finding, joining and leaving them, and who may do what there. */
import type { Person } from "#protocol/person.ts";
import type {
  BansResult,
  MembersResult,
  Mute,
  NewBan,
  NewRoom,
  OpenRoomsResult,
  Room,
  RoomChange,
  RoomId,
  RoomRole,
  RoomsResult,
} from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import { comparePositions } from "#protocol/position.ts";
import { reasonProblem, roomNameProblem, topicProblem, rankOf } from "#protocol/room.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { accessMember, accessRoom } from "#server/core/access/room-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Outcome, RoomStore, StoredBan, StoredRoom } from "./room-store.ts";
import type { ToldParts } from "./told-rooms.ts";
import { ToldRooms, mutedUntil } from "./told-rooms.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { CHATS_PER_USER, ROOMS_PER_USER } from "#server/core/throttle.ts";

interface Parts extends ToldParts {
  readonly rooms: RoomStore;
  readonly accounts: AccountStore;
  readonly throttle: Throttle;
}

export class Rooms {
  readonly #parts: Parts;
  readonly #told: ToldRooms;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#told = new ToldRooms(parts);
  }

  /** The rooms somebody is in, those with the newest event first; new ones count as just spoken in. */
  async list(user: Person): Promise<RoomsResult> {
    const found = await this.#parts.rooms.roomsOf(accessOwn(user));
    const sorted = found.toSorted((a, b) => comparePositions(rankOf(b), rankOf(a)));
    return this.#told.tell(sorted, user);
  }

  /** One room, to a member of it. */
  async room(user: Person, id: RoomId): Promise<Room> {
    const room = await this.#parts.rooms.room(accessRoom(user, id));
    if (room === undefined) throw notFound();
    const { rooms } = await this.#told.tell([room], user);
    const [told] = rooms;
    if (told === undefined) throw notFound();
    return told;
  }

  /** Makes a room of which who makes it is the moderator. */
  async create(user: Person, { kind, name, topic = "" }: NewRoom): Promise<Room> {
    mustBeGood(roomNameProblem(name) ?? topicProblem(topic));
    await this.#allow(`rooms:${user.id}`, ROOMS_PER_USER, "rooms");
    const id = await this.#parts.rooms.create(accessOwn(user), { kind, name, topic });
    if (id === undefined) throw tooManyRooms();
    return this.room(user, id);
  }

  /**
   * The private chat with these people, made if there is none yet. With nobody: one's own note pad.
   */
  async openChat(
    user: Person,
    others: readonly number[],
  ): Promise<{ readonly room: Room; readonly isNew: boolean }> {
    const ids = [...new Set(others)].filter((id) => id !== user.id);
    if (ids.length >= LIMITS.chatPeopleMax) {
      const most = LIMITS.chatPeopleMax;
      throw new ChatError("room-not-allowed", `A private chat has up to ${most} people.`);
    }
    const known = await this.#parts.accounts.people(ids);
    if (known.filter(({ deleted }) => !deleted).length < ids.length) throw notFound();
    await this.#allow(`chats:${user.id}`, CHATS_PER_USER, "chats");
    const opened = await this.#parts.rooms.openChat(accessOwn(user), ids);
    if (typeof opened === "string") return settleOpening(opened);
    return { room: await this.room(user, opened.room), isNew: opened.isNew };
  }

  /** Open rooms whose name or topic holds these words, by name; all of them without words. */
  async browse(user: Person, search: string): Promise<OpenRoomsResult> {
    const [all, own] = await Promise.all([
      this.#parts.rooms.openRooms(),
      this.#parts.accounts.rooms(accessOwn(user)),
    ]);
    const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
    const holds = ({ name, topic }: StoredRoom) => {
      const text = `${name} ${topic}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const found = all
      .filter(holds)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .slice(0, LIMITS.openRoomsMax);
    const mine = new Set(own);
    const authors = found.flatMap(({ last }) => (last === undefined ? [] : [last.from]));
    return {
      rooms: found.map(({ id, name, topic, members, last }) => ({
        id,
        name,
        topic,
        members,
        isMember: mine.has(id),
        ...(last && { last }),
      })),
      people: await this.#told.people(authors),
    };
  }

  /** Moderators first, then by name. */
  async members(user: Person, id: RoomId): Promise<MembersResult> {
    const access = accessRoom(user, id);
    const roles = await this.#parts.rooms.members(access);
    if (roles === undefined) throw notFound();
    const people = await this.#told.people([...roles.keys()].slice(0, LIMITS.membersMax));
    const mutes = await this.#parts.rooms.mutes(access);
    const members = people.map((person) => {
      const role = roles.get(person.id) ?? ("member" as const);
      const until = role === "member" ? mutes.get(person.id) : undefined;
      return { ...person, role, ...mutedUntil(until) };
    });
    return {
      members: members.toSorted(
        (a, b) => rank(a) - rank(b) || a.username.localeCompare(b.username),
      ),
    };
  }

  /**
   * Oneself into an open room, or as its moderator somebody else; with a role, a member becomes
   * that.
   */
  async put(user: Person, id: RoomId, target: number, role: RoomRole | undefined): Promise<void> {
    const who = accessMember(user, id, target);
    const { rooms } = this.#parts;
    if (role === undefined) return settle(await rooms.add(who));
    return settle(await rooms.setRole(who, role));
  }

  /**
   * Oneself out of a room, or as its moderator somebody else. A chat of two is only put away until
   * something is said.
   */
  async remove(user: Person, id: RoomId, target: number): Promise<void> {
    settle(await this.#parts.rooms.remove(accessMember(user, id, target)));
  }

  /** Takes somebody out of a room and keeps them out; by a moderator. */
  async ban(
    user: Person,
    id: RoomId,
    target: number,
    { reason = "", until = 0 }: NewBan,
  ): Promise<void> {
    const who = accessMember(user, id, target);
    mustBeGood(reasonProblem(reason));
    settle(await this.#parts.rooms.ban(who, { until, reason }));
  }

  /** Lets a member only read, until a time or for good; by a moderator. */
  async mute(user: Person, id: RoomId, target: number, { until = 0 }: Mute): Promise<void> {
    settle(await this.#parts.rooms.mute(accessMember(user, id, target), until));
  }

  async unmute(user: Person, id: RoomId, target: number): Promise<void> {
    settle(await this.#parts.rooms.mute(accessMember(user, id, target), undefined));
  }

  async unban(user: Person, id: RoomId, target: number): Promise<void> {
    settle(await this.#parts.rooms.ban(accessMember(user, id, target), undefined));
  }

  /** Who is kept out, to a moderator. */
  async bans(user: Person, id: RoomId): Promise<BansResult> {
    const room = await this.room(user, id);
    if (room.role !== "moderator") settle("not-allowed");
    const bans =
      (await this.#parts.rooms.bans(accessRoom(user, id))) ?? new Map<number, StoredBan>();
    const people = await this.#told.people([...bans.keys()]);
    return {
      bans: people.flatMap((person) => {
        const ban = bans.get(person.id);
        if (ban === undefined) return [];
        const { until, reason, by } = ban;
        return [{ ...person, reason, by, ...(until > 0 && { until }) }];
      }),
    };
  }

  /** Name, topic, who may post, whether it is archived; by a moderator. */
  async edit(user: Person, id: RoomId, change: RoomChange): Promise<Room> {
    const access = accessRoom(user, id);
    const { name, topic } = change;
    if (name !== undefined) mustBeGood(roomNameProblem(name));
    if (topic !== undefined) mustBeGood(topicProblem(topic));
    settle(await this.#parts.rooms.edit(access, change));
    return this.room(user, id);
  }

  /** With everything that was said in it; by a moderator. */
  async delete(user: Person, id: RoomId): Promise<void> {
    settle(await this.#parts.rooms.delete(accessRoom(user, id)));
  }

  async #allow(subject: string, rate: typeof ROOMS_PER_USER, what: string): Promise<void> {
    const waitMs = await this.#parts.throttle.take(subject, rate);
    if (waitMs === 0) return;
    const minutes = Math.ceil(waitMs / 60_000);
    const words = `Too many new ${what}. Please wait ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
    throw new ChatError("too-many-requests", words, waitMs);
  }
}

function rank({ role }: { readonly role: RoomRole }): number {
  return role === "moderator" ? 0 : 1;
}

function mustBeGood(problem: string | undefined): void {
  if (problem !== undefined) throw new ChatError("room-not-allowed", problem);
}

function settle(outcome: Outcome): void {
  switch (outcome) {
    case "done":
    case "unchanged":
      return;
    case "not-found":
      throw notFound();
    case "not-allowed":
      throw new ChatError(
        "not-allowed",
        "Only a moderator of the room can do that, if it can be done at all.",
      );
    case "unavailable-person":
      throw new ChatError("not-allowed", "This person cannot be added to a room just now.");
    case "banned":
      throw new ChatError("banned", "A moderator has banned this person from the room.");
    case "too-many-rooms":
      throw tooManyRooms();
  }
}

function settleOpening(refusal: "too-many-rooms" | "unavailable-person"): never {
  if (refusal === "too-many-rooms") throw tooManyRooms();
  throw new ChatError("not-allowed", "You cannot open a private chat with these people.");
}

function tooManyRooms(): ChatError {
  const most = LIMITS.roomsPerUserMax;
  return new ChatError(
    "too-many-rooms",
    `A person can be in up to ${most} rooms; leave one first.`,
  );
}
