/** The routes of the HTTP edge without a chat behind them, for tests of what they say of themselves. */
import { BlockList } from "node:net";
import type { HttpParts } from "#server/http/app.ts";
import { createApp } from "#server/http/app.ts";
import { Guard } from "#server/http/guard.ts";
import type { Route } from "#server/http/operation.ts";

export function appRoutes(): readonly Route[] {
  const whence = { publicOrigins: [], trustedProxies: new BlockList(), isLoopback: true };
  // oxlint-disable-next-line no-unsafe-type-assertion -- because no request is ever made of it
  const nothing = {} as HttpParts & { readonly accounts: HttpParts["accounts"] };
  return createApp({ ...nothing, guard: new Guard(nothing.accounts, whence) }).routes;
}
