/** The REST routes of preferences: what one wants to be told, and lets others see. */
import { Hono } from "hono";
import type { Preferences } from "#server/core/people/preferences.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";

export function preferenceRoutes(preferences: Preferences, guard: Guard) {
  return new Hono<Guarded>()
    .get("/me/preferences", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await preferences.of(user));
    })
    .patch("/me/preferences", async (c) => {
      const { user } = await guard.session(c);
      const { receipts, visible, quietUntil } = await readBody(c, schemas.preferencesChange);
      const change = {
        ...(receipts !== undefined && { receipts }),
        ...(visible !== undefined && { visible }),
        ...(quietUntil !== undefined && { quietUntil }),
      };
      return c.json(await preferences.change(user, change));
    })
    .put("/rooms/:id/notify", async (c) => {
      const { user } = await guard.session(c);
      const { level, mutedUntil = 0 } = await readBody(c, schemas.roomNotify);
      await preferences.notify(user, c.req.param("id"), { level, mutedUntil });
      return c.body(null, 204);
    });
}
