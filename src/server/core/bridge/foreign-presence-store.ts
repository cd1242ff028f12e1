/**
 * What servers of other kinds hold of who is online (port): one set of people, without counts and
 * without leases, which each of them writes to.
 */
import type { SystemAccess } from "#server/core/access/system-access.ts";

/** Names of servers of other kinds begin so, where all servers hold their leases. */
export const FOREIGN = "tutorial:";

export interface ForeignPresenceStore {
  /** Servers of other kinds that hold a lease. */
  servers(by: SystemAccess): Promise<readonly string[]>;
  /** Whom the set has, and no server. */
  unclaimed(by: SystemAccess): Promise<readonly number[]>;
  /** Whom this server has, and the set has not any more. */
  takenOut(by: SystemAccess, server: string): Promise<readonly number[]>;
  /** Puts the people of this server back into the set. */
  mend(by: SystemAccess, server: string): Promise<void>;
  /** Says that this server is at the bridge; how many listeners on the channel are of other kinds. */
  beat(by: SystemAccess, server: string): Promise<number>;
  /** Tells servers of other kinds of somebody: once, whoever says it; `again` in any case. */
  tell(by: SystemAccess, user: number, how: "on" | "off" | "again", event: string): Promise<void>;
  /** Of whom they were told that they are online, and who is not any more. */
  toldGone(by: SystemAccess): Promise<readonly number[]>;
}
