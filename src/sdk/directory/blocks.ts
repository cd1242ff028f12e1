/** Whom one blocks, as a set that is kept true while the link is open. */
import type { Block, BlocksResult } from "#protocol/blocks.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Ground, Heard } from "#sdk/extension.ts";
import { Listeners } from "#sdk/listeners.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";
import { Timer } from "#sdk/timer.ts";

const PATH = "/api/blocks";

export class Blocks {
  readonly #ground: Ground;
  readonly #klatch: Klatch;
  readonly #changes = new Listeners<void>();
  readonly #retry: Timer;
  #ids: ReadonlySet<number> = new Set();
  /** Whose they are. */
  #owner: number | undefined;
  /** Names the question: an answer to an earlier one says nothing any more. */
  #turn = 0;
  #isAsking = false;

  /**
   * One for each client, as long as that lives.
   *
   * @param environment as the client's; default: the real one
   */
  constructor(klatch: Klatch, environment: Environment = realEnvironment) {
    this.#klatch = klatch;
    this.#retry = new Timer(environment);
    this.#ground = klatch.extend((heard) => this.#hear(heard));
    klatch.onLink(() => this.#linkChanged());
    this.#linkChanged();
  }

  /** Ids of people; during a break those of before it. */
  get ids(): ReadonlySet<number> {
    return this.#ids;
  }

  /** Calls `listener` after each change of `ids`; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Whom one blocks and since when, the last one first.
   *
   * @throws KlatchError `offline`, …; so do the others
   */
  async list(): Promise<readonly Block[]> {
    const { blocks } = await this.#ground.rest.ask<BlocksResult>("GET", PATH);
    this.#ground.people.learn(blocks);
    return blocks;
  }

  /**
   * Blocks somebody: nothing more is said between the two, on all one's devices.
   *
   * @throws KlatchError `too-many-marks` beyond 1,000 people
   */
  async block(user: number): Promise<void> {
    await this.#ground.rest.ask("PUT", `${PATH}/${user}`);
    this.#put(user, true);
  }

  /** Lifts it. */
  async unblock(user: number): Promise<void> {
    await this.#ground.rest.ask("DELETE", `${PATH}/${user}`);
    this.#put(user, false);
  }

  #linkChanged(): void {
    const { me } = this.#klatch;
    if (this.#owner !== me?.id) {
      this.#owner = me?.id;
      this.#set(new Set());
    }
    this.#retry.stop();
    this.#retry.tries = 0;
    if (this.#ground.link.isOpen) void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const turn = ++this.#turn;
    const isLate = () => turn !== this.#turn || !this.#ground.link.isOpen;
    this.#isAsking = true;
    try {
      const blocks = await this.list();
      if (!isLate()) this.#set(new Set(blocks.map(({ id }) => id)));
    } catch {
      if (!isLate()) this.#retry.retry(() => void this.#fetch());
    }
    if (turn === this.#turn) this.#isAsking = false;
  }

  #hear({ type, data }: Heard): void {
    if (type === "blocks") this.#put(data.user, data.blocked);
  }

  #put(user: number, isBlocked: boolean): void {
    const next = new Set(this.#ids);
    if (isBlocked) next.add(user);
    else next.delete(user);
    if (next.size !== this.#ids.size) this.#set(next);
    // What is on its way may be from before: it is asked for again.
    if (this.#isAsking) void this.#fetch();
  }

  #set(ids: ReadonlySet<number>): void {
    this.#ids = ids;
    this.#changes.tell();
  }
}
