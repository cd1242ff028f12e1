/**
 * The broadcast: what a room says is encoded once, and the same bytes are written to every socket
 * that hears it.
 *
 * Socket.IO would walk its packets, buffers and events for each socket; a room of thousands spends
 * its time there. What is written here is a packet of Socket.IO's protocol 5 all the same, so its
 * clients see no difference.
 */
import type { ServerToClient } from "#protocol/commands.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { RoomId } from "#protocol/room.ts";
import { textFrame } from "./text-frame.ts";

/** One socket that hears rooms. */
export interface Listener {
  /** Id of whose socket it is. */
  readonly user: number;
  /** Writes bytes that are a whole frame, after everything written before. */
  write(frame: Buffer): void;
  /** Whether an answer follows in this tick: then both go out together. */
  readonly expectsAnswer: boolean;
  /** Keeps what is written from now on together, until `release`. */
  hold(): void;
  release(): void;
}

/** Engine.IO's "message", Socket.IO's "event", and the namespace. */
const EVENT = "42/chat,";

const NOBODY: ReadonlySet<number> = new Set();

export class Broadcast {
  readonly #rooms = new Map<RoomId, Set<Listener>>();
  #held: Listener[] = [];

  enter(room: RoomId, listener: Listener): void {
    const listeners = this.#rooms.get(room);
    if (listeners === undefined) this.#rooms.set(room, new Set([listener]));
    else listeners.add(listener);
  }

  exit(room: RoomId, listener: Listener): void {
    const listeners = this.#rooms.get(room);
    if (listeners?.delete(listener) === true && listeners.size === 0) this.#rooms.delete(room);
  }

  /** Writes a tick's events to everyone who hears the room. */
  tell(room: RoomId, events: readonly RoomEvent[]): void {
    this.say(room, "events", events);
  }

  /** Writes one thing to everyone who hears the room, but to these people. */
  say(
    room: RoomId,
    name: keyof ServerToClient,
    what: unknown,
    unheardBy: ReadonlySet<number> = NOBODY,
  ): void {
    const listeners = this.#rooms.get(room);
    if (listeners === undefined) return;
    const frame = textFrame(EVENT + JSON.stringify([name, what]));
    for (const listener of listeners) {
      if (unheardBy.has(listener.user)) continue;
      if (listener.expectsAnswer) this.#hold(listener);
      listener.write(frame);
    }
  }

  #hold(listener: Listener): void {
    listener.hold();
    this.#held.push(listener);
    if (this.#held.length > 1) return;
    // The answers follow from what was just told, as promises do: after the last of those, and
    // before the next event.
    queueMicrotask(() => {
      process.nextTick(() => {
        const held = this.#held;
        this.#held = [];
        for (const each of held) each.release();
      });
    });
  }
}
