/** The REST routes of who is in a room, and who is kept out of it. */
import { Hono } from "hono";
import { notFound } from "#server/core/chat-error.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";

export function memberRoutes(rooms: Rooms, guard: Guard) {
  return new Hono<Guarded>()
    .get("/rooms/:id/members", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.members(user, c.req.param("id")));
    })
    .get("/rooms/:id/bans", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.bans(user, c.req.param("id")));
    })
    .put("/rooms/:id/bans/:user", async (c) => {
      const { user } = await guard.session(c);
      const { reason = "", until = 0 } = await readBody(c, schemas.newBan);
      const ban = { reason, until };
      await rooms.ban(user, c.req.param("id"), readUser(c.req.param("user")), ban);
      return c.body(null, 204);
    })
    .delete("/rooms/:id/bans/:user", async (c) => {
      const { user } = await guard.session(c);
      await rooms.unban(user, c.req.param("id"), readUser(c.req.param("user")));
      return c.body(null, 204);
    })
    .put("/rooms/:id/members/:user", async (c) => {
      const { user } = await guard.session(c);
      const { role } = await readBody(c, schemas.membership);
      await rooms.put(user, c.req.param("id"), readUser(c.req.param("user")), role);
      return c.body(null, 204);
    })
    .delete("/rooms/:id/members/:user", async (c) => {
      const { user } = await guard.session(c);
      await rooms.remove(user, c.req.param("id"), readUser(c.req.param("user")));
      return c.body(null, 204);
    });
}

/** An id in an address. */
export function readUser(text: string): number {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw notFound();
  return id;
}
