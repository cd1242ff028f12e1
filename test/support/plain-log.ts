/** A log as tests speak to it: with ids, of which it makes the passes. */
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { accessMessage, accessRoom } from "#server/core/access/room-access.ts";
import { accessAsSystem } from "#server/core/access/system-access.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type { Change, Draft, MessageLog } from "#server/core/delivery/message-log.ts";

/** What somebody says, and where. */
export interface PlainDraft extends Draft {
  readonly from: number;
  readonly room: RoomId;
}

/** What somebody changes, and how. */
export interface PlainChange extends Change {
  readonly by: number;
  readonly room: RoomId;
  readonly message: Position;
}

export class PlainLog {
  readonly #log: MessageLog;

  constructor(log: MessageLog) {
    this.#log = log;
  }

  append({ from, room, ...draft }: PlainDraft) {
    return this.#log.append(accessRoom({ id: from }, room), draft);
  }

  change({ by, room, message, ...change }: PlainChange) {
    return this.#log.change(accessMessage({ id: by }, room, message), change);
  }

  page(room: RoomId, user: number, cursor: Cursor, limit: number) {
    return this.#log.page(accessRoom({ id: user }, room), cursor, limit);
  }

  missed(room: RoomId, user: number, since: Position, limit: number) {
    return this.#log.missed(accessRoom({ id: user }, room), since, limit);
  }

  isMember(room: RoomId, user: number) {
    return this.#log.isMember(accessRoom({ id: user }, room));
  }

  head(room: RoomId) {
    return this.#log.head(accessAsSystem(room));
  }

  after(room: RoomId, since: Position, limit: number) {
    return this.#log.after(accessAsSystem(room), since, limit);
  }
}
