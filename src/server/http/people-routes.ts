/** The REST routes of people: finding them, and who is online. */
import { Hono } from "hono";
import type { PeopleResult } from "#protocol/commands.ts";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readUser } from "./user-param.ts";
import { readSearch } from "./room-routes.ts";

export function peopleRoutes(accounts: Accounts, attendance: Attendance, guard: Guard) {
  return new Hono<Guarded>()
    .get("/people", async (c) => {
      await guard.session(c);
      const people = await accounts.search(readSearch(c.req.query()));
      return c.json({ people } satisfies PeopleResult);
    })
    .get("/online", async (c) => {
      await guard.session(c);
      return c.json(attendance.online());
    })
    .get("/people/:user/presence", async (c) => {
      await guard.session(c);
      const user = readUser(c.req.param("user"));
      if (!(await accounts.isThere(user))) throw notFound();
      return c.json(await attendance.of(user));
    });
}
