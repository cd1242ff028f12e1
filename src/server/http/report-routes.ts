/** The REST routes of reports: telling admins of a message, and deciding what becomes of it. */
import { Hono } from "hono";
import type { NewReport } from "#protocol/reports.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { Reports } from "#server/core/rooms/reports.ts";
import * as schemas from "#server/schemas.ts";
import { readBody, readQuery } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";

export function reportRoutes(reports: Reports, guard: Guard) {
  return new Hono<Guarded>()
    .post("/rooms/:id/messages/:message/reports", async (c) => {
      const { user } = await guard.session(c);
      const { reason, words = "" } = await readBody(c, schemas.newReport);
      const { id, message } = c.req.param();
      const made = await reports.report(user, id, message, { reason, words } satisfies NewReport);
      return c.json(made.report, made.isNew ? 201 : 200);
    })
    .get("/admin/reports", async (c) => {
      const session = await guard.session(c);
      const { state, after } = readQuery(c, schemas.reportsQuery);
      return c.json(await reports.list(session, { state, after }));
    })
    .post("/admin/reports/:id", async (c) => {
      const session = await guard.session(c);
      const { verdict } = await readBody(c, schemas.newDecision);
      await reports.decide(session, readEntry(c.req.param("id")), verdict);
      return c.body(null, 204);
    });
}

function readEntry(text: string): number {
  if (!/^[1-9]\d{0,14}$/u.test(text)) throw notFound();
  return Number(text);
}
