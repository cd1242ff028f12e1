/** A log in memory: a test can hold its answers, make them fail, and take its end away. */
import type { MessageEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";
import type {
  Appended,
  Changed,
  Draft,
  Happening,
  MessageLog,
  Missed,
  Slice,
} from "#server/core/delivery/message-log.ts";

/** A question to the log that waits for the test. */
interface Read {
  readonly answer: () => void;
  readonly fail: () => void;
}

export class FakeMessageLog implements MessageLog {
  readonly #rooms = new Map<RoomId, Message[]>();
  /** With `isHeld`, what was asked and not yet answered, oldest first. */
  readonly reads: Read[] = [];
  isHeld = false;
  /** Questions asked so far. */
  asked = 0;
  #micros: number;

  constructor(startedAtS = 1_700_000_000) {
    this.#micros = startedAtS * 1_000_000;
  }

  messages(room: RoomId): readonly Message[] {
    return this.#rooms.get(room) ?? [];
  }

  /** Stores a message and gives the event that Redis would publish for it. */
  say(room: RoomId, text = "hello", from = 1): MessageEvent {
    const messages = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, messages);
    const prev = messages.at(-1)?.id ?? START;
    this.#micros++;
    const seconds = Math.floor(this.#micros / 1_000_000);
    const id = `${seconds}.${String(this.#micros % 1_000_000).padStart(6, "0")}`;
    const data = { from, date: seconds, message: text, roomId: room, id, cid: `cid-${id}` };
    messages.push(data);
    return { type: "message", room, id, prev, data };
  }

  /** Forgets the newest messages, as a failover to a replica that lagged does. */
  lose(room: RoomId, count: number): void {
    this.#rooms.get(room)?.splice(-count);
  }

  /** Sets the clock that gives out ids back, as a failover to another machine can. */
  setBack(micros: number): void {
    this.#micros -= micros;
  }

  head({ room }: RoomAccess | SystemRoomAccess): Promise<Position> {
    return this.#ask(() => this.messages(room).at(-1)?.id ?? START);
  }

  after({ room }: SystemRoomAccess, since: Position, limit: number): Promise<readonly Happening[]> {
    return this.#ask(() =>
      this.#later(room, since, limit).map((data) => ({ type: "message", id: data.id, data })),
    );
  }

  change(): Promise<Changed> {
    return this.#ask(() => ({ kind: "not-found" }));
  }

  append({ room, by }: RoomAccess, { text }: Draft): Promise<Appended> {
    return this.#ask(() => ({ kind: "stored", id: this.say(room, text, by).id }));
  }

  page({ room }: RoomAccess, _cursor: unknown, limit: number): Promise<Slice> {
    return this.#ask(() => {
      const messages = this.messages(room);
      return { messages: messages.slice(-limit), older: messages.length > limit, newer: false };
    });
  }

  async missed({ room }: RoomAccess, since: Position, limit: number): Promise<Missed> {
    const messages = await this.#ask(() => this.#later(room, since, limit));
    return { kind: "recovered", messages, changes: [], head: messages.at(-1)?.id ?? since };
  }

  isMember(): Promise<boolean> {
    return this.#ask(() => true);
  }

  #later(room: RoomId, since: Position, limit: number): readonly Message[] {
    const isLater = ({ id }: Message) => comparePositions(id, since) > 0;
    return this.messages(room).filter(isLater).slice(0, limit);
  }

  /** The answer is what holds at the moment in which it is given, as Redis's is. */
  #ask<Answer>(look: () => Answer): Promise<Answer> {
    this.asked++;
    if (!this.isHeld) return Promise.resolve(look());
    return new Promise((resolve, reject) => {
      this.reads.push({
        answer: () => {
          resolve(look());
        },
        fail: () => {
          reject(new Error("The log is away."));
        },
      });
    });
  }
}
