/** Sessions on Redis: a hash each under the digest of its token, always with a time to live. */
import { LIMITS } from "#protocol/limits.ts";
import { userTopic } from "#server/core/delivery/bus.ts";
import { sessionEnded } from "#server/core/delivery/events-in.ts";
import type {
  OwnSessions,
  SessionId,
  SessionOrigin,
  SessionOwner,
  SessionStore,
  StoredSession,
} from "#server/core/people/session-store.ts";
import { SESSION_IDLE_S, SESSION_MAX_S } from "#server/core/people/session-life.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";
import { PERSON_FIELDS, readMe } from "./person.ts";
import { readScopes } from "./redis-bot-store.ts";

/** A session is renewed at most this often: each renewal is a write, and so a flush to disk. */
const RENEW_S = 60;

export class RedisSessionStore implements SessionStore, OwnSessions {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(id: SessionId, user: number, origin: SessionOrigin = {}): Promise<boolean> {
    const { passwordHash = "", device = "", link } = origin;
    const used = link === undefined ? [] : [keys.signInLink(link)];
    const made = await run(
      this.#redis,
      scripts.sessionCreate,
      [keys.session(id), keys.userSessions(user), keys.user(user)],
      [
        String(user),
        String(SESSION_IDLE_S),
        String(SESSION_MAX_S),
        id,
        passwordHash,
        device,
        String(LIMITS.sessionsMax),
        ...used,
      ],
    );
    return made === 1;
  }

  async changePassword(
    { by: user }: OwnAccess,
    { from, to, keep }: { readonly from: string; readonly to: string; readonly keep: SessionId },
  ): Promise<boolean> {
    const ended = await run(
      this.#redis,
      scripts.passwordChange,
      [keys.user(user), keys.userSessions(user)],
      [from, to, keep, keys.session("")],
    );
    if (ended === null) return false;
    await this.#tellAll(texts(ended), user);
    return true;
  }

  async list({ by: user }: OwnAccess): Promise<readonly StoredSession[]> {
    const ids = await answered(this.#redis.zRange(keys.userSessions(user), 0, -1));
    const fields = ["since", "used", "device"];
    const found = await answered(
      Promise.all(ids.map((id) => this.#redis.hmGet(keys.session(id), fields))),
    );
    return ids.flatMap((id, at) => {
      const [since, used, device] = found[at] ?? [];
      if (typeof since !== "string" || typeof used !== "string") return [];
      return [{ id, since: Number(since), used: Number(used), device: device || "Unknown device" }];
    });
  }

  async endOthers({ by: user }: OwnAccess, keep: SessionId): Promise<void> {
    const names = [keys.userSessions(user)];
    const ended = await run(this.#redis, scripts.sessionsEnd, names, [keep, keys.session("")]);
    await this.#tellAll(texts(ended), user);
  }

  async touch(id: SessionId): Promise<SessionOwner | undefined> {
    const user = await run(
      this.#redis,
      scripts.sessionTouch,
      [keys.session(id)],
      [String(SESSION_IDLE_S), String(RENEW_S)],
    );
    if (typeof user !== "string") return undefined;
    const fields = ["scopes", ...PERSON_FIELDS];
    const [scopes, ...rest] = await answered(this.#redis.hmGet(keys.user(user), fields));
    const me = readMe(Number(user), rest);
    if (me === undefined) return undefined;
    const { role, ...person } = me;
    const owner = { user: person, role };
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

  /** Should this fail, every server finds out by itself a little later. */
  async #tellAll(ids: readonly SessionId[], user: number): Promise<void> {
    await Promise.allSettled(ids.map((id) => this.#tell(id, user)));
  }

  async #tell(id: SessionId, user: number): Promise<void> {
    await answered(this.#redis.sPublish(userTopic(user), sessionEnded(id)));
  }
}
