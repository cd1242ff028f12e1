/** A room's history by rank, for a member: how the clients of the Redis chat tutorial read it. */
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { RankedLog } from "#server/core/delivery/ranked-log.ts";

export class RankedHistory {
  readonly #log: RankedLog;

  constructor(log: RankedLog) {
    this.#log = log;
  }

  /** Up to `count` messages, newest first, after leaving out `offset`; throws `not-found`. */
  async page(
    user: Person,
    room: string,
    offset: number,
    count: number,
  ): Promise<readonly Message[]> {
    const messages = await this.#log.ranked(accessRoom(user, room), offset, count);
    if (messages === undefined) throw notFound();
    return messages;
  }
}
