/** Bots on Redis: `user:{id}` like everybody's, without a password; a set of them all. */
import type { Bot, Scope } from "#protocol/bot.ts";
import { SCOPES } from "#protocol/bot.ts";
import type { RoomId } from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import { canonicalUsername } from "#protocol/username.ts";
import type { BotDraft, BotEdit, BotStore } from "#server/core/people/bot-store.ts";
import type { SessionId } from "#server/core/people/session-store.ts";
import type { AdminAccess, AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

const FIELDS = ["username", "displayName", "description", "scopes", "createdAt", "by", "callback"];

export class RedisBotStore implements BotStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(
    { by }: AdminAccess,
    { canonical, username, displayName, description, scopes, callback }: BotDraft,
    token: SessionId,
  ): Promise<Bot | "name-taken" | "too-many"> {
    // The id is taken first, as a person's is; one that is not used leaves a gap and nothing else.
    const id = await answered(this.#redis.incr(keys.totalUsers));
    const names = [keys.username(canonical), keys.user(id), keys.session(token), keys.bots];
    const fields = { username, description, scopes: scopes.join(" "), by: String(by) };
    const shown = displayName !== "" && { displayName };
    const called = callback && { callback: callback.url, callbackSecret: callback.secret };
    const outcome = await run(this.#redis, scripts.botCreate, names, [
      String(id),
      String(LIMITS.botsMax),
      token,
      called === undefined ? "" : keys.calledBots,
      ...Object.entries({ ...fields, ...shown, ...called }).flat(),
    ]);
    if (outcome === "name-taken" || outcome === "too-many") return outcome;
    const bot = await this.#read(id);
    if (bot === undefined) throw new TypeError("A bot that was just made is not there.");
    return bot;
  }

  async list(_by: AdminAccess): Promise<readonly Bot[]> {
    const ids = await answered(this.#redis.sMembers(keys.bots));
    const bots = await Promise.all(ids.map((id) => this.#read(Number(id))));
    return bots.filter((bot) => bot !== undefined);
  }

  async find({ person: id }: AdminPersonAccess): Promise<Bot | undefined> {
    const isBot = await answered(this.#redis.sIsMember(keys.bots, String(id)));
    return isBot === 1 ? this.#read(id) : undefined;
  }

  async edit(of: AdminPersonAccess, { displayName, description, callback }: BotEdit) {
    const { person: id } = of;
    const fields = {
      ...(displayName !== undefined && { displayName }),
      ...(description !== undefined && { description }),
      ...(callback && { callback: callback.url, callbackSecret: callback.secret }),
    };
    const state = callback === undefined ? "" : callback === null ? "silent" : "called";
    const args = [String(id), state, ...Object.entries(fields).flat()];
    const names = [keys.user(id), keys.bots, keys.calledBots];
    return (await run(this.#redis, scripts.botEdit, names, args)) === 1;
  }

  async renew(
    { person: id }: AdminPersonAccess,
    token: SessionId,
  ): Promise<"done" | "not-found" | "suspended"> {
    const names = [keys.user(id), keys.bots, keys.session(token)];
    const args = [String(id), token, keys.session("")];
    const outcome = await run(this.#redis, scripts.botToken, names, args);
    return outcome === "done" || outcome === "suspended" ? outcome : "not-found";
  }

  async delete({ person: id }: AdminPersonAccess): Promise<boolean> {
    return (await deleteBot(this.#redis, id, keys.bots)) === "done";
  }

  async #read(id: number): Promise<Bot | undefined> {
    const found = await answered(this.#redis.hmGet(keys.user(id), FIELDS));
    const [username, displayName, description, scopes, createdAt, by, callback] = found;
    if (typeof username !== "string") return undefined;
    return {
      id,
      username,
      ...(typeof displayName === "string" && { displayName }),
      description: description ?? "",
      scopes: readScopes(scopes),
      createdAt: Number(createdAt ?? 0),
      by: Number(by ?? 0),
      ...(typeof callback === "string" && { callback }),
    };
  }
}

/**
 * Ends the account of a bot that is in this set: all bots, or the webhooks of a room; with
 * `moderator`, only if they are one of that room.
 */
export async function deleteBot(
  redis: Redis,
  id: number,
  set: string,
  moderator?: { readonly room: RoomId; readonly by: number },
): Promise<"done" | "not-found" | "not-allowed"> {
  const username = await answered(redis.hGet(keys.user(id), "username"));
  const names = [keys.user(id), set, keys.userRooms(id), keys.calledBots];
  const args = [String(id), keys.session(""), canonicalUsername(username ?? "")];
  if (moderator !== undefined) args.push(moderator.room, String(moderator.by));
  const outcome = await run(redis, scripts.botDelete, names, args);
  return outcome === "done" || outcome === "not-allowed" ? outcome : "not-found";
}

/** As they lie in `user:{id}`: names with spaces between. */
export function readScopes(stored: string | null | undefined): readonly Scope[] {
  const names = stored?.split(" ") ?? [];
  return SCOPES.filter((scope) => names.includes(scope));
}
