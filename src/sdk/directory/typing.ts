/** Who is about to say something, in each room; nothing of it is kept anywhere. */
import { LIMITS } from "#protocol/limits.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Ground, Heard } from "#sdk/extension.ts";
import { KlatchError } from "#sdk/error.ts";
import { Listeners } from "#sdk/listeners.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";

export class Typing {
  readonly #ground: Ground;
  readonly #environment: Environment;
  readonly #changes = new Listeners<RoomId>();
  readonly #rooms = new Map<RoomId, Map<number, () => void>>();
  readonly #toldAt = new Map<RoomId, number>();

  /**
   * One for each client, as long as that lives.
   *
   * @param environment as the client's; default: the real one
   */
  constructor(klatch: Klatch, environment: Environment = realEnvironment) {
    this.#environment = environment;
    this.#ground = klatch.extend((heard) => this.#hear(heard));
    klatch.onLink(() => {
      if (this.#ground.link.isOpen) return;
      for (const [room, people] of this.#rooms)
        for (const user of people.keys()) this.#end(room, user);
    });
  }

  /** Ids of the people, those who began first in front. */
  of(room: RoomId): readonly number[] {
    return [...(this.#rooms.get(room)?.keys() ?? [])];
  }

  /** Calls `listener` with a room after each change of `of(room)`; the answer takes it away again. */
  onChange(listener: (room: RoomId) => void): () => void {
    return this.#changes.add(listener);
  }

  /** One is typing oneself: call it on every key; others are told at most every two seconds. */
  type(room: RoomId): void {
    const now = this.#environment.now();
    const sinceMs = now - (this.#toldAt.get(room) ?? -Infinity);
    if (!this.#ground.link.isOpen || (sinceMs >= 0 && sinceMs < LIMITS.typingEveryMs)) return;
    this.#toldAt.set(room, now);
    this.#ground.link.ask("typing", { room }).catch((error: unknown) => {
      // Nobody misses it.
      if (!(error instanceof KlatchError)) throw error;
    });
  }

  #hear({ type, data }: Heard): void {
    if (type === "typing") this.#begin(data.room, data.user);
    if (type !== "events") return;
    for (const event of data) {
      if (event.type !== "message") continue;
      const { room, data: message } = event;
      this.#end(room, message.from);
    }
  }

  #begin(room: RoomId, user: number): void {
    const people = this.#rooms.get(room) ?? new Map<number, () => void>();
    this.#rooms.set(room, people);
    const before = people.get(user);
    before?.();
    people.set(
      user,
      this.#environment.setTimer(() => this.#end(room, user), LIMITS.typingShownMs),
    );
    if (before === undefined) this.#changes.tell(room);
  }

  #end(room: RoomId, user: number): void {
    const people = this.#rooms.get(room);
    const stop = people?.get(user);
    if (people === undefined || stop === undefined) return;
    stop();
    people.delete(user);
    if (people.size === 0) this.#rooms.delete(room);
    this.#changes.tell(room);
  }
}
