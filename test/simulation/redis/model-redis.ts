/**
 * Redis as far as Klatch uses it: what each script and command does to the data, all in one step.
 */
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Topic } from "#server/core/delivery/bus.ts";
import { roomTopic } from "#server/core/delivery/bus.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type { Appended, Changed, Missed, Slice } from "#server/core/delivery/message-log.ts";
import type { PlainChange, PlainDraft } from "#test/support/plain-log.ts";
import type { ModelBug } from "#test/simulation/seeded-bugs.ts";
import type { Write } from "./dataset.ts";
import { Dataset, firstAfter, firstAt, microsOf, retryKey } from "./dataset.ts";

export interface ModelRedisParts {
  /** Redis's own clock, in whole microseconds since 1970. */
  readonly micros: () => number;
  readonly publish: (topic: Topic, payload: string) => void;
  /** A write was taken into the append-only file. */
  readonly onWrite?: (write: Write) => void;
  /** A mistake planted to see whether it is found. */
  readonly bug?: ModelBug | undefined;
  /** For planted mistakes: carries out `step` a little later, unless Redis dies before. */
  readonly later?: (step: () => void) => void;
}

export class ModelRedis {
  readonly #parts: ModelRedisParts;
  #data = new Dataset();
  /** The append-only file. */
  #writes: Write[] = [];

  constructor(parts: ModelRedisParts) {
    this.#parts = parts;
  }

  get data(): Dataset {
    return this.#data;
  }

  /** Writes in the append-only file. */
  get written(): number {
    return this.#writes.length;
  }

  write(write: Write): void {
    this.#writes.push(write);
    this.#data.apply(write);
    this.#parts.onWrite?.(write);
  }

