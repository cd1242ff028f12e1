/**
 * The standing of people as it is kept (port). Every act looks at who does it in the step that does
 * it, whatever their session said.
 */
import type { AdminPeopleResult, Suspension } from "#protocol/admin.ts";
import type { Role } from "#protocol/person.ts";
import type { AdminAccess, AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";

/** What became of an act. `last-owner`: somebody must be one. */
export type StandingOutcome = "done" | "not-found" | "not-allowed" | "last-owner";

export interface StandingStore {
  /** Everybody, the newest first; `after` as it was answered. */
  newest(by: AdminAccess, after: string | undefined, limit: number): Promise<AdminPeopleResult>;
  /** By the beginning of their canonical name, in the order of names. */
  named(
    by: AdminAccess,
    beginning: string,
    after: string | undefined,
    limit: number,
  ): Promise<AdminPeopleResult>;
  /**
   * By an owner; or by oneself, to be a member. Owners and admins moderate General, members do not
   * any more.
   */
  setRole(of: AdminPersonAccess, role: Exclude<Role, "bot">): Promise<StandingOutcome>;
  /**
   * By an admin, and for admins by an owner: ends all sessions, tells every server, and lets no new
   * one be made.
   */
  suspend(whom: AdminPersonAccess, reason: string): Promise<StandingOutcome>;
  /** By who may suspend. */
  unsuspend(whom: AdminPersonAccess): Promise<StandingOutcome>;
  /** `undefined` for who is not suspended. */
  suspension(of: OwnAccess): Promise<Suspension | undefined>;
}
