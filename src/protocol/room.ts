/** Rooms: their ids, their kinds, and what is said of one to a member. */
import type { ReadResult } from "./reading.ts";
import type { Message } from "./message.ts";
import type { Person } from "./person.ts";
import { START } from "./position.ts";
import type { Position } from "./position.ts";
import { LIMITS } from "./limits.ts";
import { countChars, hasInk } from "./message.ts";

/**
 * `"0"` is General; `"min:max"` a private chat of two, by user ids; others come with rooms people
 * make.
 */
export type RoomId = string;

export const GENERAL: RoomId = "0";
export const GENERAL_NAME = "General";

const SHAPE = /^(?:\d{1,16}(?::\d{1,16})?)$/u;

/**
 * Whether `value` may be a room's id. Braces never pass: they would move companion keys to another
 * slot.
 */
export function isRoomId(value: string): boolean {
  return SHAPE.test(value);
}

/**
 * `general`: everyone is in it. `open`: listed, and anyone may join. `closed`: for invited people,
 * and not there for others. `private`: a chat of one (a note pad), two, or up to nine; it never
 * becomes a room, and nobody is above another.
 */
export type RoomKind = "general" | "open" | "closed" | "private";

/** Moderators of a room are who made it, and whom they name. */
export type RoomRole = "member" | "moderator";

/** Who may say something; everyone may read. */
export type Posting = "everyone" | "moderators";

/** A room to somebody who is in it. */
export interface Room extends ReadResult {
  readonly id: RoomId;
  readonly kind: RoomKind;
  /** Empty for a private chat, which is called by its people. */
  readonly name: string;
  readonly topic: string;
  readonly posting: Posting;
  /** Nothing more can be said in it; it can be read. */
  readonly archived: boolean;
  /** Of whom this is told. */
  readonly role: RoomRole;
  /** Absent unless one may only read here, by a moderator. */
  readonly muted?: Mute;
  /** How many people are in it. */
  readonly members: number;
  /** In a private chat: the others. Elsewhere empty. */
  readonly people: readonly Person[];
  /** In a chat of two: how far the other one has read. */
  readonly seen?: Position;
  /** The newest message, if there is one. */
  readonly last?: Message;
  /** Place of the newest event. */
  readonly position: Position;
  /** When it was made, in seconds since 1970; absent where that was not written down. */
  readonly createdAt?: number;
}

/**
 * By which one's rooms are sorted, the highest first: the newest event, or, where nothing has been
 * said yet, when the room was made.
 */
export function rankOf({ position, createdAt }: Pick<Room, "position" | "createdAt">): Position {
  const isQuiet = position === START && createdAt !== undefined;
  return isQuiet ? `${createdAt}.000000` : position;
}

/**
 * `PUT /api/rooms/:id/mutes/:user`, by a moderator, of a member who is none; answered 204. `DELETE`
 * lifts it.
 */
export interface Mute {
  /** Seconds since 1970; without it the mute has no end. */
  readonly until?: number;
}

/** A room that anyone may join, to somebody who looks for one. */
export interface OpenRoom {
  readonly id: RoomId;
  readonly name: string;
  readonly topic: string;
  readonly members: number;
  /** Whether who looks is in it. */
  readonly isMember: boolean;
  readonly last?: Message;
}

/** Somebody in a room. */
export interface Member extends Person {
  readonly role: RoomRole;
  /** Told to moderators, and to the muted person. */
  readonly muted?: Mute;
}

/** `POST /api/rooms`, answered 201 with the `Room`; its maker is in it, as a moderator. */
export interface NewRoom {
  readonly kind: "open" | "closed";
  readonly name: string;
  readonly topic?: string;
}

/**
 * `POST /api/chats`, answered with the `Room`: 201 if it is new, 200 if these people have one
 * already. Nobody but oneself makes a note pad. The others see it from its first message on.
 */
export interface NewChat {
  /** Ids of the others, up to eight. */
  readonly people: readonly number[];
}

/**
 * `PATCH /api/rooms/:id`, by a moderator; answered with the `Room`. What is absent stays as it is.
 */
export interface RoomChange {
  readonly name?: string;
  readonly topic?: string;
  readonly posting?: Posting;
  readonly archived?: boolean;
}

/** `GET /api/rooms`: the rooms one is in, by `rankOf`. */
export interface RoomsResult {
  readonly rooms: readonly Room[];
  /** Authors of the newest messages. */
  readonly people: readonly Person[];
}

/** `GET /api/open-rooms?search=`: by name, up to `LIMITS.openRoomsMax`. */
export interface OpenRoomsResult {
  readonly rooms: readonly OpenRoom[];
  readonly people: readonly Person[];
}

/** `GET /api/rooms/:id/members`: moderators first, then by name. */
export interface MembersResult {
  readonly members: readonly Member[];
}

/** `PUT /api/rooms/:id/bans/:user`, by a moderator; answered 204. `DELETE` lifts it. */
export interface NewBan {
  /** What for; shown to moderators. */
  readonly reason?: string;
  /** Seconds since 1970; without it the ban has no end. */
  readonly until?: number;
}

/** Somebody who may not come into a room. */
export interface Ban extends Person {
  readonly reason: string;
  readonly until?: number;
  readonly by: number;
}

/** `GET /api/rooms/:id/bans`, for its moderators. */
export interface BansResult {
  readonly bans: readonly Ban[];
}

/** What is wrong with a room's name, in words for who makes it; `undefined` if nothing is. */
export function roomNameProblem(name: string): string | undefined {
  return wordsProblem(name, { what: "The name of a room", max: LIMITS.roomNameCharsMax, min: 1 });
}

/** What is wrong with a topic; `undefined` if nothing is. */
export function topicProblem(topic: string): string | undefined {
  return wordsProblem(topic, { what: "A topic", max: LIMITS.topicCharsMax, min: 0 });
}

/** What is wrong with the reason of a ban, a suspension or a report; `undefined` if nothing is. */
export function reasonProblem(reason: string): string | undefined {
  return wordsProblem(reason, { what: "A reason", max: LIMITS.reasonCharsMax, min: 0 });
}

interface Rule {
  readonly what: string;
  readonly min: number;
  readonly max: number;
}

function wordsProblem(words: string, { what, min, max }: Rule): string | undefined {
  if (!words.isWellFormed()) return `${what} contains half a character; please type it again.`;
  const chars = countChars(words);
  if (chars > max) return `${what} can have up to ${max} characters; this one has ${chars}.`;
  // One line, without what only hides or forges things.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(words)) {
    return `${what} is one line, without control characters.`;
  }
  if (words !== words.trim()) return `${what} does not begin or end with a space.`;
  if (min > 0 && !hasInk(words)) return `${what} is empty.`;
  return undefined;
}
