/** Who blocks whom, as it is kept (port). */
import type { OwnAccess, PersonAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";

export interface StoredBlock {
  readonly user: number;
  /** Seconds since 1970. */
  readonly since: number;
}

export interface BlockStore {
  /**
   * Closes the chat of these two at the same moment, and tells all devices of who blocks, and nobody
   * else.
   */
  block(whom: PersonAccess): Promise<"done" | "not-found" | "too-many">;
  unblock(whom: PersonAccess): Promise<void>;
  /** The last one first. */
  blocks(by: OwnAccess): Promise<readonly StoredBlock[]>;
  /**
   * Who must not hear that this person types there: those who block them; everyone, where they could
   * not send what they type.
   */
  unheardBy(of: RoomAccess): Promise<ReadonlySet<number> | "everyone">;
}
