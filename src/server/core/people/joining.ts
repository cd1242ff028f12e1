/** Joining: whether an account can be made, and inviting those who may. */
import type {
  Invitation,
  InvitationsResult,
  MadeInvitation,
  NewInvitation,
  Registration,
  Settings,
  SettingsChange,
  Welcome,
} from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import { accessAdmin } from "#server/core/access/admin-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Session, Tokens } from "./accounts.ts";
import type { Admission, JoiningStore, StoredInvitation } from "./joining-store.ts";

interface Parts {
  readonly joining: JoiningStore;
  readonly tokens: Tokens;
  /** What holds until an admin sets something else. */
  readonly otherwise: Registration;
}

const WEEK_S = 7 * 24 * 3600;

export class Joining {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What somebody needs to know who has no account yet. */
  async welcome(): Promise<Welcome> {
    const { registration } = await this.#settings();
    return { registration, needsOwner: !(await this.#parts.joining.hasOwner()) };
  }

  settings(session: Session): Promise<Settings> {
    accessAdmin(session);
    return this.#settings();
  }

  async changeSettings(session: Session, { registration }: SettingsChange): Promise<Settings> {
    const admin = accessAdmin(session);
    if (registration !== undefined) await this.#parts.joining.setRegistration(admin, registration);
    return this.#settings();
  }

  async invite(
    session: Session,
    { uses = 1, lifetime = WEEK_S }: NewInvitation,
  ): Promise<MadeInvitation> {
    const admin = accessAdmin(session);
    const { joining, tokens } = this.#parts;
    const token = tokens.create();
    const draft = { uses, lifetimeS: lifetime };
    const made = await joining.invite(admin, tokens.digest(token), draft);
    if (made === undefined) {
      const most = LIMITS.invitationsMax;
      const words = `There can be ${most} invitations at a time; revoke one first.`;
      throw new ChatError("too-many-invitations", words);
    }
    return { ...told(made), token };
  }

  async invitations(session: Session): Promise<InvitationsResult> {
    const found = await this.#parts.joining.invitations(accessAdmin(session));
    const sorted = found.toSorted((a, b) => b.made - a.made || b.expires - a.expires);
    return { invitations: sorted.map(told) };
  }

  /** Nobody joins with it any more. */
  async revoke(session: Session, id: string): Promise<void> {
    const admin = accessAdmin(session);
    const found = await this.#parts.joining.invitations(admin);
    const one = found.find(({ digest }) => handleOf(digest) === id);
    if (one === undefined) throw notFound();
    await this.#parts.joining.revoke(admin, one.digest);
  }

  /**
   * Refuses who cannot join anyhow, before anything costly is done for them, and before they learn
   * which names are taken. The store checks again, and counts, when it makes the account.
   */
  async admit(token: string | undefined): Promise<Admission> {
    const { joining, tokens, otherwise } = this.#parts;
    const invitation = token === undefined ? undefined : tokens.digest(token);
    const { registration, needsOwner } = await this.welcome();
    if (registration === "invitation" && !needsOwner) {
      if (invitation === undefined) {
        throw new ChatError("invitation-needed", "To join this chat you need an invitation.");
      }
      if (!(await joining.isGood(invitation))) throw invitationNotValid();
    }
    return { invitation, otherwise };
  }

  async #settings(): Promise<Settings> {
    const { joining, otherwise } = this.#parts;
    return { registration: (await joining.registration()) ?? otherwise };
  }
}

/** Unknown, used up, expired and revoked are one answer. */
export function invitationNotValid(): ChatError {
  return new ChatError(
    "invitation-not-valid",
    "This invitation cannot be used, or cannot be used any more. Please ask for another.",
  );
}

/** Enough of the digest to tell a hundred apart; a digest leads back to no token. */
function handleOf(digest: string): string {
  return digest.slice(0, 16);
}

function told({ digest, uses, expires, made, by }: StoredInvitation): Invitation {
  return { id: handleOf(digest), uses, expires, made, by };
}
