/**
 * Sessions as they are kept (port): under a digest of their token, so that a copy of Redis signs
 * nobody in.
 */
import type { Scope } from "#protocol/bot.ts";
import type { Person, Role } from "#protocol/person.ts";

/** SHA-256 of a token, hex. */
export type SessionId = string;

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
   * compared. `false` if it is not.
   */
  create(id: SessionId, user: number, passwordHash?: string): Promise<boolean>;
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
    user: number,
    change: { readonly from: string; readonly to: string; readonly keep: SessionId },
  ): Promise<boolean>;
  /** Which of these still are, in the order asked; renews nothing. */
  alive(ids: readonly SessionId[]): Promise<readonly boolean[]>;
}

/** A session ends after this long without use … */
export const SESSION_IDLE_S = 30 * 24 * 3600;
/** … and after this long however much it is used. */
export const SESSION_MAX_S = 90 * 24 * 3600;
