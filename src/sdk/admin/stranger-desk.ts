/** Strangers, as admins look after them. An entry of its own: only their pages load it. */
import type {
  StrangerBansResult,
  StrangerFigures,
  StrangerReportsResult,
  StrangersChange,
  StrangerVerdict,
} from "#protocol/stranger.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

const PATH = "/api/admin/strangers";

/** Everything here rejects with a KlatchError: `not-allowed` for who is no admin, `offline`, … */
export class StrangerDesk {
  readonly #rest: Ground["rest"];

  constructor(klatch: Klatch) {
    this.#rest = klatch.extend(() => undefined).rest;
  }

  /** How many wait and talk on all servers, and how they fared in the last day. */
  figures(): Promise<StrangerFigures> {
    return this.#rest.ask("GET", PATH);
  }

  /** Lets strangers meet; or ends all that goes on, on all servers, and lets nobody in. */
  setOpen(open: boolean): Promise<StrangerFigures> {
    return this.#rest.ask("PUT", PATH, { open } satisfies StrangersChange);
  }

  /** Up to 100 open ones, those of minors and threats first. */
  async reports(): Promise<StrangerReportsResult["reports"]> {
    return (await this.#rest.ask<StrangerReportsResult>("GET", `${PATH}/reports`)).reports;
  }

  /**
   * Decides a report, which is deleted then.
   *
   * @throws KlatchError `ban-not-possible`, `not-found` when another admin has decided it
   */
  decide(id: string, verdict: StrangerVerdict): Promise<void> {
    return this.#rest.ask("POST", `${PATH}/reports/${id}`, verdict);
  }

  async bans(): Promise<StrangerBansResult["bans"]> {
    return (await this.#rest.ask<StrangerBansResult>("GET", `${PATH}/bans`)).bans;
  }

  /** @throws KlatchError `not-found` when it has ended */
  lift(id: string): Promise<void> {
    return this.#rest.ask("DELETE", `${PATH}/bans/${id}`);
  }
}