  /** Starts again on the first `kept` writes; the answer is those that are gone. */
  reload(kept: number): readonly Write[] {
    const lost = this.#writes.slice(kept);
    this.#writes = this.#writes.slice(0, kept);
    this.#data = new Dataset();
    for (const write of this.#writes) this.#data.apply(write);
    return lost;
  }

  publish(topic: Topic, payload: string): void {
    this.#parts.publish(topic, payload);
  }

  append({ from, room, cid, text }: PlainDraft): Appended {
    const { bug } = this.#parts;
    const data = this.#data.room(room);
    const before = bug === "no-retry-record" ? undefined : data.retries.get(retryKey(from, cid));
    if (before?.message === text) return { kind: "stored", id: before.id };
    if (!data.members.has(from)) return { kind: "not-member" };
    if (before !== undefined) return { kind: "cid-reused" };
    const prev = data.last;
    const { id, clock } = this.#nextId(data);
    const date = Number.parseInt(id, 10);
    this.#take(prev, { from, date, message: text, roomId: room, id, cid }, clock);
    return { kind: "stored", id };
  }

  page(room: RoomId, user: number, cursor: Cursor, limit: number): Slice | undefined {
    const { members, messages } = this.#data.room(room);
    if (!members.has(user)) return undefined;
    if (cursor.at === "newest") return backward(messages, messages.length, limit);
    // A cursor is thought to be the id of a message, so there is something on its other side.
    const from = firstAt(messages, cursor.id);
    switch (cursor.at) {
      case "before":
        return { ...backward(messages, from, limit), newer: true };
      case "after":
        return forward(messages, firstAfter(messages, cursor.id), limit);
      case "around": {
        const older = backward(messages, from, limit >> 1);
        const newer = forward(messages, from, limit - (limit >> 1));
        const both = [...older.messages, ...newer.messages];
        return { messages: both, older: older.older, newer: newer.newer };
      }
    }
  }

  /** Replaces a message by what it was edited to, or by its tombstone, and tells everyone. */
  change({ by, room, message: id, text }: PlainChange): Changed {
    const data = this.#data.room(room);
    const known = data.messages[firstAt(data.messages, id)];
    if (!data.members.has(by) || known?.id !== id || known.from !== by) return NOT_FOUND;
    if (known.deleted !== undefined) {
      return text === undefined ? { kind: "changed", id: known.deleted } : NOT_FOUND;
    }
    const prev = data.last;
    const { id: place, clock } = this.#nextId(data);
    const { from, date, roomId, cid } = known;
    const change = text === undefined ? { deleted: place } : { edited: place };
    const message = { from, date, message: text ?? "", roomId, id, cid, ...change };
    this.write({ kind: "change", id: place, message, clock });
    const type = text === undefined ? "delete" : "edit";
    this.#tell({ type, room, id: place, prev, data: message });
    return { kind: "changed", id: place };
  }

  missed(room: RoomId, user: number, since: Position, limit: number): Missed {
    const { members, messages, changes, last: head } = this.#data.room(room);
    if (!members.has(user)) return { kind: "not-member" };
    if (comparePositions(since, head) > 0) return { kind: "fork", head };
    if (!this.isKnown(room, since)) return { kind: "fork", head };
    const missed = messages.slice(firstAfter(messages, since));
    const changed = changes.slice(firstAfter(changes, since));
    if (missed.length + changed.length > limit) return { kind: "gone", head };
    const older = changed.filter(({ message }) => comparePositions(message, since) <= 0);
    const now = older.flatMap(({ message }) => this.message(room, message) ?? []);
    return { kind: "recovered", messages: missed, changes: now, head };
  }

  /** Whether the event at this position is in the log. */
  isKnown(room: RoomId, position: Position): boolean {
    const { messages, changes } = this.#data.room(room);
    if (position === START) return true;
    return [messages, changes].some((all) => all[firstAt(all, position)]?.id === position);
  }

  messagesAfter(room: RoomId, since: Position, limit: number): readonly Message[] {
    const { messages } = this.#data.room(room);
    const first = firstAfter(messages, since);
    return messages.slice(first, first + limit);
  }

  changesAfter(room: RoomId, since: Position, limit: number) {
    const { changes } = this.#data.room(room);
    const first = firstAfter(changes, since);
    return changes.slice(first, first + limit);
  }

  message(room: RoomId, id: Position): Message | undefined {
    const { messages } = this.#data.room(room);
    const found = messages[firstAt(messages, id)];
    return found?.id === id ? found : undefined;
  }

  head(room: RoomId): Position {
    return this.#data.room(room).last;
  }

  isMember(room: RoomId, user: number): boolean {
    return this.#data.room(room).members.has(user);
  }

  /**
   * Ids never go back: ahead of the clock they pass at half its pace, and where it was set back they
   * jump by a part of a second.
   */
  #nextId({ last, clock: before }: { readonly last: Position; readonly clock: number }): Given {
    const { bug, micros } = this.#parts;
    const clock = micros();
    const next = microsOf(last) + 1;
    const given = (id: number): Given => ({ id: positionOf(id), clock });
    if (bug === "ids-from-the-clock") return given(clock);
    if (bug === "ids-used-twice") return given(Math.max(next, FIRST_COUNTED));
    if (bug === "ids-count-on") return given(Math.max(clock, next));
    if (clock < before) return given(next + (clock % 1_000_000));
    return given(Math.max(clock, next, next - 1 + Math.floor((clock - before) / 2)));
  }

  /**
   * Stored first, published last, all in one step; unless a planted mistake pulls the two apart.
   */
  #take(prev: Position, message: Message, clock: number): void {
    const { bug, later } = this.#parts;
    const { roomId: room, id } = message;
    const store = () => {
      this.write({ kind: "message", message, clock });
    };
    const tell = () => {
      this.#tell({ type: "message", room, id, prev, data: message });
    };
    if (later === undefined || (bug !== "published-first" && bug !== "answered-first")) {
      store();
      tell();
      return;
    }
    this.#data.room(room).last = id;
    if (bug === "published-first") {
      tell();
      later(store);
    } else {
      later(() => {
        store();
        tell();
      });
    }
  }

  #tell(event: RoomEvent): void {
    this.publish(roomTopic(event.room), JSON.stringify(event));
  }
}

/** A place, and what the clock said then, in microseconds. */
interface Given {
  readonly id: Position;
  readonly clock: number;
}

const NOT_FOUND = { kind: "not-found" } as const;

/** Where a plain counter would begin: the year 2001. */
const FIRST_COUNTED = 1_000_000_000_000_000;

export function positionOf(micros: number): Position {
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros - seconds * 1_000_000).padStart(6, "0")}`;
}

function backward(messages: readonly Message[], end: number, limit: number): Slice {
  const start = Math.max(0, end - limit);
  return { messages: messages.slice(start, end), older: start > 0, newer: false };
}

function forward(messages: readonly Message[], start: number, limit: number): Slice {
  const page = messages.slice(start, start + limit);
  return { messages: page, older: true, newer: start + limit < messages.length };
}
