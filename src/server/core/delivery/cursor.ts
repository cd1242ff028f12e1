/** Where a page of history is cut. */
import type { Position } from "#protocol/position.ts";

/** The newest page, or the one before, after or around an event. */
export type Cursor =
  | { readonly at: "newest" }
  | { readonly at: "before" | "after" | "around"; readonly id: Position };
