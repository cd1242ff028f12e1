/** Joining: who may make an account, invitations, and links that sign one in. */

/** Who may make an account: everybody, or who was invited. The very first account needs no invitation. */
export type Registration = "open" | "invitation";

/** `GET /api/welcome`, for who is not signed in yet. */
export interface Welcome {
  readonly registration: Registration;
  /** There is no account yet: whoever registers now is the owner. */
  readonly needsOwner: boolean;
}

/** `GET /api/admin/settings`, and the answer to `PATCH`. */
export interface Settings {
  readonly registration: Registration;
}

/** `PATCH /api/admin/settings`, by an admin. What is absent stays as it is. */
export type SettingsChange = Partial<Settings>;

/** `POST /api/admin/invitations`, by an admin; answered 201 with a `MadeInvitation`. */
export interface NewInvitation {
  /** Accounts that can be made with it, 1 (the default) to 1,000. */
  readonly uses?: number;
  /** Seconds it can be used for: a minute to a year; default: a week. */
  readonly lifetime?: number;
}

export interface Invitation {
  /** A name for it in this list; it lets nobody in. */
  readonly id: string;
  /** Accounts that can still be made with it. */
  readonly uses: number;
  /** In seconds since 1970, as is `made`. */
  readonly expires: number;
  readonly made: number;
  /** Id of the admin who made it. */
  readonly by: number;
}

export interface MadeInvitation extends Invitation {
  /** Told this once. The address to hand on is `/#join=TOKEN`: what follows the `#` reaches no log. */
  readonly token: string;
}

/** `GET /api/admin/invitations`: those that can still be used, the newest first. */
export interface InvitationsResult {
  readonly invitations: readonly Invitation[];
}

/**
 * `POST /api/sign-in-links` for oneself, and by an admin `POST /api/admin/people/:user/sign-in-links`;
 * answered 201. It signs one device in, once.
 */
export interface SignInLink {
  /** Told this once. The address to open is `/#sign-in=TOKEN`. */
  readonly token: string;
  /** In seconds since 1970. */
  readonly expires: number;
}

/** `POST /api/session` in place of name and password. */
export interface LinkCredentials {
  readonly link: string;
}
