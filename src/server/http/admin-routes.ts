/** The REST routes of admins: people, their roles, and suspending them. */
import { Hono } from "hono";
import type { Standing } from "#server/core/people/standing.ts";
import * as schemas from "#server/schemas.ts";
import { readBody, readQuery } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readUser } from "./user-param.ts";

export function adminRoutes(standing: Standing, guard: Guard) {
  return new Hono<Guarded>()
    .get("/admin/people", async (c) => {
      const session = await guard.session(c);
      const { search, after } = readQuery(c, schemas.adminPeople);
      return c.json(await standing.people(session, { search, after }));
    })
    .put("/admin/people/:user/role", async (c) => {
      const session = await guard.session(c);
      const change = await readBody(c, schemas.roleChange);
      await standing.setRole(session, readUser(c.req.param("user")), change);
      return c.body(null, 204);
    })
    .put("/admin/people/:user/suspension", async (c) => {
      const session = await guard.session(c);
      const { reason = "" } = await readBody(c, schemas.newSuspension);
      await standing.suspend(session, readUser(c.req.param("user")), { reason });
      return c.body(null, 204);
    })
    .delete("/admin/people/:user/suspension", async (c) => {
      await standing.unsuspend(await guard.session(c), readUser(c.req.param("user")));
      return c.body(null, 204);
    });
}
