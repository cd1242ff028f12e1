/** What a person has said and marked, wherever it lies (port): for a copy of it. */
import type { Message } from "#protocol/message.ts";
import type { OwnReaction } from "#protocol/own.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";

/** What a step through a room's log found, and where to go on; without `next` that was all. */
export interface OwnStep {
  readonly messages: readonly Message[];
  readonly reactions: readonly OwnReaction[];
  readonly next?: Position;
}

export interface OwnStore {
  /** Whom somebody blocks, and what they have set, as it is kept. */
  settings(by: OwnAccess): Promise<{
    readonly blocks: readonly number[];
    readonly preferences: Readonly<Record<string, string>>;
  }>;
  /** All rooms a person is or has been in. */
  rooms(by: OwnAccess): Promise<readonly RoomId[]>;
  /** How far a person has read a room, if that is known. */
  read(of: RoomAccess): Promise<Position | undefined>;
  /** What is a person's own in the next part of a room's log, and nothing else of it. */
  step(of: RoomAccess, after: Position): Promise<OwnStep>;
}
