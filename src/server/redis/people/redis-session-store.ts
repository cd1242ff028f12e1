/** Sessions on Redis: a hash each under the digest of its token, always with a time to live. */
import { userTopic } from "#server/core/delivery/bus.ts";
import { sessionEnded } from "#server/core/delivery/events-in.ts";
import type { SessionId, SessionOwner, SessionStore } from "#server/core/people/session-store.ts";
import { SESSION_IDLE_S, SESSION_MAX_S } from "#server/core/people/session-store.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";
import { readScopes } from "./redis-bot-store.ts";
import { readRole } from "./role.ts";

/** A session is renewed at most this often: each renewal is a write, and so a flush to disk. */
const RENEW_S = 60;

export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(id: SessionId, user: number, passwordHash = ""): Promise<boolean> {
    const made = await run(
      this.#redis,
      scripts.sessionCreate,
      [keys.session(id), keys.userSessions(user), keys.user(user)],
      [String(user), String(SESSION_IDLE_S), String(SESSION_MAX_S), id, passwordHash],
    );
    return made === 1;
  }

  async changePassword(
    user: number,
    { from, to, keep }: { readonly from: string; readonly to: string; readonly keep: SessionId },
  ): Promise<boolean> {
    const ended = await run(
      this.#redis,
      scripts.passwordChange,
      [keys.user(user), keys.userSessions(user)],
      [from, to, keep, keys.session("")],
    );
    if (ended === null) return false;
    // Should this fail, every server finds out by itself a little later.
    await Promise.allSettled(texts(ended).map((id) => this.#tell(id, user)));
    return true;
  }

  async touch(id: SessionId): Promise<SessionOwner | undefined> {
    const user = await run(
      this.#redis,
      scripts.sessionTouch,
      [keys.session(id)],
      [String(SESSION_IDLE_S), String(RENEW_S)],
    );
    if (typeof user !== "string") return undefined;
    const fields = ["username", "role", "scopes"];
    const [username, stored, scopes] = await answered(this.#redis.hmGet(keys.user(user), fields));
    if (typeof username !== "string") return undefined;
    const role = readRole(stored);
    const owner = { user: { id: Number(user), username }, role };
    return role === "bot" ? { ...owner, scopes: readScopes(scopes) } : owner;
  }

  async end(id: SessionId, user: number): Promise<boolean> {
    const [count] = await answered(
      Promise.all([
        this.#redis.del(keys.session(id)),
        this.#redis.zRem(keys.userSessions(user), id),
      ]),
    );
    // Told even if it was gone already: a first try may have ended it and failed before telling.
    await this.#tell(id, user);
    return count === 1;
  }

  async alive(ids: readonly SessionId[]): Promise<readonly boolean[]> {
    const found = await answered(
      Promise.all(ids.map((id) => this.#redis.exists(keys.session(id)))),
    );
    return found.map((count) => count === 1);
  }

  async #tell(id: SessionId, user: number): Promise<void> {
    await answered(this.#redis.sPublish(userTopic(user), sessionEnded(id)));
  }
}
