/** Coming in by an invitation or a link, in a browser, whose cookie holds the session. */
import type { Me, NewAccount } from "#protocol/api.ts";
import type { LinkCredentials, Welcome } from "#protocol/joining.ts";
import type { Klatch } from "#sdk/client.ts";
import { KlatchError } from "#sdk/error.ts";
import type { Ground } from "#sdk/extension.ts";

/** Everything here rejects with a KlatchError: `offline`, or why it was refused. */
export class Door {
  readonly #klatch: Klatch;
  readonly #ground: Ground;

  constructor(klatch: Klatch) {
    this.#klatch = klatch;
    this.#ground = klatch.extend(() => undefined);
  }

  /** Who may make an account here. */
  welcome(): Promise<Welcome> {
    return this.#ground.rest.ask("GET", "/api/welcome");
  }

  /** @throws KlatchError `invitation-needed`, `invitation-not-valid`, `name-taken`, … */
  register(account: NewAccount): Promise<Me> {
    return this.#enter("accounts", account);
  }

  /** @throws KlatchError `link-not-valid` */
  follow(link: string): Promise<Me> {
    return this.#enter("session", { link });
  }

  async #enter(what: "accounts" | "session", by: NewAccount | LinkCredentials): Promise<Me> {
    await this.#ground.rest.ask("POST", `/api/${what}`, by);
    const me = await this.#klatch.whoAmI();
    if (me === undefined) throw new KlatchError("not-signed-in", "This browser keeps no cookies.");
    return me;
  }
}
