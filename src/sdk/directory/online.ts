/** Who is online, as a set that is kept true while the link is open. */
import type { PresenceChange } from "#protocol/presence.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Ground, Heard } from "#sdk/extension.ts";
import { Listeners } from "#sdk/listeners.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";
import { Timer } from "#sdk/timer.ts";

export class Online {
  readonly #ground: Ground;
  readonly #changes = new Listeners<void>();
  readonly #retry: Timer;
  #ids: ReadonlySet<number> = new Set();
  /** Names the connection: an answer to an earlier question says nothing any more. */
  #connection = 0;

  /**
   * One for each client, as long as that lives.
   *
   * @param environment as the client's; default: the real one
   */
  constructor(klatch: Klatch, environment: Environment = realEnvironment) {
    this.#retry = new Timer(environment);
    this.#ground = klatch.extend((heard) => this.#hear(heard));
    klatch.onLink(() => this.#linkChanged());
    this.#linkChanged();
  }

  /** Ids of people. Empty while the link is not open: then nobody knows. */
  get ids(): ReadonlySet<number> {
    return this.#ids;
  }

  /** Calls `listener` after each change of `ids`; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  #linkChanged(): void {
    this.#connection++;
    this.#retry.stop();
    this.#retry.tries = 0;
    if (this.#ground.link.isOpen) void this.#ask(this.#connection);
    else if (this.#ids.size > 0) this.#set(new Set());
  }

  async #ask(connection: number): Promise<void> {
    try {
      const { online } = await this.#ground.link.ask("online", {});
      // What was heard before the answer is in it: both come over one connection.
      if (connection === this.#connection) this.#set(new Set(online));
    } catch {
      if (connection === this.#connection) this.#retry.retry(() => void this.#ask(connection));
    }
  }

  #hear({ type, data }: Heard): void {
    if (type === "presence") this.#set(changed(this.#ids, data));
  }

  #set(ids: ReadonlySet<number>): void {
    this.#ids = ids;
    this.#changes.tell();
  }
}

function changed(ids: ReadonlySet<number>, { online, offline }: PresenceChange): Set<number> {
  const next = new Set(ids);
  for (const id of online) next.add(id);
  for (const id of offline) next.delete(id);
  return next;
}
