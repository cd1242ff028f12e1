/** Calls of bots as they are kept (port), so that a server that dies loses none. */
import type { Scope } from "#protocol/bot.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";

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

/** Where a bot is called, and what it may do with that. */
export interface CallTarget {
  readonly url: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
}

/** Calls are added by the script that stores a message. */
export interface CallStore {
  /** Up to so many that are due; whoever does not settle them within `leaseMs` leaves them to others. */
  claim(count: number, leaseMs: number): Promise<readonly ClaimedCall[]>;
  done(call: Call): Promise<void>;
  again(call: Call, afterMs: number): Promise<void>;
  /** `undefined` if it is not called any more, or suspended. */
  target(bot: number): Promise<CallTarget | undefined>;
}
