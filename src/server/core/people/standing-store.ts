/**
 * The standing of people as it is kept (port). Every act looks at who does it in the step that does
 * it, whatever their session said.
 */
import type { AdminPeopleResult, Suspension } from "#protocol/admin.ts";
import type { Role } from "#protocol/person.ts";

/** What became of an act. `last-owner`: somebody must be one. */
export type StandingOutcome = "done" | "not-found" | "not-allowed" | "last-owner";

export interface StandingStore {
  /** Everybody, the newest first; `after` as it was answered. */
  newest(after: string | undefined, limit: number): Promise<AdminPeopleResult>;
  /** By the beginning of their canonical name, in the order of names. */
  named(beginning: string, after: string | undefined, limit: number): Promise<AdminPeopleResult>;
  /**
   * By an owner; or by oneself, to be a member. Owners and admins moderate General, members do not
   * any more.
   */
  setRole(user: number, role: Exclude<Role, "bot">, by: number): Promise<StandingOutcome>;
  /**
   * By an admin, and for admins by an owner: ends all sessions, tells every server, and lets no new
   * one be made.
   */
  suspend(user: number, reason: string, by: number): Promise<StandingOutcome>;
  /** By who may suspend. */
  unsuspend(user: number, by: number): Promise<StandingOutcome>;
  /** `undefined` for who is not suspended. */
  suspension(user: number): Promise<Suspension | undefined>;
}
