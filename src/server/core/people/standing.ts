/** Standing: what people are for the whole of Klatch, and who may change that. */
import type { AdminPeopleResult, NewSuspension, RoleChange } from "#protocol/admin.ts";
import { LIMITS } from "#protocol/limits.ts";
import { reasonProblem } from "#protocol/room.ts";
import { canonicalUsername } from "#protocol/username.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Session } from "./accounts.ts";
import { mustBeAdmin } from "./authority.ts";
import type { StandingOutcome, StandingStore } from "./standing-store.ts";

export class Standing {
  readonly #store: StandingStore;

  constructor(store: StandingStore) {
    this.#store = store;
  }

  /**
   * Everybody, the newest first, or those whose name begins like this; to admins. `after` is what
   * the answer before ended with.
   */
  async people(
    session: Session,
    { search = "", after }: { readonly search?: string; readonly after?: string | undefined },
  ): Promise<AdminPeopleResult> {
    mustBeAdmin(session);
    const beginning = canonicalUsername(search);
    const most = LIMITS.adminPeopleMax;
    if (beginning === "") return this.#store.newest(after, most);
    return this.#store.named(beginning, after, most);
  }

  /** Names and unnames owners and admins; by an owner. An admin may step down. */
  async setRole(session: Session, user: number, { role }: RoleChange): Promise<void> {
    mustBeAdmin(session);
    settle(await this.#store.setRole(user, role, session.user.id));
  }

  /** Ends all sessions of somebody, everywhere, and lets them make no new one; by an admin. */
  async suspend(session: Session, user: number, { reason = "" }: NewSuspension): Promise<void> {
    mustBeAdmin(session);
    const problem = reasonProblem(reason);
    if (problem !== undefined) throw new ChatError("bad-request", problem);
    settle(await this.#store.suspend(user, reason, session.user.id));
  }

  /** Lets somebody sign in again; their old sessions stay ended. */
  async unsuspend(session: Session, user: number): Promise<void> {
    mustBeAdmin(session);
    settle(await this.#store.unsuspend(user, session.user.id));
  }
}

function settle(outcome: StandingOutcome): void {
  switch (outcome) {
    case "done":
      return;
    case "not-found":
      throw notFound();
    case "not-allowed":
      throw new ChatError(
        "not-allowed",
        "Owners name owners and admins, who are not suspended then; admins suspend members, and owners admins.",
      );
    case "last-owner":
      throw new ChatError(
        "last-owner",
        "A Klatch has at least one owner. Please name another one first.",
      );
  }
}

/** The answer to the right password of somebody who may not come in. */
export function suspended(reason: string): ChatError {
  const why = reason === "" ? "" : ` The reason given: ${reason}`;
  return new ChatError("suspended", `An admin has suspended this account.${why}`);
}
