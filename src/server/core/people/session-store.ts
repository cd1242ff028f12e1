/**
 * Sessions as they are kept (port): under a digest of their token, so that a copy of Redis signs
 * nobody in.
 */
import type { Scope } from "#protocol/bot.ts";
import type { Person, Role } from "#protocol/person.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";

/** SHA-256 of a token, hex. */
export type SessionId = string;

/** How a session came to be. */
export interface SessionOrigin {
  /** The hash that the password was compared with. */
  readonly passwordHash?: string | undefined;
  /** Digest of a sign-in link, which is used up in the same step. */
  readonly link?: string;
  /** What was signed in with, in words. */
  readonly device?: string;
}

export interface StoredSession {
  readonly id: SessionId;
  readonly device: string;
  /** In seconds since 1970, as is `used`. */
  readonly since: number;
  readonly used: number;
}

/** What a person does with their own sessions. */
export interface OwnSessions {
  /** Those that have not ended, in no order. */
  list(by: OwnAccess): Promise<readonly StoredSession[]>;
  /** Ends all but one, telling every server. */
  endOthers(by: OwnAccess, keep: SessionId): Promise<void>;
}

/** Whose a session is, and what they are at this moment. */
export interface SessionOwner {
  readonly user: Person;
  readonly role: Role;
  /** What it may do, if it is a bot. */
  readonly scopes?: readonly Scope[];
}

export interface SessionStore {
  /**
   * With a hash of a password only if it still is the user's: it may have been changed since it was
   * compared; with a link only if it is good. `false` if it is not, or if the user is suspended. Of more
   * than `LIMITS.sessionsMax` the oldest end.
   */
  create(id: SessionId, user: number, origin?: SessionOrigin): Promise<boolean>;
  /**
   * Whose session it is, and renews it; `undefined` if it ended or expired. Never brings one back.
   */
  touch(id: SessionId): Promise<SessionOwner | undefined>;
  /** Ends it and tells every server; `false` if there was none. */
  end(id: SessionId, user: number): Promise<boolean>;
  /**
   * Sets another password in place of the one with the hash `from`, and ends all sessions but
   * `keep`, telling every server. `false` if the password is another by now; then nothing happens.
   */
  changePassword(
    by: OwnAccess,
    change: { readonly from: string; readonly to: string; readonly keep: SessionId },
  ): Promise<boolean>;
  /** Which of these still are, in the order asked; renews nothing. */
  alive(ids: readonly SessionId[]): Promise<readonly boolean[]>;
}
