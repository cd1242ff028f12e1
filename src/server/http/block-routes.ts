/** The REST routes of whom one blocks. */
import { Hono } from "hono";
import type { Blocks } from "#server/core/people/blocks.ts";
import { blocksResult } from "#server/shapes/own-shapes.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function blockRoutes(blocks: Blocks, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/blocks",
      operation({ group: "People", summary: "List whom one blocks", answer: blocksResult }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await blocks.list(user));
      },
    )
    .put(
      "/blocks/:user",
      operation({
        group: "People",
        summary: "Block somebody",
        details:
          "In the chat of the two nothing more is said; their mentions and typing do not reach one.",
        problems: ["bad-request", "not-found", "too-many-marks"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await blocks.block(user, readId(c.req.param("user")));
        return c.body(null, 204);
      },
    )
    .delete(
      "/blocks/:user",
      operation({ group: "People", summary: "Block somebody no more", problems: ["not-found"] }),
      async (c) => {
        const { user } = await guard.session(c);
        await blocks.unblock(user, readId(c.req.param("user")));
        return c.body(null, 204);
      },
    );
}
