/** What Redis holds, and the writes that make it: replaying the first n of them gives its state of that moment. */
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { SessionId } from "#server/core/session-store.ts";

/** One atomic step, as the append-only file keeps it: its effect, never the question. */
export type Write =
  | { readonly kind: "message"; readonly message: Message }
  | {
      readonly kind: "member";
      readonly room: RoomId;
      readonly user: number;
      readonly holds: boolean;
    }
  | { readonly kind: "session"; readonly session: SessionId; readonly user: number | undefined }
  | { readonly kind: "person"; readonly person: Person };

interface RoomData {
  /** By id. */
  readonly messages: Message[];
  /** Id of the newest event. */
  last: Position;
  readonly members: Set<number>;
  /** By author and cid. */
  readonly retries: Map<string, Message>;
}

export class Dataset {
  readonly rooms = new Map<RoomId, RoomData>();
  readonly sessions = new Map<SessionId, number>();
  readonly people = new Map<number, Person>();

  room(id: RoomId): RoomData {
    const known = this.rooms.get(id);
    if (known !== undefined) return known;
    const made = { messages: [], last: START, members: new Set<number>(), retries: new Map() };
    this.rooms.set(id, made);
    return made;
  }

  apply(write: Write): void {
    switch (write.kind) {
      case "message":
        this.#store(write.message);
        break;
      case "member": {
        const { members } = this.room(write.room);
        if (write.holds) members.add(write.user);
        else members.delete(write.user);
        break;
      }
      case "session":
        if (write.user === undefined) this.sessions.delete(write.session);
        else this.sessions.set(write.session, write.user);
        break;
      case "person":
        this.people.set(write.person.id, write.person);
        break;
    }
  }

  #store(message: Message): void {
    const room = this.room(message.roomId);
    const { messages } = room;
    let at = messages.length;
    for (; at > 0; at--) {
      const other = messages[at - 1];
      if (other === undefined || comparePositions(other.id, message.id) < 0) break;
    }
    messages.splice(at, 0, message);
    room.last = message.id;
    room.retries.set(retryKey(message.from, message.cid), message);
  }
}

export const retryKey = (from: number, cid: string): string => `${from}:${cid}`;
