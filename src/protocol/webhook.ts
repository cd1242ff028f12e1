/** Webhooks: addresses at which programs without an account say something in one room. */

/** A webhook, to a moderator of its room. */
export interface Webhook {
  /** Also the id of the bot that says what is posted. */
  readonly id: number;
  readonly name: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Id of the moderator who made it. */
  readonly by: number;
}

/** `POST /api/rooms/:id/webhooks`, by a moderator; answered 201. The name is a username. */
export interface NewWebhook {
  readonly name: string;
}

/** The address is a secret: whoever knows it can post. It is told here and never again. */
export interface NewWebhookResult {
  readonly webhook: Webhook;
  readonly address: string;
}

/** `GET /api/rooms/:id/webhooks`, for moderators; by name. */
export interface WebhooksResult {
  readonly webhooks: readonly Webhook[];
}

/** `POST` to its address, as JSON; other fields are ignored. */
export interface WebhookMessage {
  readonly text: string;
}

/** What was posted is said. */
export interface WebhookAnswer {
  readonly ok: true;
  /** Id of the message. */
  readonly id: string;
}
