/** Who blocks whom, as it is kept (port). */
import type { RoomId } from "#protocol/room.ts";

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
  block(by: number, user: number): Promise<"done" | "not-found" | "too-many">;
  unblock(by: number, user: number): Promise<void>;
  /** The last one first. */
  blocks(by: number): Promise<readonly StoredBlock[]>;
  /**
   * Who must not hear that this person types there: those who block them; everyone, where they could
   * not send what they type.
   */
  unheardBy(user: number, room: RoomId): Promise<ReadonlySet<number> | "everyone">;
}
