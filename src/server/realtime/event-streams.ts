/** The SSE edge: the same events as over a socket, for proxies, bots and `curl -N`. */
import type { RoomEvent } from "#protocol/events.ts";
import type { RoomId } from "#protocol/room.ts";
import { closing } from "#protocol/closings.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { RoomWatch } from "#server/core/rooms/room-watch.ts";
import type { SessionWatch } from "#server/core/people/session-watch.ts";
import { readCursor } from "./event-text.ts";
import { EventStream } from "./event-stream.ts";
import type { Reader } from "./event-stream.ts";
import type { SlowReaders } from "./slow-readers.ts";

export interface StreamParts {
  readonly chat: Chat;
  readonly hub: Hub;
  readonly watch: SessionWatch;
  readonly roomWatch: RoomWatch;
  readonly clock: Clock;
  readonly slow: SlowReaders;
}

export class EventStreams {
  readonly #parts: StreamParts;
  readonly #streams = new Set<EventStream>();

  constructor(parts: StreamParts) {
    this.#parts = parts;
    parts.hub.addAudience((room: RoomId, events: readonly RoomEvent[]) => {
      for (const stream of this.#streams) stream.hear(room, events);
    });
  }

  /** Open streams. */
  get connections(): number {
    return this.#streams.size;
  }

  /**
   * Checks everything that can be refused; then the reader gets its rooms' events until it, or its
   * session, goes. Without `rooms` it hears all that the person is in now. `cursor` is the
   * `Last-Event-ID` it came with.
   */
  async open(
    session: Session,
    wanted: readonly RoomId[] | undefined,
    cursor: string | undefined,
    reader: Reader,
  ): Promise<void> {
    const { chat, watch, roomWatch, slow } = this.#parts;
    const rooms = [...new Set(wanted ?? (await chat.rooms(session.user)))];
    if (rooms.length > LIMITS.roomsPerConnectionMax) {
      const most = LIMITS.roomsPerConnectionMax;
      throw new ChatError("bad-request", `One stream hears up to ${most} rooms.`);
    }
    const since = cursor === undefined ? new Map() : readCursor(cursor, rooms);
    if (since === undefined) {
      throw new ChatError(
        "bad-request",
        "Last-Event-ID must be the id of an event of this stream.",
      );
    }
    await Promise.all(rooms.map((room) => chat.mustBeMember(session.user, room)));
    // Nothing is waited for from here until it counts, since many may come at the same time.
    if (watch.connectionsOf(session.user.id) >= LIMITS.connectionsPerUserMax) {
      const most = LIMITS.connectionsPerUserMax;
      throw new ChatError("too-many-requests", `You have ${most} connections; close one first.`);
    }
    const stream = new EventStream(session.user, reader, this.#parts);
    const visit = await watch.watch(session, () => {
      stream.close(closing("signed-out"));
    });
    if (visit === undefined) throw new ChatError("not-signed-in", "Your session has ended.");
    const unwatchQueue = slow.watch(stream);
    const unlisten = roomWatch.listen(session.user.id, stream);
    this.#streams.add(stream);
    reader.onGone(() => {
      visit.end();
      unwatchQueue();
      unlisten();
      this.#streams.delete(stream);
      stream.gone();
    });
    await stream.start(rooms, since);
  }

  /** Tells every reader to come back, and ends all streams. */
  drain(): void {
    for (const stream of this.#streams) stream.close(closing("restarting"));
  }
}
