/** The REST routes of admins: people, their roles, and suspending them. */
import { Hono } from "hono";
import type { Standing } from "#server/core/people/standing.ts";
import * as shapes from "#server/shapes/admin-shapes.ts";
import { readBody, readQuery } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function adminRoutes(standing: Standing, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/people",
      operation({
        group: "Administration",
        summary: "List everybody, or find them by name",
        details: "For admins; up to 50 at a time: the newest first, or by name if one searches.",
        query: shapes.adminPeople,
        answer: shapes.adminPeopleResult,
      }),
      async (c) => {
        const session = await guard.session(c);
        const { search, after } = readQuery(c, shapes.adminPeople);
        return c.json(await standing.people(session, { search, after }));
      },
    )
    .put(
      "/admin/people/:user/role",
      operation({
        group: "Administration",
        summary: "Make somebody an owner, an admin or a member",
        details: "By an owner; an admin may step down. Bots stay bots.",
        body: shapes.roleChange,
        problems: ["not-found", "last-owner"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const change = await readBody(c, shapes.roleChange);
        await standing.setRole(session, readId(c.req.param("user")), change);
        return c.body(null, 204);
      },
    )
    .put(
      "/admin/people/:user/suspension",
      operation({
        group: "Administration",
        summary: "Suspend somebody",
        details:
          "By an admin; of admins, by an owner. All their sessions end at once, everywhere; so does a bot's token.",
        body: shapes.newSuspension,
        problems: ["not-found"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { reason = "" } = await readBody(c, shapes.newSuspension);
        await standing.suspend(session, readId(c.req.param("user")), { reason });
        return c.body(null, 204);
      },
    )
    .delete(
      "/admin/people/:user/suspension",
      operation({
        group: "Administration",
        summary: "Lift a suspension",
        details: "By an admin; of admins, by an owner. A bot needs a new token then.",
        problems: ["not-found"],
      }),
      async (c) => {
        await standing.unsuspend(await guard.session(c), readId(c.req.param("user")));
        return c.body(null, 204);
      },
    );
}
