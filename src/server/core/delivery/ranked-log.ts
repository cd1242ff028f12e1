/** The log by rank (port): for programs that count messages from the newest on, instead of naming a place. */
import type { Message } from "#protocol/message.ts";
import type { RoomId } from "#protocol/room.ts";

export interface RankedLog {
  /**
   * Messages for a member, newest first, after leaving out `offset` of them; `undefined` if `user` is
   * none. What is said meanwhile moves all ranks, so two pages may overlap: only a place does not move.
   */
  ranked(
    room: RoomId,
    user: number,
    offset: number,
    count: number,
  ): Promise<readonly Message[] | undefined>;
}
