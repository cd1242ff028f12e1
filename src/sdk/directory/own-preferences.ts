/** One's own preferences, kept true while the link is open. */
import type { Preferences, PreferencesChange, RoomNotify } from "#protocol/preferences.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Ground } from "#sdk/extension.ts";
import { Listeners } from "#sdk/listeners.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";
import { Timer } from "#sdk/timer.ts";

export class OwnPreferences {
  readonly #ground: Ground;
  readonly #changes = new Listeners<void>();
  readonly #retry: Timer;
  #now: Preferences | undefined;
  /** Questions so far, and the newest that was answered: what was asked earlier comes too late. */
  #asked = 0;
  #answered = 0;

  /**
   * One for each client, as long as that lives.
   *
   * @param environment as the client's; default: the real one
   */
  constructor(klatch: Klatch, environment: Environment = realEnvironment) {
    this.#retry = new Timer(environment);
    this.#ground = klatch.extend(({ type }) => {
      if (type === "preferences") void this.#ask();
    });
    const look = () => {
      this.#retry.stop();
      this.#retry.tries = 0;
      if (this.#ground.link.isOpen) void this.#ask();
      else this.#answered = this.#asked;
    };
    klatch.onLink(look);
    look();
  }

  /** `undefined` until they were fetched. */
  get now(): Preferences | undefined {
    return this.#now;
  }

  /** Calls `listener` after each change of `now`; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Changes what is given, on all devices.
   *
   * @throws KlatchError `offline`, …
   */
  async change(change: PreferencesChange): Promise<void> {
    const asked = ++this.#asked;
    this.#take(asked, await this.#ground.rest.ask<Preferences>("PATCH", PATH, change));
  }

  /** What one wants to be told of a room. */
  async notify(room: RoomId, notify: RoomNotify): Promise<void> {
    await this.#ground.rest.ask("PUT", `/api/rooms/${room}/notify`, notify);
    await this.#ask();
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    try {
      this.#take(asked, await this.#ground.rest.ask<Preferences>("GET", PATH));
    } catch {
      if (asked === this.#asked && this.#ground.link.isOpen) {
        this.#retry.retry(() => void this.#ask());
      }
    }
  }

  #take(asked: number, preferences: Preferences): void {
    if (asked <= this.#answered) return;
    this.#answered = asked;
    this.#now = preferences;
    this.#changes.tell();
  }
}

const PATH = "/api/me/preferences";
