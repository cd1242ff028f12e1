/** Roles as they lie in `user:{id}`: those of before have none. */
import type { Role } from "#protocol/person.ts";

const ROLES: ReadonlySet<unknown> = new Set<Role>(["owner", "admin", "member", "bot"]);

export function isRole(value: unknown): value is Role {
  return ROLES.has(value);
}

/** Whoever has none, or one that is not known here, is a member. */
export function readRole(value: unknown): Role {
  return isRole(value) ? value : "member";
}
