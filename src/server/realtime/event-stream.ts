/** One SSE reader: first what it missed, then everything live, each event once and in order. */
import type { BlocksNotice } from "#protocol/blocks.ts";
import type { Closing } from "#protocol/closings.ts";
import type { JoinResult } from "#protocol/commands.ts";
import type { RoomsNotice } from "#protocol/commands.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { ReadNotice } from "#protocol/reading.ts";
import type { RoomId } from "#protocol/room.ts";
import { closing } from "#protocol/closings.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { Positions } from "./event-text.ts";
import { HEARTBEAT, frame, writeCursor } from "./event-text.ts";
import type { Queue } from "./slow-readers.ts";

/** Proxies give up a silent connection after 30 s or more. */
const HEARTBEAT_MS = 15_000;

/** What a stream needs of its HTTP response. */
export interface Reader {
  write(text: string): void;
  /** Bytes written and not yet taken. */
  bytes(): number;
  end(): void;
  destroy(): void;
  onGone(task: () => void): void;
}

interface Parts {
  readonly chat: Chat;
  readonly hub: Hub;
  readonly clock: Clock;
}

export class EventStream implements Queue {
  readonly #user: Person;
  readonly #reader: Reader;
  readonly #parts: Parts;
  readonly #at = new Map<RoomId, Position>();
  /** Heard while a room is being caught up. */
  readonly #held = new Map<RoomId, RoomEvent[]>();
  readonly #heard = new Set<RoomId>();
  #isOver = false;
  #stopHeartbeat: () => void = () => undefined;

  constructor(user: Person, reader: Reader, parts: Parts) {
    this.#user = user;
    this.#reader = reader;
    this.#parts = parts;
  }

  /** Catches every room up, and begins the heartbeat. */
  async start(rooms: readonly RoomId[], since: Positions): Promise<void> {
    this.#beat();
    await Promise.all(rooms.map((room) => this.#join(room, since.get(room))));
  }

  /** From the hub; rooms this stream is not in are none of its business. */
  hear(room: RoomId, events: readonly RoomEvent[]): void {
    if (this.#isOver || !this.#heard.has(room)) return;
    const held = this.#held.get(room);
    if (held !== undefined) held.push(...events);
    else for (const event of events) this.#pass(event);
  }

  get rooms(): ReadonlySet<RoomId> {
    return this.#heard;
  }

  /** One's rooms are others now; of one that is gone nothing more is heard. */
  notice(notice: RoomsNotice): void {
    if (notice.gone === true && this.#heard.delete(notice.room)) {
      this.#held.delete(notice.room);
      this.#parts.hub.leave(notice.room);
    }
    this.#write("rooms", notice);
  }

  /** One has read a room up to here, on another device. */
  read(notice: ReadNotice): void {
    this.#write("read", notice);
  }

  /** The other one of a chat of two has. */
  seen(notice: ReadNotice): void {
    this.#write("seen", notice);
  }

  /** Whom one blocks is another. */
  blocks(notice: BlocksNotice): void {
    this.#write("blocks", notice);
  }

  /** One's preferences are others. */
  preferences(): void {
    this.#write("preferences", {});
  }

  bytes(): number {
    return this.#reader.bytes();
  }

  cut(): void {
    this.#isOver = true;
    this.#reader.destroy();
  }

  /** Says why, and ends. */
  close(why: Closing): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader.write(frame("closing", why));
    this.#reader.end();
  }

  /** The reader is gone. */
  gone(): void {
    this.#isOver = true;
    this.#stopHeartbeat();
    for (const room of this.#heard) this.#parts.hub.leave(room);
    this.#heard.clear();
  }

  async #join(room: RoomId, since: Position | undefined): Promise<void> {
    const { chat, hub } = this.#parts;
    try {
      this.#held.set(room, []);
      await hub.join(room);
      if (this.#isOver) return hub.leave(room);
      this.#heard.add(room);
      const missed = await chat.catchUp(this.#user, room, since);
      this.#catchUp(room, missed);
      hub.told(room, missed.position);
    } catch {
      // Redis is away, or the reader no longer belongs here: it comes back, and is told then.
      this.close(closing("restarting"));
    }
    return undefined;
  }

  #catchUp(room: RoomId, missed: JoinResult): void {
    this.#at.set(room, missed.position);
    this.#write("joined", { room, ...missed });
    const held = this.#held.get(room) ?? [];
    this.#held.delete(room);
    for (const event of held) this.#pass(event);
  }

  #pass(event: RoomEvent): void {
    const at = this.#at.get(event.room);
    const isKnown = at !== undefined && comparePositions(event.id, at) <= 0;
    if (this.#isOver || (isKnown && event.type !== "fork")) return;
    this.#at.set(event.room, event.id);
    this.#write(event.type, event);
  }

  #write(event: string, data: unknown): void {
    if (!this.#isOver) this.#reader.write(frame(event, data, writeCursor(this.#at)));
  }

  #beat(): void {
    this.#stopHeartbeat = this.#parts.clock.after(HEARTBEAT_MS, () => {
      if (this.#isOver) return;
      this.#reader.write(HEARTBEAT);
      this.#beat();
    });
  }
}
