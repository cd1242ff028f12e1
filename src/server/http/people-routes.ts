/** The REST routes of people: who is online. */
import { Hono } from "hono";
import type { OnlineResult } from "#protocol/presence.ts";
import type { Presence } from "#server/core/presence.ts";
import type { Guard, Guarded } from "./guard.ts";

export function peopleRoutes(presence: Presence, guard: Guard) {
  return new Hono<Guarded>().get("/online", async (c) => {
    await guard.session(c);
    return c.json({ online: presence.online() } satisfies OnlineResult);
  });
}
