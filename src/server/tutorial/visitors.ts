/** All visitors of this server: what the chat brings is passed on to those whom it concerns. */
import type { RoomEvent } from "#protocol/events.ts";
import type { PresenceChange } from "#protocol/presence.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { Presence } from "#server/core/people/presence.ts";
import { entryOf } from "./contract.ts";
import type { Visitor } from "./visitor.ts";

interface Parts {
  readonly chat: Pick<Chat, "people">;
  readonly hub: Pick<Hub, "addAudience">;
  readonly presence: Pick<Presence, "addAudience">;
}

export class Visitors {
  readonly #parts: Parts;
  readonly #sockets = new Set<Visitor>();
  readonly #streams = new Set<Visitor>();
  /** What is told of people, one after the other: a name is looked up first. */
  #telling = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.hub.addAudience((room, events) => {
      this.#hear(room, events);
    });
    parts.presence.addAudience((change) => {
      this.#telling = this.#telling.then(() => this.#tellOfPeople(change));
    });
  }

  /** Takes a visitor until what is returned is called. */
  add(visitor: Visitor, way: "socket" | "stream"): () => void {
    const visitors = way === "socket" ? this.#sockets : this.#streams;
    visitors.add(visitor);
    return () => {
      visitors.delete(visitor);
    };
  }

  /** Whether a socket of this session at this server is told of the room, or without one of people. */
  hasSocket(session: Session["id"], room?: RoomId): boolean {
    for (const visitor of this.#sockets) {
      const isTold = room === undefined || visitor.rooms.has(room);
      if (visitor.session.id === session && isTold) return true;
    }
    return false;
  }

  #hear(room: RoomId, events: readonly RoomEvent[]): void {
    const messages = events.flatMap((event) => (event.type === "message" ? [event.data] : []));
    if (messages.length === 0) return;
    for (const visitor of [...this.#sockets, ...this.#streams]) {
      if (!visitor.rooms.has(room)) continue;
      for (const message of messages) visitor.hear(message);
    }
  }

  /** Looked up once for all; who cannot be looked up is seen when the page asks who is online. */
  async #tellOfPeople({ online, offline }: PresenceChange): Promise<void> {
    if (this.#sockets.size + this.#streams.size === 0) return;
    const people = await this.#parts.chat.people([...online, ...offline]).catch(() => []);
    const came = new Set(online);
    for (const person of people) {
      const isOnline = came.has(person.id);
      const type = isOnline ? "user.connected" : "user.disconnected";
      for (const visitor of [...this.#sockets, ...this.#streams]) {
        if (visitor.session.user.id === person.id) continue;
        visitor.tell({ type, data: entryOf(person, isOnline) });
      }
    }
  }
}
