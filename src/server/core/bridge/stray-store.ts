/**
 * Strays (port): what servers of other kinds wrote to a room's log, and what becomes of it. A stray
 * has no id; until it is adopted nobody at a Klatch sees it.
 */
import type { RoomId } from "#protocol/room.ts";
import type { SystemAccess, SystemRoomAccess } from "#server/core/access/system-access.ts";

export interface Stray {
  /** As it lies in the log. */
  readonly member: string;
  /** Seconds since 1970, as its server saw it; anything may stand there. */
  readonly score: number;
  readonly from: number;
  readonly text: string;
  /** From before Klatch came to this room: it keeps its time as its place. */
  readonly isOld: boolean;
}

/**
 * `raced`: another server has adopted it. `refused`: its author may not say anything in this room;
 * it was put aside.
 */
export type Adopted = "adopted" | "raced" | "refused";

export interface StrayStore {
  /**
   * What has no id yet, by score. `near`: at the end of the log, and not far below it; `deep`:
   * wherever it is. Costs next to nothing where there is none.
   */
  strays(of: SystemRoomAccess, depth: "near" | "deep"): Promise<readonly Stray[]>;
  /**
   * Makes somebody who has an account a member, of General or of their own chat of two, as a server
   * of another kind did without knowing how Klatch keeps it. `false` if they do not belong there.
   */
  admit(of: SystemRoomAccess, user: number): Promise<boolean>;
  /** Gives it the room's next id, tells everyone, and takes the stray away: one step. */
  adopt(of: SystemRoomAccess, stray: Stray, mentions: readonly number[]): Promise<Adopted>;
  /** Every room that has a log. */
  rooms(by: SystemAccess): AsyncIterable<RoomId>;
  /** Whether it is this server's turn to look at all rooms; of all servers one each `everyMs`. */
  isTurn(by: SystemAccess, everyMs: number): Promise<boolean>;
  /** Welcomes the accounts that servers of other kinds have made since the last time. */
  welcomeAll(by: SystemAccess): Promise<void>;
}
