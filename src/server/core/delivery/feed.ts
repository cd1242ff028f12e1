/**
 * A feed: the one order of a room as this server has delivered it, made whole again after every
 * loss.
 */
import type { RoomEvent } from "#protocol/events.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { comparePositions } from "#protocol/position.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";
import { accessAsSystem } from "#server/core/access/system-access.ts";
import type { Happening, MessageLog } from "./message-log.ts";

/** Ids remembered to tell a repetition from a fork. */
const KNOWN_MAX = 512;
/** Messages fetched at a time to close a gap. */
const FETCH_MAX = 500;
/** Events held while a gap is being closed. */
const HELD_MAX = 1_000;

interface Parts {
  readonly room: RoomId;
  readonly log: MessageLog;
  /** Hands events on, in order, each once. */
  readonly deliver: (events: readonly RoomEvent[]) => void;
  /** Redis lost something this feed had delivered. */
  readonly onFork: (room: RoomId) => void;
}

/**
 * Everything a room says on this server passes here. An event whose `prev` is the last one
 * delivered is next; one that was delivered before is dropped; one further on shows a gap, which is
 * read from the log before anything else is delivered; anything else means that the log lost what
 * was shown: a fork. (`prev` in place of dense numbers, because numbers are given out twice after a
 * lossy failover.)
 */
export class Feed {
  readonly #parts: Parts;
  readonly #known = new Set<Position>();
  /** Heard while a gap is being closed. */
  readonly #held: RoomEvent[] = [];
  /** On nobody's behalf: what is read is told to who hears the room. */
  readonly #room: SystemRoomAccess;
  #at: Position;
  #repair: Promise<void> | undefined;

  constructor(at: Position, parts: Parts) {
    this.#at = at;
    this.#parts = parts;
    this.#room = accessAsSystem(parts.room);
  }

  /** Id of the last event delivered. */
  get position(): Position {
    return this.#at;
  }

  accept(event: RoomEvent): void {
    if (this.#known.has(event.id)) return;
    if (this.#repair === undefined && event.prev === this.#at) return this.#pass([event]);
    // Beyond the bound nothing is lost: what is dropped here is a gap to the next event or check.
    if (this.#held.length < HELD_MAX) this.#held.push(event);
    this.#mend().catch(() => {
      // The log is away: what is missing is read at the next event, check or return of the link.
    });
    return undefined;
  }

  /**
   * Whether the log is elsewhere just now, which may mean no more than that an event is on its way.
   */
  async isBehind(): Promise<boolean> {
    const head = await this.#parts.log.head(this.#room);
    return this.#repair === undefined && head !== this.#at;
  }

  /**
   * Compares with the log; used when the room is quiet or the link was down. Rejects if the log is
   * away.
   */
  async check(): Promise<void> {
    // A repair under way may fail, or have read the log too early to know what to look for.
    await this.#repair?.catch(() => undefined);
    const before = this.#at;
    const head = await this.#parts.log.head(this.#room);
    await this.#repair?.catch(() => undefined);
    const order = comparePositions(head, this.#at);
    // Behind, but so was the look: more has been delivered since.
    if (order === 0 || (order < 0 && this.#at !== before)) return undefined;
    return this.#mend(head);
  }

  /** Closes gaps, one repair at a time, until nothing that was heard meanwhile is left. */
  #mend(head?: Position): Promise<void> {
    this.#repair ??= this.#closeGaps(head);
    return this.#repair;
  }

  async #closeGaps(head?: Position): Promise<void> {
    try {
      if (head !== undefined) await this.#readOn(head);
      for (let event = this.#held.shift(); event !== undefined; event = this.#held.shift()) {
        // oxlint-disable-next-line no-await-in-loop -- because the order is the point
        await this.#catchUpTo(event);
      }
    } finally {
      // In one step with the last look at what is held, or an event between the two is lost.
      this.#held.length = 0;
      this.#repair = undefined;
    }
  }

  async #catchUpTo(event: RoomEvent): Promise<void> {
    if (this.#known.has(event.id)) return;
    if (event.prev === this.#at) this.#pass([event]);
    else if (comparePositions(event.prev, this.#at) > 0) await this.#readOn(event.id);
    else if (comparePositions(event.id, this.#at) > 0) await this.#fork();
    else await this.#lookBack();
  }

  /**
   * For an event from before the last one delivered that is not remembered. The log told of it
   * before the bus did, and there is nothing to do; unless the log has lost its end and its clock
   * is behind. One look speaks for all such events.
   */
  async #lookBack(): Promise<void> {
    const head = await this.#parts.log.head(this.#room);
    if (comparePositions(head, this.#at) < 0) return this.#fork();
    const isAhead = ({ id }: RoomEvent) => comparePositions(id, this.#at) > 0;
    const first = this.#held.findIndex(isAhead);
    this.#held.splice(0, first === -1 ? this.#held.length : first);
    return undefined;
  }

  /** Reads from the log what came after the last delivered event; a head behind it is a fork. */
  async #readOn(head: Position): Promise<void> {
    if (comparePositions(head, this.#at) < 0) return this.#fork();
    const { log, room } = this.#parts;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- because each page begins where the last one ended
      const missed = await log.after(this.#room, this.#at, FETCH_MAX);
      // Shown here, and not there any more: what the log has now is another story.
      if (missed === "lost") return this.#fork();
      this.#pass(chain(room, this.#at, missed));
      if (missed.length < FETCH_MAX) return undefined;
    }
  }

  async #fork(): Promise<void> {
    const { log, room, deliver, onFork } = this.#parts;
    const head = await log.head(this.#room);
    const prev = this.#at;
    this.#known.clear();
    this.#at = head;
    onFork(room);
    deliver([{ type: "fork", room, id: head, prev, data: null }]);
  }

  #pass(events: readonly RoomEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#at = last.id;
    for (const { id } of events) this.#remember(id);
    this.#parts.deliver(events);
  }

  #remember(id: Position): void {
    this.#known.add(id);
    if (this.#known.size <= KNOWN_MAX) return;
    const [oldest] = this.#known;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

function chain(
  room: RoomId,
  from: Position,
  happenings: readonly Happening[],
): readonly RoomEvent[] {
  let prev = from;
  return happenings.map(({ type, id, data }) => {
    const event: RoomEvent = { type, room, id, prev, data };
    prev = id;
    return event;
  });
}
