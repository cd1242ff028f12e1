/** The REST routes of people: finding them, and who is online. */
import { Hono } from "hono";
import type { PeopleResult } from "#protocol/commands.ts";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import { notFound } from "#server/core/chat-error.ts";
import * as answers from "#server/shapes/answers.ts";
import * as own from "#server/shapes/own-shapes.ts";
import * as schemas from "#server/shapes/schemas.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";
import { readSearch } from "./room-routes.ts";

export function peopleRoutes(accounts: Accounts, attendance: Attendance, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/people",
      operation({
        group: "People",
        summary: "Find people by the beginning of their name",
        access: "read",
        details: "Up to 20, in the order of names.",
        query: schemas.search,
        answer: answers.peopleResult,
      }),
      async (c) => {
        await guard.session(c);
        const people = await accounts.search(readSearch(c.req.query()));
        return c.json({ people } satisfies PeopleResult);
      },
    )
    .get(
      "/online",
      operation({
        group: "People",
        summary: "Say who is online, and who of them is away",
        access: "read",
        answer: answers.onlineResult,
      }),
      async (c) => {
        await guard.session(c);
        return c.json(attendance.online());
      },
    )
    .get(
      "/people/:user/presence",
      operation({
        group: "People",
        summary: "Say whether somebody is online, or when they were",
        access: "read",
        details: "Who does not let others see that is offline, and never seen.",
        answer: own.presence,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user: asking } = await guard.session(c);
        const user = readId(c.req.param("user"));
        if (!(await accounts.isThere(user))) throw notFound();
        return c.json(await attendance.of(asking, user));
      },
    );
}
