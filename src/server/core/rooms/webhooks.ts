/** Webhooks: made by the moderators of a room, and what is posted to them. */
import { LIMITS } from "#protocol/limits.ts";
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import { parseUsername } from "#protocol/username.ts";
import type { NewWebhook, Webhook, WebhookAnswer, WebhooksResult } from "#protocol/webhook.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Tokens } from "#server/core/people/accounts.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { POSTS_PER_WEBHOOK } from "#server/core/throttle.ts";
import type { Chat } from "./chat.ts";
import type { WebhookRefusal, WebhookStore } from "./webhook-store.ts";

interface Parts {
  readonly webhooks: WebhookStore;
  readonly chat: Pick<Chat, "send">;
  readonly tokens: Tokens;
  readonly throttle: Throttle;
}

/** Where something was posted, and how it may be posted again. */
export interface Post {
  readonly id: number;
  /** Given by `mustBeRight`. */
  readonly user: Person;
  readonly room: RoomId;
}

export class Webhooks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes a webhook, and its bot; the token of its address is told once. */
  async create(
    user: Person,
    room: RoomId,
    { name }: NewWebhook,
  ): Promise<{ readonly webhook: Webhook; readonly token: string }> {
    const access = accessRoom(user, room);
    const parsed = parseUsername(name);
    if (!parsed.ok) throw new ChatError("name-not-allowed", parsed.problem);
    const { webhooks, tokens } = this.#parts;
    const token = tokens.create();
    const draft = { canonical: parsed.canonical, username: parsed.display };
    const webhook = await webhooks.create(access, draft, tokens.digest(token));
    if (webhook === "name-taken") {
      const words = `The name ${parsed.display} is taken. Please choose another.`;
      throw new ChatError("name-taken", words);
    }
    if (webhook === "too-many") {
      const most = LIMITS.webhooksPerRoomMax;
      throw new ChatError("too-many-bots", `A room has up to ${most} webhooks; delete one.`);
    }
    return { webhook: granted(webhook), token };
  }

  /** By name. */
  async list(user: Person, room: RoomId): Promise<WebhooksResult> {
    const found = await this.#parts.webhooks.list(accessRoom(user, room));
    return { webhooks: granted(found).toSorted((a, b) => a.name.localeCompare(b.name)) };
  }

  async delete(user: Person, room: RoomId, id: number): Promise<void> {
    granted(await this.#parts.webhooks.delete(accessRoom(user, room), id));
  }

  /** Refuses every address that is none of ours alike; before anything that was posted is read. */
  async mustBeRight(id: number, token: string): Promise<Post> {
    const { webhooks, tokens } = this.#parts;
    const found = await webhooks.open(id, tokens.digest(token));
    if (found === undefined) throw notFound();
    return { id, ...found };
  }

  /** Says what was posted; with a `key` that was used before, and the same text, only once. */
  async post({ id, user, room }: Post, text: string, key?: string): Promise<WebhookAnswer> {
    const most = LIMITS.idempotencyKeyCharsMax;
    if (key !== undefined && (key === "" || key.length > most)) {
      throw new ChatError("bad-request", `An Idempotency-Key has 1 to ${most} characters.`);
    }
    const { chat, tokens, throttle } = this.#parts;
    const waitMs = await throttle.take(`webhook:${id}`, POSTS_PER_WEBHOOK);
    if (waitMs > 0) {
      throw new ChatError("too-many-requests", "This webhook is posted to too often.", waitMs);
    }
    const cid = key === undefined ? tokens.create() : tokens.digest(key);
    const said = await chat.send(user, room, { cid, text });
    return { ok: true, id: said.id };
  }
}

function granted<T extends object | "done">(outcome: T | WebhookRefusal): T {
  if (outcome === "not-found") throw notFound();
  if (outcome === "not-allowed") {
    throw new ChatError("not-allowed", "Only a moderator of the room can do that.");
  }
  return outcome;
}
