/**
 * What happened in a world under test, in Jepsen's form: a record for each thing a client did, was
 * told or shows.
 */
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";

interface Base {
  /** Milliseconds since the world began. */
  readonly t: number;
  /** Whose doing it is: a client's name, `log` for Redis at the end, `nemesis` for a fault. */
  readonly proc: string;
  readonly room: RoomId;
}

/**
 * A message given to a server. Sent again after a break, it has another `invoke` with the same
 * `cid`. `ok` means acknowledged; `fail` refused, so certainly not stored by this try; `info` that
 * nobody knows.
 */
export interface Sending extends Base {
  readonly f: "send";
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly cid: string;
  /** With `ok`. */
  readonly id?: Position;
  /** Who answered. */
  readonly server?: string;
  /** Why, with `fail`. */
  readonly code?: string;
}

/** The client was told of a message, live or as one that it had missed. */
export interface Hearing extends Base {
  readonly f: "hear";
  readonly type: "ok";
  readonly id: Position;
  readonly cid: string;
}

/**
 * The client was told that what it holds does not go on without a hole (`limited`), or is not true
 * any more (`fork`).
 */
export interface Break extends Base {
  readonly f: "break";
  readonly type: "ok";
  readonly state: "limited" | "fork";
}

/**
 * Stored messages, oldest first: what a client shows (`show`), or the room's whole log at the end
 * (`final`).
 */
export interface Listing extends Base {
  readonly f: "show" | "final";
  readonly type: "ok";
  readonly val: readonly Line[];
}

export interface Line {
  readonly id: Position;
  readonly cid: string;
}

/** From now on this client may hear the room (`join`), or may not any more (`kick`). */
export interface Membership extends Base {
  readonly f: "join" | "kick";
  readonly type: "ok";
}

/** Something was broken, or mended, on purpose; `room` is empty. */
export interface Injection extends Base {
  readonly f: "fault" | "heal";
  readonly type: "info";
  readonly val: string;
}

export type Operation = Sending | Hearing | Break | Listing | Membership | Injection;

/** One client's sight of one room. */
export interface View {
  readonly proc: string;
  readonly room: RoomId;
  readonly heard: Hearing[];
  readonly breaks: Break[];
  /** The last thing it showed, if that was looked at. */
  shown: readonly Line[] | undefined;
}

/** All tries to send one message. */
export interface Tries {
  readonly cid: string;
  readonly first: Sending;
  ok: Sending | undefined;
  last: Sending;
}

/** A history sorted by what checkers ask. */
export interface Digest {
  readonly operations: readonly Operation[];
  /** By cid, in the order of the first try. */
  readonly sends: ReadonlyMap<string, Tries>;
  readonly views: readonly View[];
  /** The logs at the end. */
  readonly finals: ReadonlyMap<RoomId, readonly Line[]>;
}

/** Sorts a history; operations must be in the order in which they happened. */
export function digest(operations: readonly Operation[]): Digest {
  const sends = new Map<string, Tries>();
  const views = new Map<string, View>();
  const finals = new Map<RoomId, readonly Line[]>();
  const view = ({ proc, room }: Base) => {
    const key = `${proc} ${room}`;
    const known = views.get(key) ?? { proc, room, heard: [], breaks: [], shown: undefined };
    views.set(key, known);
    return known;
  };
  for (const operation of operations) {
    switch (operation.f) {
      case "send":
        addTry(sends, operation);
        break;
      case "hear":
        view(operation).heard.push(operation);
        break;
      case "break":
        view(operation).breaks.push(operation);
        break;
      case "show":
        view(operation).shown = operation.val;
        break;
      case "final":
        finals.set(operation.room, operation.val);
        break;
      case "join":
      case "kick":
      case "fault":
      case "heal":
        break;
    }
  }
  return { operations, sends, views: [...views.values()], finals };
}

function addTry(sends: Map<string, Tries>, sending: Sending): void {
  const known = sends.get(sending.cid);
  if (known === undefined) {
    const ok = sending.type === "ok" ? sending : undefined;
    sends.set(sending.cid, { cid: sending.cid, first: sending, ok, last: sending });
    return;
  }
  if (sending.type === "ok") known.ok ??= sending;
  known.last = sending;
}
