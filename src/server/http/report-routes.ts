/** The REST routes of reports: telling admins of a message, and deciding what becomes of it. */
import { Hono } from "hono";
import type { NewReport } from "#protocol/reports.ts";
import type { Reports } from "#server/core/rooms/reports.ts";
import * as shapes from "#server/shapes/admin-shapes.ts";
import { readBody, readQuery } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function reportRoutes(reports: Reports, guard: Guard) {
  return new Hono<Guarded>()
    .post(
      "/rooms/:id/messages/:message/reports",
      operation({
        group: "Reports",
        summary: "Report a message to the admins",
        details: "They see it, and what was said around it.",
        body: shapes.newReport,
        answer: shapes.ownReport,
        status: 201,
        also: { 200: "Reported before, with this; nothing has changed." },
        problems: ["not-found", "too-many-requests"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { reason, words = "" } = await readBody(c, shapes.newReport);
        const { id, message } = c.req.param();
        const made = await reports.report(user, id, message, { reason, words } satisfies NewReport);
        return c.json(made.report, made.isNew ? 201 : 200);
      },
    )
    .get(
      "/admin/reports",
      operation({
        group: "Reports",
        summary: "List reported messages",
        details:
          "For admins: open ones in the order they came; closed ones with the last decision first, for 90 days.",
        query: shapes.reportsQuery,
        answer: shapes.reportsResult,
      }),
      async (c) => {
        const session = await guard.session(c);
        const { state, after } = readQuery(c, shapes.reportsQuery);
        return c.json(await reports.list(session, { state, after }));
      },
    )
    .post(
      "/admin/reports/:report",
      operation({
        group: "Reports",
        summary: "Decide on a reported message",
        details: "By an admin; the first decision counts.",
        body: shapes.newDecision,
        problems: ["not-found", "already-decided"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { verdict } = await readBody(c, shapes.newDecision);
        await reports.decide(session, readId(c.req.param("report")), verdict);
        return c.body(null, 204);
      },
    );
}
