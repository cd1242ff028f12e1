/** What a room and its client know of each other. */
import type { RoomId } from "#protocol/room.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Link } from "#sdk/link.ts";
import type { Outbox, OutboxListener } from "#sdk/outbox/outbox.ts";
import type { People } from "#sdk/people.ts";
import type { Rest } from "#sdk/rest.ts";
import type { CatchUp } from "./catch-up.ts";

/** What a room shares with the other rooms of its client. */
export interface RoomContext {
  readonly environment: Environment;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly people: People;
  readonly rest: Rest;
  /** Id of the person whose client this is. */
  me(): number;
  /** Takes what the client has to tell the room. */
  attach(id: RoomId, wire: RoomWire): void;
}

/** What the client tells a room; nobody else should. */
export interface RoomWire extends OutboxListener {
  readonly catchUp: CatchUp;
  /** Another person uses this client now: forget everything. */
  reset(): void;
}
