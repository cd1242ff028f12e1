/** The REST routes of whom one blocks. */
import { Hono } from "hono";
import type { Blocks } from "#server/core/people/blocks.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readUser } from "./user-param.ts";

export function blockRoutes(blocks: Blocks, guard: Guard) {
  return new Hono<Guarded>()
    .get("/blocks", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await blocks.list(user));
    })
    .put("/blocks/:user", async (c) => {
      const { user } = await guard.session(c);
      await blocks.block(user, readUser(c.req.param("user")));
      return c.body(null, 204);
    })
    .delete("/blocks/:user", async (c) => {
      const { user } = await guard.session(c);
      await blocks.unblock(user, readUser(c.req.param("user")));
      return c.body(null, 204);
    });
}
