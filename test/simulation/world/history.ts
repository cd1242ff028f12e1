/**
 * What happened in a world: the one thing that checkers see, and whose digest two runs of a seed
 * must share.
 */
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Entry } from "#sdk/index.ts";

/**
 * A client is one device of a person; its `life` counts its loads, since a reload forgets what was
 * shown.
 */
interface AtClient {
  readonly client: string;
  readonly life: number;
  readonly room: RoomId;
}

/** The person wrote a message. */
export interface Said extends AtClient {
  readonly type: "said";
  readonly cid: string;
  readonly text: string;
}

/** All lines that the client shows from now on. */
export interface Shown extends AtClient {
  readonly type: "shown";
  readonly entries: readonly Entry[];
}

/** The stream of events told one: news, or a fork. */
export interface Told extends AtClient {
  readonly type: "told";
  readonly event: RoomEvent;
}

/** The device was closed before these were in its store: nobody else knows of them. */
export interface Forgotten extends AtClient {
  readonly type: "forgotten";
  readonly cids: readonly string[];
}

/**
 * The person edited, or deleted (no `text`), a message of their own; `isDone` once that is
 * acknowledged.
 */
export interface Changing extends AtClient {
  readonly type: "changing";
  readonly message: string;
  readonly text: string | undefined;
  readonly isDone: boolean;
}

/** Redis took it into the log, or took in what it has become. */
export interface Stored {
  readonly type: "stored";
  readonly message: Message;
}

/** A fault that may lose what was acknowledged has struck, and lost these. */
export interface Lost {
  readonly type: "lost";
  readonly fault: string;
  readonly messages: readonly Message[];
  /** What messages had become. */
  readonly changes: readonly Message[];
}

/** A server opened a room: what it delivers there from now on is a new chain. */
export interface Opened {
  readonly type: "opened";
  readonly server: string;
  readonly room: RoomId;
}

/** A server's feed handed these on to all who hear the room there. */
export interface Delivered {
  readonly type: "delivered";
  readonly server: string;
  readonly room: RoomId;
  readonly events: readonly RoomEvent[];
}

/** A server said that Redis lost something that it had delivered. */
export interface Forked {
  readonly type: "forked";
  readonly server: string;
  readonly room: RoomId;
}

/**
 * A server wrote these to one connection. `joinAskedAt`: when that connection last asked for the
 * room.
 */
export interface Heard {
  readonly type: "heard";
  readonly server: string;
  readonly connection: number;
  readonly user: number;
  readonly session: string;
  readonly room: RoomId;
  readonly joinAskedAt: number;
  readonly events: readonly RoomEvent[];
}

/** In Redis, this user is a member from now on, or is no more. */
export interface Membership {
  readonly type: "membership";
  readonly room: RoomId;
  readonly user: number;
  readonly holds: boolean;
}

/** In Redis, this session is there from now on, or has ended. */
export interface SessionChange {
  readonly type: "session";
  readonly session: string;
  readonly holds: boolean;
}

/**
 * Something was broken; until `until`, what a server promises in time may be late. No `server`: all
 * of them.
 */
export interface Fault {
  readonly type: "fault";
  readonly fault: string;
  readonly server?: string;
  readonly until: number;
}

/** No fault any more from here on. */
export interface Healed {
  readonly type: "healed";
}

/** How a client stands at the end. */
export interface Ended extends AtClient {
  readonly type: "ended";
  readonly user: number;
  /** Whether the person is a member, and so should be up to date. */
  readonly isMember: boolean;
  readonly link: string;
  readonly state: string;
  readonly hasOlder: boolean;
}

/** A room's whole log at the end. */
export interface Final {
  readonly type: "final";
  readonly room: RoomId;
  readonly messages: readonly Message[];
}

/** An error that nobody awaited. */
export interface Uncaught {
  readonly type: "uncaught";
  readonly error: string;
}

export type OfClient = Said | Changing | Shown | Told | Forgotten | Ended;

export type Happening =
  | Said
  | Changing
  | Shown
  | Told
  | Forgotten
  | Stored
  | Lost
  | Opened
  | Delivered
  | Forked
  | Heard
  | Membership
  | SessionChange
  | Fault
  | Healed
  | Ended
  | Final
  | Uncaught;

export type Happened = Happening & { readonly at: number };

export class History {
  readonly all: Happened[] = [];
  readonly #now: () => number;
  #hash = 0x811c9dc5;

  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  add(happening: Happening): void {
    const at = this.#now();
    this.all.push({ ...happening, at });
    this.#mix(`${at.toFixed(3)} ${happening.type} ${sketch(happening)}`);
  }

  /** Equal for equal histories; 32 bits (FNV-1a). */
  get hash(): number {
    return this.#hash >>> 0;
  }

  #mix(text: string): void {
    let hash = this.#hash;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
    this.#hash = hash;
  }
}

/** One line for people and for the hash. */
export function sketch(happening: Happening): string {
  switch (happening.type) {
    case "said":
      return `${happening.client} #${happening.room} ${happening.cid} "${happening.text}"`;
    case "shown":
      return `${happening.client}.${happening.life} #${happening.room} ${lines(happening.entries)}`;
    case "told":
      return `${happening.client}.${happening.life} ${event(happening.event)}`;
    case "changing":
      return `${happening.client} ${happening.message} "${happening.text}" ${happening.isDone}`;
    case "forgotten":
      return `${happening.client}.${happening.life} ${happening.cids.join()}`;
    case "stored":
      return `#${happening.message.roomId} ${message(happening.message)}`;
    case "lost": {
      const { fault, messages, changes } = happening;
      return `${fault} ${[...messages, ...changes].map(message).join()}`;
    }
    case "opened":
    case "forked":
      return `${happening.server} #${happening.room}`;
    case "delivered":
      return `${happening.server} ${happening.events.map(event).join()}`;
    case "heard":
      return `${happening.server} ${happening.connection} ${happening.events.map(event).join()}`;
    case "membership":
      return `#${happening.room} ${happening.user} ${happening.holds}`;
    case "session":
      return `${happening.session} ${happening.holds}`;
    case "fault":
      return `${happening.fault} ${happening.server ?? ""} ${happening.until.toFixed(0)}`;
    case "healed":
      return "";
    case "ended":
      return `${happening.client} #${happening.room} ${happening.link} ${happening.state}`;
    case "final":
      return `#${happening.room} ${happening.messages.map(message).join()}`;
    case "uncaught":
      return happening.error;
  }
}

function message({ id, cid, message: text, edited, deleted }: Message): string {
  return `${id}=${cid}(${text})${edited ?? ""}${deleted ?? ""}`;
}

function event({ type, id, prev, room }: RoomEvent): string {
  return `${type}#${room} ${prev}→${id}`;
}

/** How many, and the last three. */
function lines(entries: readonly Entry[]): string {
  const last = entries
    .slice(-3)
    .map(({ cid, id, text, state }) => `${id ?? state}=${cid}(${text})`);
  return `${entries.length}: ${last.join()}`;
}
