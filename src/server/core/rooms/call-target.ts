/** Where a bot is called. */
import type { Scope } from "#protocol/bot.ts";

/** Its address, what calls to it are signed with, and what it may do. */
export interface CallTarget {
  readonly url: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
}
