/** Hears rooms for the sake of the list, from where it knows them. */
import type { JoinResult } from "#protocol/commands.ts";
import type { Room as RoomInfo, RoomId } from "#protocol/room.ts";
import type { Environment } from "#sdk/environment.ts";
import { KlatchError, isPassing } from "#sdk/error.ts";
import type { Ground } from "#sdk/extension.ts";
import { Timer } from "#sdk/timer.ts";

/**
 * Rooms heard for the sake of the list, the newest first: fewer than one connection may hear, so
 * that rooms being read always fit.
 */
const WATCHED_MAX = 100;
/** Rooms asked for at a time, so that a long list does not hold up what a person does meanwhile. */
const ASKED_MAX = 4;

export class Watching {
  readonly #ground: Ground;
  readonly #onJoined: (id: RoomId, result: JoinResult) => void;
  readonly #rewatch: Timer;
  /** Rooms heard over the current connection. */
  #watched = new Set<RoomId>();

  constructor(
    ground: Ground,
    environment: Environment,
    onJoined: (id: RoomId, result: JoinResult) => void,
  ) {
    this.#ground = ground;
    this.#rewatch = new Timer(environment);
    this.#onJoined = onJoined;
  }

  /** Hears those that are not heard yet. */
  watch(rooms: () => readonly RoomInfo[]): void {
    const watched = this.#watched;
    const missing = rooms()
      .slice(0, WATCHED_MAX)
      .filter(({ id }) => !watched.has(id));
    for (const { id } of missing) watched.add(id);
    const next = async (): Promise<void> => {
      const room = missing.shift();
      // After a break all are asked for anew.
      if (room === undefined || watched !== this.#watched) return;
      try {
        await this.#join(room);
      } catch (error) {
        watched.delete(room.id);
        if (error instanceof KlatchError && isPassing(error)) this.#later(rooms, error.retryAfter);
      }
      await next();
    };
    for (let asked = 0; asked < ASKED_MAX; asked++) void next();
  }

  forget(id: RoomId): void {
    this.#watched.delete(id);
  }

  /** The link is gone, and nothing is heard any more. */
  stop(): void {
    this.#rewatch.stop();
    this.#watched = new Set();
  }

  #later(rooms: () => readonly RoomInfo[], retryAfter: number | undefined): void {
    if (this.#ground.link.isOpen && !this.#rewatch.isSet) {
      this.#rewatch.retry(() => this.watch(rooms), retryAfter);
    }
  }

  /** From where the list knows the room, so that this costs no page of messages. */
  async #join({ id, position }: RoomInfo): Promise<void> {
    const result = await this.#ground.link.ask("join", { room: id, since: position });
    this.#ground.people.learn(result.people);
    this.#onJoined(id, result);
  }
}
