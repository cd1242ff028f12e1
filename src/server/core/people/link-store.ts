/** Sign-in links as they are kept (port): under a digest of their token, and never for long. */
import type { Me } from "#protocol/api.ts";
import type { AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { Digest } from "./accounts.ts";

export interface LinkStore {
  /**
   * Makes a link for a person; of more than `LIMITS.signInLinksMax` the oldest is void. When it
   * expires, in seconds since 1970; `undefined` if there is no such person.
   */
  create(
    whom: OwnAccess | AdminPersonAccess,
    link: Digest,
    lifetimeS: number,
  ): Promise<number | undefined>;
  /**
   * Whom a link signs in, without using it up; `undefined` if nobody. A link is also void when its
   * person got another role since it was made: whoever made it may not have been allowed to.
   */
  owner(link: Digest): Promise<Me | undefined>;
  /** Who somebody is, with their role. */
  person(of: AdminPersonAccess): Promise<Me | undefined>;
}

/** A link for another device of one's own … */
export const OWN_LINK_S = 15 * 60;
/** … and one that an admin hands to somebody who is locked out. */
export const ADMIN_LINK_S = 4 * 3600;
