/** The REST routes of bots, for admins. */
import { Hono } from "hono";
import type { Bots } from "#server/core/people/bots.ts";
import * as answers from "#server/shapes/bot-shapes.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function botRoutes(bots: Bots, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/bots",
      operation({
        group: "Bots",
        summary: "List all bots",
        details: "For admins; by name. No token is ever shown again.",
        answer: answers.botsResult,
        problems: ["not-allowed"],
      }),
      async (c) => c.json(await bots.list(await guard.session(c))),
    )
    .post(
      "/admin/bots",
      operation({
        group: "Bots",
        summary: "Make a bot",
        details:
          "By an admin. Its token is in this answer alone; it is sent as `Authorization: Bearer`. " +
          "It is in no room until a moderator lets it in.",
        body: answers.newBot,
        answer: answers.newBotResult,
        status: 201,
        problems: [
          "not-allowed",
          "name-taken",
          "name-not-allowed",
          "callback-not-allowed",
          "too-many-bots",
        ],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { username, displayName, scopes, description, callback } = await readBody(
          c,
          answers.newBot,
        );
        const draft = {
          username,
          scopes,
          ...(displayName !== undefined && { displayName }),
          ...(description !== undefined && { description }),
          ...(callback !== undefined && { callback }),
        };
        return c.json(await bots.create(session, draft), 201);
      },
    )
    .get(
      "/admin/bots/:bot",
      operation({
        group: "Bots",
        summary: "Look at a bot",
        details: "For admins.",
        answer: answers.bot,
        problems: ["not-allowed", "not-found"],
      }),
      async (c) => c.json(await bots.bot(await guard.session(c), readId(c.req.param("bot")))),
    )
    .patch(
      "/admin/bots/:bot",
      operation({
        group: "Bots",
        summary: "Change what is said of a bot, or where it is called",
        details:
          "By an admin. With a `callback` the answer holds the `secret` that calls are signed with, this once; " +
          "an empty one ends the calls.",
        body: answers.botChange,
        answer: answers.botResult,
        problems: ["not-allowed", "not-found", "callback-not-allowed"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { displayName, description, callback } = await readBody(c, answers.botChange);
        const change = {
          ...(displayName !== undefined && { displayName }),
          ...(description !== undefined && { description }),
          ...(callback !== undefined && { callback }),
        };
        return c.json(await bots.edit(session, readId(c.req.param("bot")), change));
      },
    )
    .post(
      "/admin/bots/:bot/token",
      operation({
        group: "Bots",
        summary: "Give a bot another token",
        details: "By an admin. The old one, and every connection made with it, ends at once.",
        answer: answers.botTokenResult,
        problems: ["not-allowed", "suspended", "not-found"],
      }),
      async (c) => c.json(await bots.renew(await guard.session(c), readId(c.req.param("bot")))),
    )
    .delete(
      "/admin/bots/:bot",
      operation({
        group: "Bots",
        summary: "Delete a bot",
        details: "By an admin. Its token dies at once; what it said stays.",
        problems: ["not-allowed", "not-found"],
      }),
      async (c) => {
        await bots.delete(await guard.session(c), readId(c.req.param("bot")));
        return c.body(null, 204);
      },
    );
}
