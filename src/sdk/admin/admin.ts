/**
 * What admins see and do: everybody, their roles, suspending, and what was reported. An entry of its
 * own: only their pages load it.
 */
import type { AdminPeopleResult, NewSuspension, RoleChange } from "#protocol/admin.ts";
import type { NewDecision, Report, ReportsResult, Verdict } from "#protocol/reports.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

export class Admin {
  readonly #ground: Ground;

  constructor(klatch: Klatch) {
    this.#ground = klatch.extend(() => undefined);
  }

  /**
   * Up to 50 people: the newest first, or with `search` those whose name begins so, by name.
   *
   * @param after what the answer before ended with
   * @throws KlatchError `not-allowed` for who is no admin, `offline`, …; so do the others
   */
  async people(search = "", after?: string): Promise<AdminPeopleResult> {
    const query = queryOf({ search, after });
    const found = await this.#ask<AdminPeopleResult>("GET", `/api/admin/people?${query}`);
    this.#ground.people.learn(found.people);
    return found;
  }

  /**
   * Names and unnames owners and admins. For owners; an admin may step down.
   *
   * @throws KlatchError `last-owner`
   */
  setRole(user: number, role: RoleChange["role"]): Promise<void> {
    return this.#ask("PUT", `/api/admin/people/${user}/role`, { role } satisfies RoleChange);
  }

  /** Signs somebody out everywhere and keeps them out; they are told the reason. */
  suspend(user: number, reason = ""): Promise<void> {
    const body: NewSuspension = { reason };
    return this.#ask("PUT", `/api/admin/people/${user}/suspension`, body);
  }

  /** Lets them sign in again. */
  unsuspend(user: number): Promise<void> {
    return this.#ask("DELETE", `/api/admin/people/${user}/suspension`);
  }

  /** Up to 20: open ones in the order they came, closed ones with the last decision first. */
  async reports(state: Report["state"], after?: string): Promise<ReportsResult> {
    const query = queryOf({ state, after });
    const found = await this.#ask<ReportsResult>("GET", `/api/admin/reports?${query}`);
    this.#ground.people.learn(found.people);
    return found;
  }

  /**
   * Decides an open report.
   *
   * @throws KlatchError `already-decided` by another admin, `not-allowed`
   */
  decide(id: number, verdict: Verdict): Promise<void> {
    return this.#ask("POST", `/api/admin/reports/${id}`, { verdict } satisfies NewDecision);
  }

  #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    return this.#ground.rest.ask(method, path, body);
  }
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`).join("&");
}
