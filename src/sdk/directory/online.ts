/** Who is online, and who of them is away, as sets that are kept true while the link is open. */
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
  #away: ReadonlySet<number> = new Set();
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

  /** Of these, those who have touched none of their devices for a while. */
  get away(): ReadonlySet<number> {
    return this.#away;
  }

  /** This device is idle, or touched again; say it anew after each break of the link. */
  idle(isIdle: boolean): void {
    this.#ground.link.ask("idle", { idle: isIdle }).catch(() => {
      // Without a link nobody is shown anyway.
    });
  }

  /** Calls `listener` after each change of `ids` or `away`; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  #linkChanged(): void {
    this.#connection++;
    this.#retry.stop();
    this.#retry.tries = 0;
    if (this.#ground.link.isOpen) void this.#ask(this.#connection);
    else if (this.#ids.size > 0) this.#set(new Set(), new Set());
  }

  async #ask(connection: number): Promise<void> {
    try {
      const { online, away } = await this.#ground.link.ask("online", {});
      // What was heard before the answer is in it: both come over one connection.
      if (connection === this.#connection) this.#set(new Set(online), new Set(away));
    } catch {
      if (connection === this.#connection) this.#retry.retry(() => void this.#ask(connection));
    }
  }

  #hear({ type, data }: Heard): void {
    if (type === "presence") {
      const { online, offline } = data;
      // Who comes is not away; who went may be told as away, too, a little later.
      const away = changed(this.#away, [], [...online, ...offline]);
      this.#set(changed(this.#ids, online, offline), away);
    } else if (type === "away") this.#set(this.#ids, changed(this.#away, data.away, data.back));
  }

  #set(ids: ReadonlySet<number>, away: ReadonlySet<number>): void {
    this.#ids = ids;
    this.#away = away;
    this.#changes.tell();
  }
}

function changed(
  ids: ReadonlySet<number>,
  come: readonly number[],
  gone: readonly number[],
): ReadonlySet<number> {
  const next = new Set(ids);
  for (const id of come) next.add(id);
  for (const id of gone) next.delete(id);
  return next;
}
