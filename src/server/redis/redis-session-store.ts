/** Sessions on Redis: a hash each under the digest of its token, always with a time to live. */
import type { Person } from "#protocol/person.ts";
import { userTopic } from "#server/core/bus.ts";
import { sessionEnded } from "#server/core/events-in.ts";
import type { SessionId, SessionStore } from "#server/core/session-store.ts";
import { SESSION_IDLE_S, SESSION_MAX_S } from "#server/core/session-store.ts";
import type { Redis } from "./connect.ts";
import { answered } from "./connect.ts";
import { keys } from "./keys.ts";
import { run, scripts } from "./scripts.ts";

/** A session is renewed at most this often: each renewal is a write, and so a flush to disk. */
const RENEW_S = 60;

export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(id: SessionId, user: number): Promise<void> {
    await run(
      this.#redis,
      scripts.sessionCreate,
      [keys.session(id)],
      [String(user), String(SESSION_IDLE_S), String(SESSION_MAX_S)],
    );
  }

  async touch(id: SessionId): Promise<Person | undefined> {
    const user = await run(
      this.#redis,
      scripts.sessionTouch,
      [keys.session(id)],
      [String(SESSION_IDLE_S), String(RENEW_S)],
    );
    if (typeof user !== "string") return undefined;
    const username = await answered(this.#redis.hGet(keys.user(user), "username"));
    return username === null ? undefined : { id: Number(user), username };
  }

  async end(id: SessionId, user: number): Promise<boolean> {
    const ended = (await answered(this.#redis.del(keys.session(id)))) === 1;
    // Told even if it was gone already: a first try may have ended it and failed before telling.
    await answered(this.#redis.sPublish(userTopic(user), sessionEnded(id)));
    return ended;
  }

  async alive(ids: readonly SessionId[]): Promise<readonly boolean[]> {
    const found = await answered(
      Promise.all(ids.map((id) => this.#redis.exists(keys.session(id)))),
    );
    return found.map((count) => count === 1);
  }
}
