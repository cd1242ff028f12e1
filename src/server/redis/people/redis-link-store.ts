/** Sign-in links on Redis: a hash each with a time to live, and a set of each person's, to void them by. */
import type { Me } from "#protocol/api.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Digest } from "#server/core/people/accounts.ts";
import type { LinkStore } from "#server/core/people/link-store.ts";
import type { AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import { PERSON_FIELDS, readMe } from "./person.ts";
import { readRole } from "./role.ts";

export class RedisLinkStore implements LinkStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async create(
    whom: OwnAccess | AdminPersonAccess,
    link: Digest,
    lifetimeS: number,
  ): Promise<number | undefined> {
    const user = "person" in whom ? whom.person : whom.by;
    const names = [keys.signInLink(link), keys.userLinks(user), keys.user(user)];
    const args = [user, link, lifetimeS, LIMITS.signInLinksMax, keys.signInLink("")].map(String);
    const expires = await run(this.#redis, scripts.signInLink, names, args);
    return typeof expires === "number" ? expires : undefined;
  }

  async owner(link: Digest): Promise<Me | undefined> {
    const fields = ["user", "role"];
    const [user, role] = await answered(this.#redis.hmGet(keys.signInLink(link), fields));
    const person = typeof user === "string" ? await this.#read(Number(user)) : undefined;
    return person?.role === readRole(role) ? person : undefined;
  }

  person({ person }: AdminPersonAccess): Promise<Me | undefined> {
    return this.#read(person);
  }

  async #read(user: number): Promise<Me | undefined> {
    return readMe(user, await answered(this.#redis.hmGet(keys.user(user), [...PERSON_FIELDS])));
  }
}
