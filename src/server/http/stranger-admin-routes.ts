/** The REST routes of those who look after strangers: figures, the switch, reports and bans. */
import { Hono } from "hono";
import type { Operator } from "#server/stranger/safety/operator.ts";
import * as shapes from "#server/shapes/stranger-admin-shapes.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

export function strangerAdminRoutes(operator: Operator, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/strangers",
      operation({
        group: "Strangers",
        summary: "Look at how strangers fare",
        details: "For admins. Numbers only; nobody can be found in them.",
        answer: shapes.strangerFigures,
      }),
      async (c) => c.json(await operator.figures(await guard.session(c))),
    )
    .put(
      "/admin/strangers",
      operation({
        group: "Strangers",
        summary: "Let strangers meet, or close at once",
        details: "By an admin; closing ends all chats and searches on all servers within a second.",
        body: shapes.strangersChange,
        answer: shapes.strangerFigures,
      }),
      async (c) => {
        const session = await guard.session(c);
        const { open } = await readBody(c, shapes.strangersChange);
        return c.json(await operator.setOpen(session, open));
      },
    )
    .route("/", reportRoutes(operator, guard))
    .route("/", banRoutes(operator, guard));
}

function reportRoutes(operator: Operator, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/strangers/reports",
      operation({
        group: "Strangers",
        summary: "List reports of strangers",
        details:
          "For admins: up to 100 open ones, those of minors and threats first. Each is deleted with its verdict, " +
          "or after thirty days.",
        answer: shapes.strangerReportsResult,
      }),
      async (c) => c.json(await operator.reports(await guard.session(c))),
    )
    .post(
      "/admin/strangers/reports/:report",
      operation({
        group: "Strangers",
        summary: "Decide on a report of a stranger",
        details: "By an admin. A ban is of the network, for one to seven days.",
        body: shapes.strangerVerdict,
        problems: ["not-found", "ban-not-possible"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const verdict = await readBody(c, shapes.strangerVerdict);
        await operator.decide(session, c.req.param("report"), verdict);
        return c.body(null, 204);
      },
    );
}

function banRoutes(operator: Operator, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/strangers/bans",
      operation({
        group: "Strangers",
        summary: "List bans from strangers",
        details: "For admins. Whom they are about is nowhere to be read.",
        answer: shapes.strangerBansResult,
      }),
      async (c) => c.json(await operator.bans(await guard.session(c))),
    )
    .delete(
      "/admin/strangers/bans/:ban",
      operation({
        group: "Strangers",
        summary: "Lift a ban from strangers",
        details: "By an admin; they can come back at once.",
        problems: ["not-found"],
      }),
      async (c) => {
        await operator.lift(await guard.session(c), c.req.param("ban"));
        return c.body(null, 204);
      },
    );
}
