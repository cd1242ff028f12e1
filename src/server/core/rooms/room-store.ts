/**
 * Rooms and who is in them, as they are kept (port). Every act checks who may do it in the step
 * that does it.
 */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { MemberAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Posting, RoomId, RoomKind, RoomRole } from "#protocol/room.ts";

export interface StoredRoom {
  readonly id: RoomId;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic: string;
  readonly posting: Posting;
  readonly archived: boolean;
  readonly members: number;
  readonly last: Message | undefined;
  readonly position: Position;
  /** Seconds since 1970; absent where that was not written down. */
  readonly createdAt?: number;
}

/** A room as somebody who is in it sees it. */
export interface OwnRoom extends StoredRoom {
  readonly role: RoomRole;
  /** Until when they may only read, in seconds since 1970; 0 for no end, `undefined` for not. */
  readonly muted: number | undefined;
  /** In a private chat: ids of the others. */
  readonly others: readonly number[];
}

export interface RoomDraft {
  readonly kind: "open" | "closed" | "private";
  readonly name: string;
  readonly topic: string;
}

/**
 * What became of an act: done; nothing to do; or why not. `not-found` also for who may not know of
 * the room.
 */
export type Outcome =
  | "done"
  | "unchanged"
  | "not-found"
  | "not-allowed"
  | "banned"
  /** In too many rooms, or one of the two blocks the other: it does not say which. */
  | "unavailable-person"
  | "too-many-rooms";

export interface RoomEdit {
  readonly name?: string | undefined;
  readonly topic?: string | undefined;
  readonly posting?: Posting | undefined;
  readonly archived?: boolean | undefined;
}

export interface StoredBan {
  /** In seconds since 1970; 0 for a ban without an end. */
  readonly until: number;
  readonly reason: string;
  readonly by: number;
}

export interface RoomStore {
  /**
   * Makes a room with a new id; its maker is its moderator. `undefined` if they are in too many.
   */
  create(by: OwnAccess, draft: RoomDraft): Promise<RoomId | undefined>;
  /**
   * The private chat of these people, made if there is none; only its maker sees it until something
   * is said.
   */
  openChat(
    by: OwnAccess,
    people: readonly number[],
  ): Promise<
    { readonly room: RoomId; readonly isNew: boolean } | "too-many-rooms" | "unavailable-person"
  >;
  /** The rooms somebody is in, and sees. */
  roomsOf(by: OwnAccess): Promise<readonly OwnRoom[]>;
  /** For a member; `undefined` for anyone else. */
  room(of: RoomAccess): Promise<OwnRoom | undefined>;
  /** All that are open and not archived. */
  openRooms(): Promise<readonly StoredRoom[]>;
  /** Ids and roles, for a member; `undefined` for anyone else. */
  members(of: RoomAccess): Promise<ReadonlyMap<number, RoomRole> | undefined>;
  /** By oneself: into an open room. By a moderator: anyone, into a room that is not private. */
  add(who: MemberAccess): Promise<Outcome>;
  /** By oneself: out of any room but General. By a moderator: anyone. */
  remove(who: MemberAccess): Promise<Outcome>;
  /** By a moderator. */
  setRole(who: MemberAccess, role: RoomRole): Promise<Outcome>;
  /** By a moderator. */
  edit(of: RoomAccess, edit: RoomEdit): Promise<Outcome>;
  /**
   * By a moderator: takes a person out and keeps them out, or with `undefined` lets them come
   * again.
   */
  ban(who: MemberAccess, ban: Omit<StoredBan, "by"> | undefined): Promise<Outcome>;
  /** For a moderator; `undefined` for anyone else. Bans that are over are left out. */
  bans(of: RoomAccess): Promise<ReadonlyMap<number, StoredBan> | undefined>;
  /**
   * By a moderator: lets a member only read, until then in seconds since 1970 or with 0 for good;
   * with `undefined` lets them speak again.
   */
  mute(who: MemberAccess, until: number | undefined): Promise<Outcome>;
  /**
   * Until when each who is muted is, to a moderator; to any other member only their own. Those that
   * are over are left out. Nobody for who is no member.
   */
  mutes(of: RoomAccess): Promise<ReadonlyMap<number, number>>;
  /** By a moderator: with all that was ever said in it. */
  delete(of: RoomAccess): Promise<Outcome>;
  /** Which of these people are in the room as well. */
  membersAmong(of: RoomAccess, people: readonly number[]): Promise<readonly number[]>;
  /** Whether each of these people still is in each of these rooms, in the order asked. */
  areMembers(
    by: SystemAccess,
    asked: readonly { readonly room: RoomId; readonly user: number }[],
  ): Promise<readonly boolean[]>;
}
