/** What is one's own: profile, places where one is signed in, links, leaving. An entry of its own. */
import type {
  Invitation,
  InvitationsResult,
  MadeInvitation,
  NewInvitation,
} from "#protocol/joining.ts";
import type { Registration, Settings, SignInLink } from "#protocol/joining.ts";
import type { Farewell } from "#protocol/own.ts";
import type { Profile, ProfileChange } from "#protocol/person.ts";
import type { SessionEntry, SessionsResult } from "#protocol/sessions.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

/** Everything here rejects with a KlatchError: `offline`, or why it was refused. */
export class OwnThings {
  readonly #ground: Ground;

  /** One for each client, as long as that lives. */
  constructor(klatch: Klatch) {
    this.#ground = klatch.extend(() => undefined);
  }

  /** Anybody's. */
  profile(user: number): Promise<Profile> {
    return this.#ask("GET", `/api/people/${user}`);
  }

  /** Changes what is given; an empty text takes it away. */
  async changeProfile(change: ProfileChange): Promise<Profile> {
    const profile = await this.#ask<Profile>("PATCH", "/api/me", change);
    this.#ground.people.learn([profile]);
    return profile;
  }

  async removePicture(): Promise<void> {
    await this.#ask("DELETE", "/api/me/picture");
  }

  /** Where one is signed in, last used first. */
  async sessions(): Promise<readonly SessionEntry[]> {
    return (await this.#ask<SessionsResult>("GET", "/api/sessions")).sessions;
  }

  endSession(id: string): Promise<void> {
    return this.#ask("DELETE", `/api/sessions/${id}`);
  }

  /** All but this one. */
  endOtherSessions(): Promise<void> {
    return this.#ask("DELETE", "/api/sessions");
  }

  /** A link that signs one other device in, once, within 15 minutes. */
  signInLink(): Promise<SignInLink> {
    return this.#ask("POST", "/api/sign-in-links", {});
  }

  /** As an admin: a link for somebody who is locked out, good for four hours. */
  signInLinkFor(user: number): Promise<SignInLink> {
    return this.#ask("POST", `/api/admin/people/${user}/sign-in-links`, {});
  }

  /** Deletes the account, for good. */
  leave(farewell: Farewell): Promise<void> {
    return this.#ask("DELETE", "/api/me", farewell);
  }

  /** As an admin: who may make an account. */
  async registration(): Promise<Registration> {
    return (await this.#ask<Settings>("GET", "/api/admin/settings")).registration;
  }

  async setRegistration(registration: Registration): Promise<void> {
    await this.#ask("PATCH", "/api/admin/settings", { registration });
  }

  /** As an admin: invitations that can still be used. */
  async invitations(): Promise<readonly Invitation[]> {
    return (await this.#ask<InvitationsResult>("GET", "/api/admin/invitations")).invitations;
  }

  invite(invitation: NewInvitation): Promise<MadeInvitation> {
    return this.#ask("POST", "/api/admin/invitations", invitation);
  }

  revoke(invitation: string): Promise<void> {
    return this.#ask("DELETE", `/api/admin/invitations/${invitation}`);
  }

  #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    return this.#ground.rest.ask(method, path, body);
  }
}
