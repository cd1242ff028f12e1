/** The REST routes of preferences: what one wants to be told, and lets others see. */
import { Hono } from "hono";
import type { Preferences } from "#server/core/people/preferences.ts";
import * as own from "#server/shapes/own-shapes.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

export function preferenceRoutes(preferences: Preferences, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/me/preferences",
      operation({
        group: "Preferences",
        summary: "Look at one's preferences",
        answer: own.preferences,
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await preferences.of(user));
      },
    )
    .patch(
      "/me/preferences",
      operation({
        group: "Preferences",
        summary: "Change one's preferences",
        details: "What is absent stays as it is; one's other devices hear of it.",
        body: own.preferencesChange,
        answer: own.preferences,
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { receipts, visible, quietUntil } = await readBody(c, own.preferencesChange);
        const change = {
          ...(receipts !== undefined && { receipts }),
          ...(visible !== undefined && { visible }),
          ...(quietUntil !== undefined && { quietUntil }),
        };
        return c.json(await preferences.change(user, change));
      },
    )
    .put(
      "/rooms/:id/notify",
      operation({
        group: "Preferences",
        summary: "Say what one wants to be told of a room",
        body: own.roomNotify,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { level, mutedUntil = 0 } = await readBody(c, own.roomNotify);
        await preferences.notify(user, c.req.param("id"), { level, mutedUntil });
        return c.body(null, 204);
      },
    );
}
