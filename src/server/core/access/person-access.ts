/** Passes to what is one's own, and to somebody as far as anybody who is signed in sees them. */
import type { Asking } from "./room-access.ts";

// With its private fields no literal is one, and only its type is exported: a pass is made here.
class OwnAccess {
  readonly #by: number;

  constructor(by: number) {
    this.#by = by;
  }

  /** Id of who asks, and whose it is. */
  get by(): number {
    return this.#by;
  }
}

class PersonAccess {
  readonly #by: number;
  readonly #person: number;

  constructor(by: number, person: number) {
    this.#by = by;
    this.#person = person;
  }

  /** Id of who asks. */
  get by(): number {
    return this.#by;
  }

  /** Id of whom it is about: there need not be such a person. */
  get person(): number {
    return this.#person;
  }
}

export type { OwnAccess, PersonAccess };

/** To one's own things. */
export function accessOwn({ id }: Asking): OwnAccess {
  return new OwnAccess(id);
}

/** To somebody, oneself or another. */
export function accessPerson({ id: by }: Asking, person: number): PersonAccess {
  return new PersonAccess(by, person);
}
