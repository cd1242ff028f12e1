/** What an admin is offered to do about somebody; the server has the last word. */
import type { AdminPerson } from "#protocol/admin.ts";
import type { Role } from "#protocol/person.ts";

interface Me {
  readonly id: number;
  readonly role: Role;
}

/** Owners name owners and admins; an admin may step down. Who cannot come in gets no power. */
export function mayName(me: Me, person: AdminPerson, role: "owner" | "admin" | "member"): boolean {
  if (person.role === "bot" || person.role === role) return false;
  if (person.suspended !== undefined && role !== "member") return false;
  if (me.role === "owner") return true;
  return me.role === "admin" && me.id === person.id && role === "member";
}

/** Admins suspend members, owners also admins, and nobody an owner or themselves. */
export function maySuspend(me: Me, { id, role }: AdminPerson): boolean {
  if (id === me.id || role === "owner") return false;
  return me.role === "owner" || (me.role === "admin" && role !== "admin");
}
