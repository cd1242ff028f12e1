/** Accounts as they are kept (port). */
import type { Me } from "#protocol/api.ts";
import type { Person, Role } from "#protocol/person.ts";
import type { Admission } from "./joining-store.ts";
import type { RoomId } from "#protocol/room.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";

export interface Account extends Person {
  /** bcrypt; a bot has none. */
  readonly passwordHash: string | undefined;
  readonly role: Role;
}

export interface AccountStore {
  /**
   * Makes the account, a member of General from the start, all at once; the first is an owner.
   * `undefined` if the name is taken. Where one must be invited, the invitation is counted in the same
   * step, or `invitation-not-valid` thrown; without an admission everybody may.
   */
  create(
    canonical: string,
    display: string,
    passwordHash: string,
    admission?: Admission,
  ): Promise<Me | undefined>;
  /** Also of a name that is kept for who gave it up; for them, as `user`, it is not. */
  isTaken(canonical: string, user?: number): Promise<boolean>;
  /**
   * By canonical name. `typed`, for who signs in: as they wrote it, for accounts that servers of
   * other kinds made under a name that Klatch would write otherwise, or not allow.
   */
  find(canonical: string, typed?: string): Promise<Account | undefined>;
  /** The bcrypt hash of one's own password. */
  passwordHash(of: OwnAccess): Promise<string | undefined>;
  /** Ids of the rooms a user is in. */
  rooms(by: OwnAccess): Promise<readonly RoomId[]>;
  /** By the beginning of their canonical name, in the order of names. */
  search(beginning: string, limit: number): Promise<readonly Person[]>;
  /** In the order asked; unknown ids are left out. Who deleted their account is told as that. */
  people(ids: readonly number[]): Promise<readonly Person[]>;
}
