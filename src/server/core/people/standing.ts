/** Standing: what people are for the whole of Klatch, and who may change that. */
import type { AdminPeopleResult, NewSuspension, RoleChange } from "#protocol/admin.ts";
import { LIMITS } from "#protocol/limits.ts";
import { reasonProblem } from "#protocol/room.ts";
import { canonicalUsername } from "#protocol/username.ts";
import { accessAdmin, accessAdminPerson } from "#server/core/access/admin-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Session } from "./accounts.ts";
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
    const admin = accessAdmin(session);
    const beginning = canonicalUsername(search);
    const most = LIMITS.adminPeopleMax;
    if (beginning === "") return this.#store.newest(admin, after, most);
    return this.#store.named(admin, beginning, after, most);
  }

  /** Names and unnames owners and admins; by an owner. An admin may step down. */
  async setRole(session: Session, user: number, { role }: RoleChange): Promise<void> {
    settle(await this.#store.setRole(accessAdminPerson(session, user), role));
  }

  /** Ends all sessions of somebody, everywhere, and lets them make no new one; by an admin. */
  async suspend(session: Session, user: number, { reason = "" }: NewSuspension): Promise<void> {
    const access = accessAdminPerson(session, user);
    const problem = reasonProblem(reason);
    if (problem !== undefined) throw new ChatError("bad-request", problem);
    settle(await this.#store.suspend(access, reason));
  }

  /** Lets somebody sign in again; their old sessions stay ended. */
  async unsuspend(session: Session, user: number): Promise<void> {
    settle(await this.#store.unsuspend(accessAdminPerson(session, user)));
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
