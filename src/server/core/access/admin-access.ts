/** Passes to what only admins and owners do: the one place that says who they are. */
import type { Person, Role } from "#protocol/person.ts";
import { ChatError } from "#server/core/chat-error.ts";

/** Who asks, and what they are at this moment. */
export interface AskingAdmin {
  readonly user: Pick<Person, "id">;
  readonly role: Role;
}

// With its private fields no literal is one, and only its type is exported: a pass is made here.
class AdminAccess {
  readonly #by: number;
  readonly #isOwner: boolean;

  constructor({ user, role }: AskingAdmin) {
    this.#by = user.id;
    this.#isOwner = role === "owner";
  }

  /** Id of the admin. */
  get by(): number {
    return this.#by;
  }

  get isOwner(): boolean {
    return this.#isOwner;
  }
}

class AdminPersonAccess extends AdminAccess {
  readonly #person: number;

  constructor(asking: AskingAdmin, person: number) {
    super(asking);
    this.#person = person;
  }

  /** Id of whom it is about: a person or a bot, if there is one. */
  get person(): number {
    return this.#person;
  }
}

export type { AdminAccess, AdminPersonAccess };

/** To what admins see and set. Refuses anybody else with `not-allowed`. */
export function accessAdmin(asking: AskingAdmin): AdminAccess {
  mustBeAdmin(asking);
  return new AdminAccess(asking);
}

/** To somebody as admins see them. Refuses anybody else with `not-allowed`. */
export function accessAdminPerson(asking: AskingAdmin, person: number): AdminPersonAccess {
  mustBeAdmin(asking);
  return new AdminPersonAccess(asking, person);
}

/** Owners, and the admins they name. */
export function isAdmin(role: Role): boolean {
  return role === "owner" || role === "admin";
}

/** The routes of admins are no secret; what they show is. */
function mustBeAdmin({ role }: AskingAdmin): void {
  if (isAdmin(role)) return;
  throw new ChatError("not-allowed", "Only an admin of this Klatch can do that.");
}
