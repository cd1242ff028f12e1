/** The log by rank (port): for programs that count messages from the newest on, instead of naming a place. */
import type { Message } from "#protocol/message.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";

export interface RankedLog {
  /**
   * Messages for a member, newest first, after leaving out `offset` of them; `undefined` if who asks
   * is none. What is said meanwhile moves all ranks, so two pages may overlap: only a place does not
   * move.
   */
  ranked(of: RoomAccess, offset: number, count: number): Promise<readonly Message[] | undefined>;
}
