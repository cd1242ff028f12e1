/** What admins see and do: people, their roles, and suspending them. */
import type { Person, Role } from "./person.ts";

/** Why somebody may not sign in any more, since when, and by whom. */
export interface Suspension {
  /** Told to the person, too; may be empty. */
  readonly reason: string;
  /** Seconds since 1970. */
  readonly since: number;
  /** Id of the admin. */
  readonly by: number;
}

/** Somebody as admins see them. */
export interface AdminPerson extends Person {
  readonly role: Role;
  /** When they registered, in seconds since 1970; absent where other programs made the account. */
  readonly since?: number;
  /** Absent for who is not suspended. */
  readonly suspended?: Suspension;
}

/**
 * `GET /api/admin/people?search=&after=`, for admins: without `search` everybody, the newest first;
 * with it, those whose name begins like this, by name. Up to `LIMITS.adminPeopleMax`.
 */
export interface AdminPeopleResult {
  readonly people: readonly AdminPerson[];
  /** Pass as `after` for those who follow; absent at the end. */
  readonly after?: string;
}

/**
 * `PUT /api/admin/people/:user/role`, by an owner, answered 204; an admin may step down by
 * themselves. The last owner stays one.
 */
export interface RoleChange {
  readonly role: Exclude<Role, "bot">;
}

/**
 * `PUT /api/admin/people/:user/suspension`, by an admin, and for admins by an owner; answered 204.
 * `DELETE` lifts it.
 */
export interface NewSuspension {
  readonly reason?: string;
}
