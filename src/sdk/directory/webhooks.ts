/** The webhooks of a room, as its moderators make and end them. */
import type { RoomId } from "#protocol/room.ts";
import type { NewWebhook, NewWebhookResult, Webhook, WebhooksResult } from "#protocol/webhook.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

/** Everything here rejects with a KlatchError: `not-allowed` for who is no moderator, `offline`, … */
export class Webhooks {
  readonly #rest: Ground["rest"];

  constructor(klatch: Klatch) {
    this.#rest = klatch.extend(() => undefined).rest;
  }

  /** By name. */
  async list(room: RoomId): Promise<readonly Webhook[]> {
    return (await this.#rest.ask<WebhooksResult>("GET", pathOf(room))).webhooks;
  }

  /**
   * Makes one, whose bot is in the room at once. Its address is told here alone.
   *
   * @throws KlatchError `name-taken`, `name-not-allowed`, `too-many-bots`
   */
  create(room: RoomId, name: string): Promise<NewWebhookResult> {
    return this.#rest.ask("POST", pathOf(room), { name } satisfies NewWebhook);
  }

  /** Its address is dead at once; what it said stays. */
  delete(room: RoomId, id: number): Promise<void> {
    return this.#rest.ask("DELETE", `${pathOf(room)}/${id}`);
  }
}

function pathOf(room: RoomId): string {
  return `/api/rooms/${room}/webhooks`;
}
