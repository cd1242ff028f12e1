/** Webhooks on Redis: accounts of bots, and beside each room's log a set of its own ones. */
import { LIMITS } from "#protocol/limits.ts";
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Webhook } from "#protocol/webhook.ts";
import type { SessionId } from "#server/core/people/session-store.ts";
import type {
  WebhookDraft,
  WebhookRefusal,
  WebhookStore,
} from "#server/core/rooms/webhook-store.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { deleteBot } from "#server/redis/people/redis-bot-store.ts";
import { run, scripts } from "#server/redis/scripts.ts";

export class RedisWebhookStore implements WebhookStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(
    { room, by }: RoomAccess,
    { canonical, username }: WebhookDraft,
    token: SessionId,
  ): Promise<Webhook | WebhookRefusal | "name-taken" | "too-many"> {
    // Whom the script would refuse uses up no id; it looks again when it makes the webhook.
    const refused = refusalOf(await answered(this.#redis.hGet(keys.roomMembers(room), String(by))));
    if (refused !== undefined) return refused;
    const id = await answered(this.#redis.incr(keys.totalUsers));
    const names = [
      keys.username(canonical),
      keys.user(id),
      keys.roomMembers(room),
      keys.roomMeta(room),
    ];
    const outcome = await run(this.#redis, scripts.webhookCreate, names, [
      String(id),
      room,
      String(by),
      String(LIMITS.webhooksPerRoomMax),
      keys.roomWebhooks(room),
      keys.userRooms(id),
      username,
      token,
    ]);
    if (outcome === "name-taken" || outcome === "too-many") return outcome;
    if (outcome === "not-found" || outcome === "not-allowed") return outcome;
    const made = await this.#read(id);
    if (made === undefined) throw new TypeError("A webhook that was just made is not there.");
    return made;
  }

  async list({ room, by }: RoomAccess): Promise<readonly Webhook[] | WebhookRefusal> {
    const [role, ids] = await answered(
      Promise.all([
        this.#redis.hGet(keys.roomMembers(room), String(by)),
        this.#redis.sMembers(keys.roomWebhooks(room)),
      ]),
    );
    const refused = refusalOf(role);
    if (refused !== undefined) return refused;
    const webhooks = await Promise.all(ids.map((id) => this.#read(Number(id))));
    return webhooks.filter((webhook) => webhook !== undefined);
  }

  async delete({ room, by }: RoomAccess, id: number): Promise<"done" | WebhookRefusal> {
    return deleteBot(this.#redis, id, keys.roomWebhooks(room), { room, by });
  }

  async open(
    id: number,
    token: SessionId,
  ): Promise<{ readonly user: Person; readonly room: RoomId } | undefined> {
    const fields = ["username", "hook", "hookRoom", "suspended"];
    const found = await answered(this.#redis.hmGet(keys.user(id), fields));
    const [username, hook, room, suspended] = found;
    if (typeof suspended === "string") return undefined;
    // Digests are compared: how long that takes says nothing of a token.
    if (typeof username !== "string" || typeof room !== "string" || hook !== token)
      return undefined;
    return { user: { id, username, bot: true }, room };
  }

  async #read(id: number): Promise<Webhook | undefined> {
    const fields = ["username", "createdAt", "by"];
    const [name, createdAt, by] = await answered(this.#redis.hmGet(keys.user(id), fields));
    if (typeof name !== "string") return undefined;
    return { id, name, createdAt: Number(createdAt ?? 0), by: Number(by ?? 0) };
  }
}

function refusalOf(role: string | null): WebhookRefusal | undefined {
  if (role === null) return "not-found";
  return role === "moderator" ? undefined : "not-allowed";
}
