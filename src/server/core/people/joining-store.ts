/** Who may join, as it is kept (port): the setting, and invitations under a digest of their token. */
import type { Registration } from "#protocol/joining.ts";
import type { AdminAccess } from "#server/core/access/admin-access.ts";
import type { Digest } from "./accounts.ts";

/** What is checked, and an invitation counted, in the step that makes an account. */
export interface Admission {
  readonly invitation: Digest | undefined;
  /** What holds while nobody has set anything. */
  readonly otherwise: Registration;
}

export interface StoredInvitation {
  readonly digest: Digest;
  readonly uses: number;
  /** In seconds since 1970, as is `made`. */
  readonly expires: number;
  readonly made: number;
  readonly by: number;
}

export interface InvitationDraft {
  readonly uses: number;
  readonly lifetimeS: number;
}

export interface JoiningStore {
  /** `undefined` while nobody has set it. */
  registration(): Promise<Registration | undefined>;
  setRegistration(by: AdminAccess, registration: Registration): Promise<void>;
  /** Whether there is an account. */
  hasOwner(): Promise<boolean>;
  /** `undefined` if there are `LIMITS.invitationsMax` already. */
  invite(
    by: AdminAccess,
    invitation: Digest,
    draft: InvitationDraft,
  ): Promise<StoredInvitation | undefined>;
  /** Those that can still be used, in no order. */
  invitations(by: AdminAccess): Promise<readonly StoredInvitation[]>;
  isGood(invitation: Digest): Promise<boolean>;
  revoke(by: AdminAccess, invitation: Digest): Promise<void>;
}
