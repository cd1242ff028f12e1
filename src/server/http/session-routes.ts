/** The REST routes of one's sessions: where one is signed in, and ending that from afar. */
import { Hono } from "hono";
import type { SessionsResult } from "#protocol/sessions.ts";
import type { Sessions } from "#server/core/people/sessions.ts";
import type { Guard, Guarded } from "./guard.ts";

export function sessionRoutes(sessions: Sessions, guard: Guard) {
  return new Hono<Guarded>()
    .get("/sessions", async (c) => {
      const session = await guard.session(c);
      return c.json((await sessions.list(session)) satisfies SessionsResult);
    })
    .delete("/sessions", async (c) => {
      await sessions.endOthers(await guard.session(c));
      return c.body(null, 204);
    })
    .delete("/sessions/:id", async (c) => {
      await sessions.end(await guard.session(c), c.req.param("id"));
      return c.body(null, 204);
    });
}
