/**
 * The hub: this server's map from rooms to those who hear them here; gathers a tick's events into
 * one frame.
 */
import { accessAsSystem } from "#server/core/access/system-access.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Position } from "#protocol/position.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Bus } from "./bus.ts";
import { roomTopic } from "./bus.ts";
import type { Clock } from "#server/core/clock.ts";
import { Feed } from "./feed.ts";
import { Gatherer } from "./gatherer.ts";
import type { MessageLog } from "./message-log.ts";
import { PlaceWaiters } from "./place-waiters.ts";

/**
 * What the hub needs of an edge: pass one room's events of one tick on to those of its connections
 * that hear it.
 */
export type Audience = (room: RoomId, events: readonly RoomEvent[]) => void;

interface Parts {
  readonly bus: Bus;
  readonly log: MessageLog;
  readonly clock: Clock;
  /** A number from 0 to 1, so that servers do not all look at the same moment. */
  readonly random: () => number;
  /** Tells that Redis lost something that was shown. */
  readonly onFork: (room: RoomId) => void;
}

const QUIET_CHECK_MS = 20_000;
const SECOND_LOOK_MS = 500;

interface OpenRoom {
  /** How many connections of this server hear the room. */
  listeners: number;
  /** Ready once this server hears the room; the second to join waits too. */
  readonly feed: Promise<Feed>;
  /** Set when `feed` is there. */
  open: Feed | undefined;
  readonly gatherer: Gatherer;
  /** Heard before the feed knew where it is. */
  early: RoomEvent[];
  /** The last place that was handed to the audiences. */
  handedOut: Position;
  readonly waiters: PlaceWaiters;
}

export class Hub {
  readonly #parts: Parts;
  readonly #rooms = new Map<RoomId, OpenRoom>();
  readonly #audiences: Audience[] = [];
  #isStarted = false;
  #stop: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addAudience(audience: Audience): void {
    this.#audiences.push(audience);
  }

  /** Rooms that someone on this server is in. */
  get openRooms(): number {
    return this.#rooms.size;
  }

  /**
   * Resolves once this server hears the room: what is sent from then on reaches the audiences. Undo
   * with `leave`.
   */
  async join(room: RoomId): Promise<void> {
    const open = this.#rooms.get(room) ?? this.#open(room);
    open.listeners++;
    try {
      await open.feed;
    } catch (error) {
      // Not `leave`: the failed room is gone, and another of the same name may be open by now.
      open.listeners--;
      throw error;
    }
  }

  leave(room: RoomId): void {
    const open = this.#rooms.get(room);
    if (open === undefined || --open.listeners > 0) return;
    this.#close(room);
  }

  /**
   * Someone here was told of the room up to this place. A feed that is not there yet reads on, for
   * only what it has delivered can it find lost, and say so.
   */
  told(room: RoomId, position: Position): void {
    const feed = this.#rooms.get(room)?.open;
    if (feed === undefined || comparePositions(position, feed.position) <= 0) return;
    feed.check().catch(() => {
      // The log is away; the next look at quiet rooms comes.
    });
  }

  /**
   * Resolves when everything the room said up to this place has been handed to the audiences; at
   * once if nobody here hears it, and after a moment if the place does not come.
   */
  async reached(room: RoomId, place: Position): Promise<void> {
    const open = this.#rooms.get(room);
    if (open?.open === undefined || comparePositions(place, open.handedOut) <= 0) return;
    await open.waiters.wait(place);
  }

  #close(room: RoomId): void {
    this.#rooms.get(room)?.waiters.release();
    this.#rooms.delete(room);
    void this.#parts.bus.unsubscribe(roomTopic(room)).catch(() => {
      // The link is down, and with it the subscription.
    });
  }

  /** An event from the bus, as the script published it. */
  heard(room: RoomId, event: RoomEvent): void {
    const open = this.#rooms.get(room);
    if (open === undefined) return;
    if (open.open === undefined) open.early.push(event);
    else open.open.accept(event);
  }

  /**
   * Compares quiet rooms with their logs now and then: a lost last event leaves no gap to notice.
   */
  start(): void {
    this.#isStarted = true;
    const { clock, random } = this.#parts;
    this.#stop = clock.after(QUIET_CHECK_MS * (0.75 + random() / 2), () => {
      void this.#checkQuiet().finally(() => {
        if (this.#isStarted) this.start();
      });
    });
  }

  stop(): void {
    this.#isStarted = false;
    this.#stop();
  }

  /** Looks twice, since what differs once may just be on its way. */
  async #checkQuiet(): Promise<void> {
    const suspects: Feed[] = [];
    await Promise.allSettled(
      this.#feeds().map(async (feed) => {
        if (await feed.isBehind()) suspects.push(feed);
      }),
    );
    if (suspects.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#parts.clock.after(SECOND_LOOK_MS, resolve);
    });
    await Promise.allSettled(suspects.map((feed) => feed.check()));
  }

  #feeds(): readonly Feed[] {
    return [...this.#rooms.values()].map(({ open }) => open).filter((feed) => feed !== undefined);
  }

  /**
   * Compares every open room with its log; a room whose check fails is compared again by the next
   * one.
   */
  async checkAll(): Promise<void> {
    await Promise.allSettled(this.#feeds().map((feed) => feed.check()));
  }

  #open(room: RoomId): OpenRoom {
    const open: OpenRoom = {
      listeners: 0,
      feed: this.#start(room),
      open: undefined,
      gatherer: new Gatherer(this.#parts.clock, (events) => {
        for (const audience of this.#audiences) audience(room, events);
        open.handedOut = events.at(-1)?.id ?? open.handedOut;
        open.waiters.reached(open.handedOut);
      }),
      early: [],
      handedOut: START,
      waiters: new PlaceWaiters(this.#parts.clock, () => {
        open.open?.check().catch(() => {
          // The log is away; what is missing is read when it is back.
        });
      }),
    };
    this.#rooms.set(room, open);
    void this.#settle(room, open);
    return open;
  }

  async #settle(room: RoomId, open: OpenRoom): Promise<void> {
    try {
      const feed = await open.feed;
      open.open = feed;
      open.handedOut = feed.position;
      for (const event of open.early.splice(0)) feed.accept(event);
    } catch {
      // A room that could not be opened is forgotten, or it would stay deaf for those who come
      // later.
      if (this.#rooms.get(room) === open) this.#close(room);
    }
  }

  /** Subscribes first and looks second, so that nothing falls between the two. */
  async #start(room: RoomId): Promise<Feed> {
    const { bus, log, onFork } = this.#parts;
    await bus.subscribe(roomTopic(room));
    const head = await log.head(accessAsSystem(room));
    const feed = new Feed(head, {
      room,
      log,
      onFork,
      deliver: (events) => {
        this.#gather(room, feed, events);
      },
    });
    return feed;
  }

  #gather(room: RoomId, feed: Feed, events: readonly RoomEvent[]): void {
    const open = this.#rooms.get(room);
    // A feed may still be at a repair when its room has closed, and even opened with another.
    if (open?.open !== feed) return;
    open.gatherer.add(events);
  }
}
