/** The REST routes of one's sessions: where one is signed in, and ending that from afar. */
import { Hono } from "hono";
import type { SessionsResult } from "#protocol/sessions.ts";
import type { Sessions } from "#server/core/people/sessions.ts";
import { sessionsResult } from "#server/shapes/own-shapes.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

export function sessionRoutes(sessions: Sessions, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/sessions",
      operation({
        group: "Account",
        summary: "List where one is signed in",
        answer: sessionsResult,
      }),
      async (c) => {
        const session = await guard.session(c);
        return c.json((await sessions.list(session)) satisfies SessionsResult);
      },
    )
    .delete(
      "/sessions",
      operation({
        group: "Account",
        summary: "Sign out everywhere else",
        details: "One's sign-in links are void, too.",
      }),
      async (c) => {
        await sessions.endOthers(await guard.session(c));
        return c.body(null, 204);
      },
    )
    .delete(
      "/sessions/:session",
      operation({
        group: "Account",
        summary: "Sign out one device",
        problems: ["not-found"],
      }),
      async (c) => {
        await sessions.end(await guard.session(c), c.req.param("session"));
        return c.body(null, 204);
      },
    );
}
