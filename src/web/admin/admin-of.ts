/** The admin's parts of a client, the same each time; loaded for admins only. */
import { Admin } from "#sdk/admin/admin.ts";
import { Bots } from "#sdk/admin/bots.ts";
import { StrangerDesk } from "#sdk/admin/stranger-desk.ts";
import type { Klatch } from "#sdk/index.ts";

const admins = new WeakMap<Klatch, Admin>();
const bots = new WeakMap<Klatch, Bots>();
const desks = new WeakMap<Klatch, StrangerDesk>();

export function adminOf(klatch: Klatch): Admin {
  const admin = admins.get(klatch) ?? new Admin(klatch);
  admins.set(klatch, admin);
  return admin;
}

export function botsOf(klatch: Klatch): Bots {
  const found = bots.get(klatch) ?? new Bots(klatch);
  bots.set(klatch, found);
  return found;
}

export function deskOf(klatch: Klatch): StrangerDesk {
  const desk = desks.get(klatch) ?? new StrangerDesk(klatch);
  desks.set(klatch, desk);
  return desk;
}
