/** Sign-in links: a way in without a password, for another device or for somebody locked out. */
import type { SignInLink } from "#protocol/joining.ts";
import type { AdminPersonAccess } from "#server/core/access/admin-access.ts";
import { accessAdminPerson, isAdmin } from "#server/core/access/admin-access.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { LINKS_PER_USER, mustBeSlower } from "#server/core/throttle.ts";
import type { Session, Tokens } from "./accounts.ts";
import type { LinkStore } from "./link-store.ts";
import { ADMIN_LINK_S, OWN_LINK_S } from "./link-store.ts";

interface Parts {
  readonly links: LinkStore;
  readonly tokens: Tokens;
  readonly throttle: Throttle;
}

export class SignInLinks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** For another device of the person's own. */
  create({ user }: Session): Promise<SignInLink> {
    return this.#make(accessOwn(user), OWN_LINK_S);
  }

  /**
   * By an admin, for somebody who is locked out. Whoever holds a link is that person: so for admins
   * and owners only an owner makes one.
   */
  async createFor(session: Session, user: number): Promise<SignInLink> {
    const access = accessAdminPerson(session, user);
    const person = await this.#parts.links.person(access);
    if (person === undefined) throw notFound();
    if (person.role === "bot") {
      throw new ChatError(
        "not-allowed",
        "Bots do not sign in; they are given a new token instead.",
      );
    }
    if (isAdmin(person.role) && !access.isOwner && user !== session.user.id) {
      throw new ChatError(
        "not-allowed",
        "Only an owner makes sign-in links for admins and owners.",
      );
    }
    return this.#make(access, ADMIN_LINK_S);
  }

  async #make(whom: OwnAccess | AdminPersonAccess, lifetimeS: number): Promise<SignInLink> {
    const { links, tokens, throttle } = this.#parts;
    await mustBeSlower(throttle, `links:${whom.by}`, LINKS_PER_USER, "sign-in links");
    const token = tokens.create();
    const expires = await links.create(whom, tokens.digest(token), lifetimeS);
    if (expires === undefined) throw notFound();
    return { token, expires };
  }
}
