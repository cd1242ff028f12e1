/** The REST routes of webhooks: for moderators who make them, and for programs that post. */
import { Hono } from "hono";
import type { NewWebhookResult } from "#protocol/webhook.ts";
import type { Webhooks } from "#server/core/rooms/webhooks.ts";
import * as shapes from "#server/shapes/webhook-shapes.ts";
import { readBody, readTextOr } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function webhookRoutes(webhooks: Webhooks, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/rooms/:id/webhooks",
      operation({
        group: "Webhooks",
        summary: "List a room's webhooks",
        details: "For moderators; by name. No address is ever shown again.",
        answer: shapes.webhooksResult,
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await webhooks.list(user, c.req.param("id")));
      },
    )
    .post(
      "/rooms/:id/webhooks",
      operation({
        group: "Webhooks",
        summary: "Make a webhook for a room",
        details:
          "By a moderator. Its name is a username: what is posted is said by a bot of that name. " +
          "The address is in this answer alone.",
        body: shapes.newWebhook,
        answer: shapes.newWebhookResult,
        status: 201,
        problems: ["not-found", "not-allowed", "name-taken", "name-not-allowed", "too-many-bots"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const draft = await readBody(c, shapes.newWebhook);
        const { webhook, token } = await webhooks.create(user, c.req.param("id"), draft);
        const address = `${guard.ownAddress(c)}/api/hooks/${webhook.id}/${token}`;
        return c.json({ webhook, address } satisfies NewWebhookResult, 201);
      },
    )
    .delete(
      "/rooms/:id/webhooks/:hook",
      operation({
        group: "Webhooks",
        summary: "Delete a webhook",
        details: "By a moderator. Its address is dead at once; what it said stays.",
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await webhooks.delete(user, c.req.param("id"), readId(c.req.param("hook")));
        return c.body(null, 204);
      },
    )
    .post(
      "/hooks/:hook/:token",
      operation({
        group: "Webhooks",
        summary: "Say something through a webhook",
        details:
          "To the address that was told when it was made. Besides JSON: plain text; or a form, as " +
          "`curl -d` sends it, with the text itself, `text=…`, or Slack's `payload=…`.",
        access: "public",
        headers: {
          "Idempotency-Key": "What is posted twice with one key is said once, for a day.",
        },
        body: shapes.webhookMessage,
        texts: ["text/plain", "application/x-www-form-urlencoded"],
        answer: shapes.webhookAnswer,
        problems: [
          "not-found",
          "not-allowed",
          "muted",
          "archived",
          "cid-reused",
          "message-not-allowed",
          "too-many-requests",
        ],
      }),
      async (c) => {
        const { hook, token } = c.req.param();
        const post = await webhooks.mustBeRight(readId(hook), token);
        const text = await readTextOr(c, shapes.webhookMessage);
        return c.json(await webhooks.post(post, text, c.req.header("Idempotency-Key")));
      },
    );
}
