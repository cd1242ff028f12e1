/** People as they lie in `user:{id}`, and as they are told. */
import type { Person } from "#protocol/person.ts";
import { DELETED_NAME } from "#protocol/person.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

/** To be read together, in this order. */
export const PERSON_FIELDS = ["username", "displayName", "picture", "deletedAt"] as const;

type Field = string | null | undefined;

/** From the values of `PERSON_FIELDS`; `undefined` if there never was such a person. */
export function readPerson(id: number, values: readonly Field[]): Person | undefined {
  const [username, displayName, picture, deletedAt] = values;
  if (typeof deletedAt === "string") return { id, username: DELETED_NAME, deleted: true };
  if (typeof username !== "string") return undefined;
  return {
    id,
    username,
    ...(typeof displayName === "string" && { displayName }),
    ...(typeof picture === "string" && { picture }),
  };
}

/** In the order asked; unknown ids are left out. */
export async function readPeople(redis: Redis, ids: readonly number[]): Promise<readonly Person[]> {
  const found = await answered(
    Promise.all(ids.map((id) => redis.hmGet(keys.user(id), [...PERSON_FIELDS]))),
  );
  return ids.flatMap((id, at) => readPerson(id, found[at] ?? []) ?? []);
}
