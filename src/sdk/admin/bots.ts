/** Bots, as admins make, change and end them. An entry of its own: only their pages load it. */
import type {
  Bot,
  BotChange,
  BotResult,
  BotsResult,
  BotTokenResult,
  NewBot,
  NewBotResult,
} from "#protocol/bot.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

const PATH = "/api/admin/bots";

/** Everything here rejects with a KlatchError: `not-allowed` for who is no admin, `offline`, … */
export class Bots {
  readonly #rest: Ground["rest"];

  constructor(klatch: Klatch) {
    this.#rest = klatch.extend(() => undefined).rest;
  }

  /** By name. */
  async list(): Promise<readonly Bot[]> {
    return (await this.#rest.ask<BotsResult>("GET", PATH)).bots;
  }

  /**
   * Makes one, in no room yet. Its token, and the secret of its callback, are told here alone.
   *
   * @throws KlatchError `name-taken`, `name-not-allowed`, `callback-not-allowed`, `too-many-bots`
   */
  create(bot: NewBot): Promise<NewBotResult> {
    return this.#rest.ask("POST", PATH, bot);
  }

  /** Changes what is given; with another callback the answer holds its secret, this once. */
  change(id: number, change: BotChange): Promise<BotResult> {
    return this.#rest.ask("PATCH", `${PATH}/${id}`, change);
  }

  /**
   * Another token, told here alone; the old one ends at once.
   *
   * @throws KlatchError `suspended`
   */
  async renew(id: number): Promise<string> {
    return (await this.#rest.ask<BotTokenResult>("POST", `${PATH}/${id}/token`)).token;
  }

  /** Ends it; what it said stays. */
  delete(id: number): Promise<void> {
    return this.#rest.ask("DELETE", `${PATH}/${id}`);
  }
}
