/**
 * The passes of a server at its own work, on nobody's behalf: delivering, looking again at what it
 * may have missed, clearing up. What it reads is told only to who may hear it.
 */
import type { RoomId } from "#protocol/room.ts";

// With its private fields no literal is one, and only its type is exported: a pass is made here.
class SystemAccess {
  readonly #by = "system";

  get by(): "system" {
    return this.#by;
  }
}

class SystemRoomAccess extends SystemAccess {
  readonly #room: RoomId;

  constructor(room: RoomId) {
    super();
    this.#room = room;
  }

  get room(): RoomId {
    return this.#room;
  }
}

export type { SystemAccess, SystemRoomAccess };

const SYSTEM = new SystemAccess();

/** Only `delivery` and the assembly ask for it; whoever else needs it is given it by these. */
export function asSystem(): SystemAccess {
  return SYSTEM;
}

/** To a room that this server delivers. */
export function accessAsSystem(room: RoomId): SystemRoomAccess {
  return new SystemRoomAccess(room);
}
