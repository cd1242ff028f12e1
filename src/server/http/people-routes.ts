/** The REST routes of people: finding them, and who is online. */
import { Hono } from "hono";
import type { PeopleResult } from "#protocol/commands.ts";
import type { OnlineResult } from "#protocol/presence.ts";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Presence } from "#server/core/people/presence.ts";
import * as answers from "#server/answers.ts";
import * as schemas from "#server/schemas.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readSearch } from "./room-routes.ts";

export function peopleRoutes(accounts: Accounts, presence: Presence, guard: Guard) {
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
        summary: "Say who is online",
        access: "read",
        answer: answers.onlineResult,
      }),
      async (c) => {
        await guard.session(c);
        return c.json({ online: presence.online() } satisfies OnlineResult);
      },
    );
}
