/** Tells the server how far one has read: at most once a second, and again after a break. */
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment } from "#sdk/environment.ts";
import { KlatchError, isPassing } from "#sdk/error.ts";
import type { Ground } from "#sdk/extension.ts";
import { Timer } from "#sdk/timer.ts";

const EVERY_MS = 1_000;

type Told = (room: RoomId, position: Position) => void;

export class Reads {
  readonly #link: Ground["link"];
  readonly #onTold: Told;
  readonly #timer: Timer;
  /** What the server was not told yet. */
  readonly #waiting = new Map<RoomId, Position>();

  /** @param onTold called when the server knows it */
  constructor({ link }: Ground, environment: Environment, onTold: Told) {
    this.#link = link;
    this.#onTold = onTold;
    this.#timer = new Timer(environment);
  }

  read(room: RoomId, position: Position): void {
    this.#wait(room, position);
    if (!this.#timer.isSet) this.resume();
  }

  /** What waits for a room is not meant any more. */
  forget(room: RoomId): void {
    this.#waiting.delete(room);
  }

  /** The link is open: tells what waits. */
  resume(): void {
    if (!this.#link.isOpen || this.#waiting.size === 0) return;
    this.#timer.set(() => this.resume(), EVERY_MS);
    for (const [room, position] of this.#waiting) void this.#tell(room, position);
    this.#waiting.clear();
  }

  /** The link is gone: what waits goes on waiting. */
  stop(): void {
    this.#timer.stop();
  }

  /** Somebody else uses this client. */
  clear(): void {
    this.stop();
    this.#waiting.clear();
  }

  async #tell(room: RoomId, position: Position): Promise<void> {
    try {
      await this.#link.ask("read", { room, position });
      this.#onTold(room, position);
    } catch (error) {
      if (!(error instanceof KlatchError)) throw error;
      if (error.code !== "offline" && !isPassing(error)) return;
      this.#wait(room, position);
      if (this.#link.isOpen && !this.#timer.isSet) this.#timer.set(() => this.resume(), EVERY_MS);
    }
  }

  #wait(room: RoomId, position: Position): void {
    const waiting = this.#waiting.get(room);
    if (waiting !== undefined && comparePositions(waiting, position) >= 0) return;
    this.#waiting.set(room, position);
  }
}
