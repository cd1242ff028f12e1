/** The admin's part of a client, the same each time; loaded for admins only. */
import { Admin } from "#sdk/admin/admin.ts";
import type { Klatch } from "#sdk/index.ts";

const known = new WeakMap<Klatch, Admin>();

export function adminOf(klatch: Klatch): Admin {
  const admin = known.get(klatch) ?? new Admin(klatch);
  known.set(klatch, admin);
  return admin;
}
