/** The shapes of webhooks, as they come and as the HTTP API answers them. */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import type {
  NewWebhookResult,
  Webhook,
  WebhookAnswer,
  WebhooksResult,
} from "#protocol/webhook.ts";
import { shapeOf } from "#server/shapes/answers.ts";
import { username, words } from "#server/shapes/schemas.ts";

export const newWebhook = z
  .object({ name: username })
  .meta({ id: "NewWebhook", examples: [{ name: "Deploys" }] });

export const webhookMessage = z
  .object({ text: words(LIMITS.messageCharsMax).describe("What is said.") })
  .meta({ id: "WebhookMessage", examples: [{ text: "Deploy is done" }] });

const webhook = shapeOf<Webhook>()(
  z
    .object({
      id: z.int().describe("Also the id of the bot that says what is posted."),
      name: z.string(),
      createdAt: z.int().describe("Seconds since 1970."),
      by: z.int().describe("Id of the moderator who made it."),
    })
    .meta({ id: "Webhook" }),
);

export const newWebhookResult = shapeOf<NewWebhookResult>()(
  z
    .object({
      webhook,
      address: z
        .string()
        .describe("A secret, told in this answer alone: whoever knows it can post."),
    })
    .meta({ id: "NewWebhookResult" }),
);

export const webhooksResult = shapeOf<WebhooksResult>()(
  z.object({ webhooks: z.array(webhook) }).meta({ id: "WebhooksResult" }),
);

export const webhookAnswer = shapeOf<WebhookAnswer>()(
  z
    .object({ ok: z.literal(true), id: z.string().describe("Id of the message.") })
    .meta({ id: "WebhookAnswer" }),
);
