/** Calls of bots as they are kept (port), so that a server that dies loses none. */
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { CallTarget } from "./call-target.ts";

/** Somebody has spoken to a bot; the message itself is looked up when it is called. */
export interface Call {
  readonly bot: number;
  readonly room: RoomId;
  readonly message: Position;
}

export interface ClaimedCall extends Call {
  /** This one included. */
  readonly tries: number;
}

/** Calls are added by the script that stores a message. */
export interface CallStore {
  /** Up to so many that are due; whoever does not settle them within `leaseMs` leaves them to others. */
  claim(by: SystemAccess, count: number, leaseMs: number): Promise<readonly ClaimedCall[]>;
  done(by: SystemAccess, call: Call): Promise<void>;
  again(by: SystemAccess, call: Call, afterMs: number): Promise<void>;
  /** `undefined` if it is not called any more, or suspended. */
  target(by: SystemAccess, bot: number): Promise<CallTarget | undefined>;
}
