/**
 * A visitor: a connection of the tutorial's clients, whether a socket or a stream. It hears every room
 * its person is in from the start, because the tutorial's page does not join its rooms again after a
 * break.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { RoomsNotice } from "#protocol/commands.ts";
import type { Message } from "#protocol/message.ts";
import type { RoomId } from "#protocol/room.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { SessionWatch } from "#server/core/people/session-watch.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { RoomListener, RoomWatch } from "#server/core/rooms/room-watch.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import type { RoomEntry, Told } from "./contract.ts";
import { isShown, lineOf, roomEntryOf } from "./contract.ts";

export interface VisitorParts {
  readonly chat: Pick<Chat, "mustBeMember">;
  readonly rooms: Pick<Rooms, "list" | "room">;
  readonly hub: Pick<Hub, "join" | "leave">;
  readonly watch: Pick<SessionWatch, "watch" | "connectionsOf">;
  readonly roomWatch: Pick<RoomWatch, "listen">;
}

/** The connection itself. */
export interface Mouth {
  tell(told: Told): void;
  /** Closes it; after `restarting` its client is to come back by itself, after others not. */
  close(why: "signed-out" | "too-many-connections" | "too-many-mistakes" | "restarting"): void;
}

export class Visitor implements RoomListener {
  readonly session: Session;
  readonly #mouth: Mouth;
  readonly #parts: VisitorParts;
  readonly #heard = new Set<RoomId>();
  /** Rooms that are heard, and of which the client has not been told. */
  readonly #unshown = new Map<RoomId, RoomEntry>();
  /** Being opened, or looked up. */
  readonly #opening = new Set<RoomId>();
  readonly #coming = new Set<RoomId>();
  readonly #ends: (() => void)[] = [];
  #isOver = false;

  constructor(session: Session, mouth: Mouth, parts: VisitorParts) {
    this.session = session;
    this.#mouth = mouth;
    this.#parts = parts;
  }

  /** Throws `too-many-requests` for who has as many connections as one may have. */
  static mustBeFew({ user }: Session, { watch }: Pick<VisitorParts, "watch">): void {
    const most = LIMITS.connectionsPerUserMax;
    if (watch.connectionsOf(user.id) < most) return;
    throw new ChatError("too-many-requests", `You have ${most} connections; close one first.`);
  }

  /** Resolves once all its rooms are heard, or it is over. */
  async open(): Promise<void> {
    const { watch, roomWatch, rooms } = this.#parts;
    const { user } = this.session;
    if (watch.connectionsOf(user.id) >= LIMITS.connectionsPerUserMax) {
      this.#close("too-many-connections");
      return;
    }
    try {
      const visit = await watch.watch(this.session, () => this.#close("signed-out"));
      if (visit === undefined) return this.#close("signed-out");
      this.#atEnd(() => visit.end());
      this.#atEnd(roomWatch.listen(user.id, this));
      const list = await rooms.list(user);
      // Those beyond are heard by who asks for them, and lets others go.
      const newest = list.rooms.slice(0, LIMITS.roomsPerConnectionMax);
      for (const room of newest) {
        if (!isShown(room)) this.#unshown.set(room.id, roomEntryOf(room, user));
      }
      await Promise.all(newest.map(({ id }) => this.#hear(id)));
    } catch {
      // Redis is away: whether the session still is cannot be known.
      this.#close("restarting");
    }
    return undefined;
  }

  /** The client wants to hear this room, and knows of it. */
  async join(room: RoomId): Promise<void> {
    this.#unshown.delete(room);
    if (this.#heard.has(room)) return;
    await this.#parts.chat.mustBeMember(this.session.user, room);
    await this.#hear(room);
  }

  get rooms(): ReadonlySet<RoomId> {
    return this.#heard;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  tell(told: Told): void {
    if (!this.#isOver) this.#mouth.tell(told);
  }

  /** A room it hears has a new message. */
  hear(message: Message): void {
    const entry = this.#unshown.get(message.roomId);
    if (entry !== undefined) {
      this.#unshown.delete(message.roomId);
      this.tell({ type: "show.room", data: entry });
    }
    this.tell({ type: "message", data: lineOf(message) });
  }

  /** One's rooms are others now. */
  notice({ room, gone }: RoomsNotice): void {
    if (gone === true) this.#unhear(room);
    else if (!this.#heard.has(room) && !this.#coming.has(room)) void this.#show(room);
  }

  // The tutorial's clients know nothing of these.
  read(): void {}
  seen(): void {}
  blocks(): void {}
  preferences(): void {}

  /** The connection is gone. */
  gone(): void {
    this.#isOver = true;
    for (const end of this.#ends.splice(0)) end();
    for (const room of this.#heard) this.#unhear(room);
  }

  /** Closes the connection, and is over. */
  #close(why: Parameters<Mouth["close"]>[0]): void {
    if (this.#isOver) return;
    this.gone();
    this.#mouth.close(why);
  }

  async #show(id: RoomId): Promise<void> {
    const { user } = this.session;
    this.#coming.add(id);
    try {
      await this.#hear(id);
      // Looked up after it is heard: what is said from then on is told, and what before that is read.
      const room = await this.#parts.rooms.room(user, id);
      const entry = roomEntryOf(room, user);
      if (isShown(room)) this.tell({ type: "show.room", data: entry });
      else this.#unshown.set(id, entry);
    } catch {
      // No member any more, or Redis is away: the client sees the room when it asks for its rooms.
      this.#unhear(id);
    } finally {
      this.#coming.delete(id);
    }
  }

  async #hear(room: RoomId): Promise<void> {
    if (this.#heard.size >= LIMITS.roomsPerConnectionMax) {
      const most = LIMITS.roomsPerConnectionMax;
      throw new ChatError("too-many-requests", `One connection hears up to ${most} rooms.`);
    }
    this.#opening.add(room);
    await this.#parts.hub.join(room);
    // Meanwhile it may have closed or asked twice, or its person may have been sent out.
    const isWanted = this.#opening.delete(room) && !this.#isOver;
    if (isWanted && !this.#heard.has(room)) this.#heard.add(room);
    else this.#parts.hub.leave(room);
  }

  #unhear(room: RoomId): void {
    this.#unshown.delete(room);
    this.#opening.delete(room);
    if (this.#heard.delete(room)) this.#parts.hub.leave(room);
  }

  #atEnd(end: () => void): void {
    if (this.#isOver) end();
    else this.#ends.push(end);
  }
}
