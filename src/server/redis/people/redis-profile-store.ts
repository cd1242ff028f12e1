/**
 * Profiles on Redis: further fields of the tutorial's `user:{id}`, and beside it a picture. A name
 * that was given up stays in `username:{name}`, pointing to nobody, until its time is over.
 */
import { RESP_TYPES } from "@redis/client";
import type { Profile } from "#protocol/person.ts";
import type { Name, Picture, ProfileStore } from "#server/core/people/profile-store.ts";
import { NAME_HELD_S } from "#server/core/people/profile-store.ts";
import type { OwnAccess, PersonAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import { PERSON_FIELDS, readPerson } from "./person.ts";

/** What `username:{name}` holds while the name is kept for who gave it up. */
export const heldFor = (user: number): string => `held:${user}`;

export class RedisProfileStore implements ProfileStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async profile({ person: user }: PersonAccess): Promise<Profile | undefined> {
    // What a bot's admins say of it stands where people speak for themselves.
    const fields = ["about", "description", "createdAt", ...PERSON_FIELDS];
    const found = await answered(this.#redis.hmGet(keys.user(user), fields));
    const [about, description, createdAt, ...rest] = found;
    const person = readPerson(user, rest);
    if (person === undefined) return undefined;
    const since = Number(createdAt);
    return {
      ...person,
      about: about ?? description ?? "",
      since: Number.isSafeInteger(since) ? since : 0,
    };
  }

  async describe(
    { by }: OwnAccess,
    words: { readonly displayName?: string | undefined; readonly about?: string | undefined },
  ): Promise<void> {
    const fields = Object.entries(words).flatMap(([field, text]) =>
      text === undefined ? [] : [field, text],
    );
    await run(this.#redis, scripts.describe, [keys.user(by)], fields);
  }

  async rename({ by: user }: OwnAccess, from: Name, to: Name): Promise<"done" | "taken" | "raced"> {
    const names = [
      keys.user(user),
      keys.username(from.canonical),
      keys.username(to.canonical),
      keys.usernames,
    ];
    const outcome = await run(this.#redis, scripts.rename, names, [
      String(user),
      from.display,
      to.display,
      from.canonical,
      to.canonical,
      heldFor(user),
      String(NAME_HELD_S),
    ]);
    return outcome === "done" || outcome === "taken" ? outcome : "raced";
  }

  async setPicture({ by: user }: OwnAccess, picture: Picture | undefined): Promise<void> {
    const names = [keys.user(user), keys.userPicture(user)];
    const args = picture === undefined ? [] : [picture.hash, Buffer.from(picture.bytes)];
    await run(this.#redis, scripts.picture, names, args);
  }

  async picture({ person: user }: PersonAccess, hash: string): Promise<Uint8Array | undefined> {
    const bytes = this.#redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    return (await answered(bytes.hGet(keys.userPicture(user), hash))) ?? undefined;
  }
}
