/** People as they lie in `user:{id}`, and as they are told. */
import type { Me } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import { DELETED_NAME } from "#protocol/person.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readRole } from "./role.ts";

/** To be read together, in this order. */
export const PERSON_FIELDS = ["username", "displayName", "picture", "role"] as const;

type Field = string | null | undefined;

/** From the values of `PERSON_FIELDS`; `undefined` if there is no such person (any more). */
export function readPerson(id: number, values: readonly Field[]): Person | undefined {
  const [username, displayName, picture, role] = values;
  if (typeof username !== "string") return undefined;
  return {
    id,
    username,
    ...(typeof displayName === "string" && { displayName }),
    ...(typeof picture === "string" && { picture }),
    ...(role === "bot" && { bot: true }),
  };
}

/** As above, with what they are for the whole of Klatch. */
export function readMe(id: number, values: readonly Field[]): Me | undefined {
  const person = readPerson(id, values);
  return person && { ...person, role: readRole(values[PERSON_FIELDS.indexOf("role")]) };
}

/** In the order asked; unknown ids are left out. Who deleted their account is told as that. */
export async function readPeople(redis: Redis, ids: readonly number[]): Promise<readonly Person[]> {
  const found = await answered(
    Promise.all(ids.map((id) => redis.hmGet(keys.user(id), [...PERSON_FIELDS]))),
  );
  const people = ids.map((id, at) => readPerson(id, found[at] ?? []));
  const missing = ids.filter((_, at) => people[at] === undefined);
  if (missing.length === 0) return people.filter((person) => person !== undefined);
  const were = await answered(redis.smIsMember(keys.deletedUsers, missing.map(String)));
  const deleted = new Set(missing.filter((_, at) => were[at] === 1));
  return ids.flatMap((id, at): readonly Person[] => {
    if (deleted.has(id)) return [{ id, username: DELETED_NAME, deleted: true }];
    const person = people[at];
    return person === undefined ? [] : [person];
  });
}
