/** The routes of people's own things: how they come in, and what is theirs once they are. */
import { Hono } from "hono";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Exports } from "#server/core/people/exports.ts";
import type { Joining } from "#server/core/people/joining.ts";
import type { Leaving } from "#server/core/people/leaving.ts";
import type { Profiles } from "#server/core/people/profiles.ts";
import type { Sessions } from "#server/core/people/sessions.ts";
import type { SignInLinks } from "#server/core/people/sign-in-links.ts";
import { accountRoutes } from "./account-routes.ts";
import { exportRoutes } from "./export-routes.ts";
import type { Guard, Guarded } from "./guard.ts";
import { joiningRoutes } from "./joining-routes.ts";
import { profileRoutes } from "./profile-routes.ts";
import { sessionRoutes } from "./session-routes.ts";

export interface OwnParts {
  readonly accounts: Accounts;
  readonly exports: Exports;
  readonly joining: Joining;
  readonly leaving: Leaving;
  readonly profiles: Profiles;
  readonly sessions: Sessions;
  readonly signInLinks: SignInLinks;
}

export function ownRoutes(parts: OwnParts, guard: Guard) {
  return new Hono<Guarded>()
    .route("/", accountRoutes(parts, guard))
    .route("/", joiningRoutes(parts, guard))
    .route("/", profileRoutes(parts.profiles, guard))
    .route("/", exportRoutes(parts.exports, guard))
    .route("/", sessionRoutes(parts.sessions, guard));
}
