/** Authority over the whole of Klatch: who may do what only owners and admins do. */
import type { Role } from "#protocol/person.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Session } from "./accounts.ts";

/** Owners, and the admins they name. */
export function isAdmin(role: Role): boolean {
  return role === "owner" || role === "admin";
}

/** Refuses with `not-allowed`: the routes of admins are no secret, what they show is. */
export function mustBeAdmin({ role }: Session): void {
  if (!isAdmin(role))
    throw new ChatError("not-allowed", "Only an admin of this Klatch can do that.");
}

export function mustBeOwner({ role }: Session): void {
  if (role !== "owner") {
    throw new ChatError("not-allowed", "Only an owner of this Klatch can do that.");
  }
}
