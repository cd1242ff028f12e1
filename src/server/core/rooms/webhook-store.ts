/** Webhooks as they are kept (port): bots in one room, each with the digest of its address's token. */
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Webhook } from "#protocol/webhook.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { SessionId } from "#server/core/people/session-store.ts";

export interface WebhookDraft {
  readonly canonical: string;
  readonly username: string;
}

/** Not a member; a member, but no moderator, or a room that cannot have any. */
export type WebhookRefusal = "not-found" | "not-allowed";

export interface WebhookStore {
  /** By a moderator: the bot is made and in the room at once. */
  create(
    of: RoomAccess,
    draft: WebhookDraft,
    token: SessionId,
  ): Promise<Webhook | WebhookRefusal | "name-taken" | "too-many">;
  /** For a moderator. */
  list(of: RoomAccess): Promise<readonly Webhook[] | WebhookRefusal>;
  /** By a moderator; what it said stays. */
  delete(of: RoomAccess, id: number): Promise<"done" | WebhookRefusal>;
  /** Whose address this is, and where it leads. */
  open(
    id: number,
    token: SessionId,
  ): Promise<{ readonly user: Person; readonly room: RoomId } | undefined>;
}
