/** The REST routes of people: finding them, and who is online. */
import { Hono } from "hono";
import type { PeopleResult } from "#protocol/commands.ts";
import type { OnlineResult } from "#protocol/presence.ts";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Presence } from "#server/core/people/presence.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readSearch } from "./room-routes.ts";

export function peopleRoutes(accounts: Accounts, presence: Presence, guard: Guard) {
  return new Hono<Guarded>()
    .get("/people", async (c) => {
      await guard.session(c);
      const people = await accounts.search(readSearch(c.req.query()));
      return c.json({ people } satisfies PeopleResult);
    })
    .get("/online", async (c) => {
      await guard.session(c);
      return c.json({ online: presence.online() } satisfies OnlineResult);
    });
}
