/** The REST routes of strangers; they talk over the socket. */
import { Hono } from "hono";
import { strangersResult } from "#server/shapes/stranger-shapes.ts";
import type { Strangers } from "#server/stranger/strangers.ts";
import type { Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

export function strangerRoutes(strangers: Strangers) {
  return new Hono<Guarded>().get(
    "/strangers",
    operation({
      group: "Strangers",
      summary: "Say whether strangers can be met",
      access: "public",
      answer: strangersResult,
    }),
    (c) => c.json(strangers.state()),
  );
}
