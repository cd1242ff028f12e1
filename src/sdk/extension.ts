/** What a part of the library that not every program needs shares with its client. */
import type { RoomEvent } from "#protocol/events.ts";
import type { Notice } from "./environment.ts";
import type { Link } from "./link.ts";
import type { People } from "./people.ts";
import type { Rest } from "./rest.ts";

/** What it is told: `events` is one frame, of one room, whoever asked for it. */
export type Heard = Notice | { readonly type: "events"; readonly data: readonly RoomEvent[] };

/** What it may use. */
export interface Ground {
  readonly link: Pick<Link, "ask" | "isOpen">;
  readonly people: Pick<People, "learn">;
  readonly rest: Pick<Rest, "ask">;
}
