/** One connection: a signed-in socket, the rooms it hears, and how much it may do. */
import type { Closing } from "#protocol/closings.ts";
import { closing } from "#protocol/closings.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Visit } from "#server/core/people/attendance.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Standing } from "#server/core/people/scopes.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";

/** What a connection needs of its socket. */
export interface Wire {
  /** From now on the room's events go to this socket. */
  enter(room: RoomId): void;
  exit(room: RoomId): void;
  /** Says why, and closes once that is sent. */
  close(why: Closing): void;
}

export class Connection {
  readonly user: Person;
  /** What its commands may do, as it was when it was opened. */
  readonly standing: Standing;
  readonly #wire: Wire;
  readonly #hub: Hub;
  readonly #commands: TokenBucket;
  readonly #rooms = new Set<RoomId>();
  #strikes = 0;
  #awaited = 0;
  #isClosed = false;
  #isIdle = false;
  #visit: Visit | undefined;
  #isClosing = false;

  constructor(session: Standing & { readonly user: Person }, wire: Wire, hub: Hub, clock: Clock) {
    this.user = session.user;
    this.standing = session;
    this.#wire = wire;
    this.#hub = hub;
    this.#commands = new TokenBucket(clock, LIMITS.commandBurst, LIMITS.commandPerSecond);
  }

  /** Nobody has touched the device for a while, or somebody has again. */
  idle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    this.#visit?.idle(isIdle);
  }

  /** The connection counts as a visit of its person from now on. */
  visits(visit: Visit): void {
    this.#visit = visit;
    visit.idle(this.#isIdle);
  }

  /** Resolves once everything the room says from now on reaches the socket. */
  async hear(room: RoomId): Promise<void> {
    if (this.#rooms.has(room)) return;
    if (this.#rooms.size >= LIMITS.roomsPerConnectionMax) {
      const most = LIMITS.roomsPerConnectionMax;
      throw new ChatError("too-many-requests", `One connection hears up to ${most} rooms.`);
    }
    await this.#hub.join(room);
    // It may have closed, or asked twice, while the room was being opened.
    if (this.#isClosed || this.#rooms.has(room)) {
      this.#hub.leave(room);
      return;
    }
    this.#rooms.add(room);
    this.#wire.enter(room);
  }

  /** It knows the room up to here, from the log. */
  told(room: RoomId, position: Position): void {
    this.#hub.told(room, position);
  }

  /**
   * Resolves when this socket has been told what the room said up to this place, if it hears the
   * room.
   */
  async reached(room: RoomId, place: Position): Promise<void> {
    if (!this.#rooms.has(room)) return;
    this.#awaited++;
    await this.#hub.reached(room, place);
    this.#awaited--;
  }

  /** Whether a command's answer waits for its place in a room. */
  get expectsAnswer(): boolean {
    return this.#awaited > 0;
  }

  unhear(room: RoomId): void {
    if (!this.#rooms.delete(room)) return;
    this.#wire.exit(room);
    this.#hub.leave(room);
  }

  /** The rooms it hears. */
  get rooms(): ReadonlySet<RoomId> {
    return this.#rooms;
  }

  /** Refuses commands that come too fast. */
  slowDown(): void {
    const waitMs = this.#commands.take();
    if (waitMs > 0) throw new ChatError("too-many-requests", "Too many commands.", waitMs);
  }

  /** Counts a malformed command; a peer that goes on is not one of our clients. */
  strike(): void {
    if (++this.#strikes >= LIMITS.strikesMax) {
      this.close(closing("too-many-mistakes"));
    }
  }

  close(why: Closing): void {
    if (this.isOver) return;
    this.#isClosing = true;
    this.#wire.close(why);
  }

  /** Closed, or about to be: what still comes is not listened to. */
  get isOver(): boolean {
    return this.#isClosed || this.#isClosing;
  }

  /** The socket is gone. */
  closed(): void {
    this.#isClosed = true;
    for (const room of this.#rooms) this.unhear(room);
  }
}
