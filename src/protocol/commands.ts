/**
 * Commands of the Socket.IO namespace `/chat`: each is acknowledged with its result or `{ error }`.
 */
import type { BlocksNotice } from "./blocks.ts";
import type { Closing } from "./closings.ts";
import type { CommandError } from "./errors.ts";
import type { RoomEvent } from "./events.ts";
import type { Call, Message } from "./message.ts";
import type { PeopleNotice, Person } from "./person.ts";
import type { Position } from "./position.ts";
import type { AwayChange, OnlineResult, PresenceChange } from "./presence.ts";
import type { ReadCommand, ReadNotice, ReadResult } from "./reading.ts";
import type { RoomId } from "./room.ts";

/** Say something in a room. Safe to repeat with the same `cid`: it is stored once. */
export interface SendCommand {
  readonly room: RoomId;
  readonly cid: string;
  readonly message: string;
  /** Id of a message of this room that it answers. */
  readonly replyTo?: Position;
  /**
   * The sender confirms that everybody is meant; without it `@room` and `@here` are only words. In
   * a room of more than 50 people it is for moderators.
   */
  readonly calls?: Call;
}

/** The stored message's place and time. The message itself comes as an event, as for everyone. */
export interface SendResult {
  readonly id: Position;
  readonly date: number;
}

/** Replace the text of an own message. */
export interface EditCommand {
  readonly room: RoomId;
  /** The message's id. */
  readonly id: Position;
  readonly message: string;
}

/** Delete an own message: its text goes, its place stays. */
export interface RemoveCommand {
  readonly room: RoomId;
  readonly id: Position;
}

/** Add a reaction of one's own to a message, or take it back. Done twice it changes nothing. */
export interface ReactCommand {
  readonly room: RoomId;
  readonly id: Position;
  /** One emoji. */
  readonly emoji: string;
  /** Without it the reaction is added. */
  readonly remove?: true;
}

/** Pin a message, or take the pin off: a moderator, or in a private chat anyone. */
export interface PinCommand {
  readonly room: RoomId;
  readonly id: Position;
  readonly remove?: true;
}

/** The place of the change; the changed message comes as an event, as for everyone. */
export interface ChangeResult {
  readonly id: Position;
}

/** Hear a room from now on; with `since`, also what was missed. */
export interface JoinCommand {
  readonly room: RoomId;
  readonly since?: Position;
}

/**
 * `recovered`: `messages` is exactly what came after `since`, and `changes` is what older messages
 * became meanwhile. `limited`: no `since`, or too far back: `messages` is the newest page, oldest
 * first, and replaces what the client holds. `fork`: Redis no longer has what the client saw at
 * `since`; as `limited`, and unseen own messages should be re-sent.
 */
export interface JoinResult {
  readonly state: "recovered" | "limited" | "fork";
  readonly messages: readonly Message[];
  /**
   * With `recovered`: messages from before `since` that were edited or deleted after it, as they
   * are now.
   */
  readonly changes?: readonly Message[];
  /** The client's place after this answer; the next event's `prev` equals it. */
  readonly position: Position;
  /**
   * Cursor for `GET …/messages?before=`; absent when there is nothing older, or with `recovered`.
   */
  readonly before?: Position;
  /** Authors of these messages. */
  readonly people: readonly Person[];
}

/** Stop hearing a room. */
export interface LeaveCommand {
  readonly room: RoomId;
}

/** Who is behind these ids; unknown ids are left out. */
export interface PeopleCommand {
  readonly ids: readonly number[];
}

export interface PeopleResult {
  readonly people: readonly Person[];
}

/** Who is online now; changes come as `presence`. */
export type OnlineCommand = Readonly<Record<string, never>>;

/**
 * One is about to say something in a room one hears. More often than every two seconds it is
 * ignored.
 */
export interface TypingCommand {
  readonly room: RoomId;
}

/**
 * Nobody has touched this device for five minutes, or somebody has again. Who is idle on all their
 * devices is shown as away.
 */
export interface IdleCommand {
  readonly idle: boolean;
}

/** Somebody is about to say something; show it for six seconds, or until they have said it. */
export interface TypingNotice {
  readonly room: RoomId;
  /** Id of the person. */
  readonly user: number;
}

/** `room` is the one it is about; `gone`: one is not in it any more, and hears nothing of it. */
export interface RoomsNotice {
  readonly room: RoomId;
  readonly gone?: true;
}

export type Ack<Result> = (answer: Result | { readonly error: CommandError }) => void;

export interface ClientToServer {
  send: (command: SendCommand, ack: Ack<SendResult>) => void;
  edit: (command: EditCommand, ack: Ack<ChangeResult>) => void;
  remove: (command: RemoveCommand, ack: Ack<ChangeResult>) => void;
  react: (command: ReactCommand, ack: Ack<ChangeResult>) => void;
  pin: (command: PinCommand, ack: Ack<ChangeResult>) => void;
  join: (command: JoinCommand, ack: Ack<JoinResult>) => void;
  leave: (command: LeaveCommand, ack: Ack<Record<string, never>>) => void;
  read: (command: ReadCommand, ack: Ack<ReadResult>) => void;
  typing: (command: TypingCommand, ack: Ack<Record<string, never>>) => void;
  idle: (command: IdleCommand, ack: Ack<Record<string, never>>) => void;
  online: (command: OnlineCommand, ack: Ack<OnlineResult>) => void;
  people: (command: PeopleCommand, ack: Ack<PeopleResult>) => void;
}

export interface ServerToClient {
  /** What a tick brought to one room, in order. */
  events: (events: readonly RoomEvent[]) => void;
  /**
   * Something about one's rooms is another: one came, one went, or what is said of this one
   * changed. Ask again.
   */
  rooms: (notice: RoomsNotice) => void;
  typing: (notice: TypingNotice) => void;
  read: (notice: ReadNotice) => void;
  seen: (notice: ReadNotice) => void;
  /** Whom one blocks is another; nobody else hears of it. */
  blocks: (notice: BlocksNotice) => void;
  /** Who came and who went. */
  presence: (change: PresenceChange) => void;
  /** Who has looked away on all their devices, and who is back; of the people who are online. */
  away: (change: AwayChange) => void;
  /** Who shows themselves otherwise, and who is new. */
  people: (notice: PeopleNotice) => void;
  /** One's preferences are others now: ask again. */
  preferences: (notice: Readonly<Record<string, never>>) => void;
  /**
   * The server is about to close this connection, and why; `reconnect` says whether to come back.
   */
  closing: (why: Closing) => void;
}
