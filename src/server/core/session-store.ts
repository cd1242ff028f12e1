/**
 * Sessions as they are kept (port): under a digest of their token, so that a copy of Redis signs
 * nobody in.
 */
import type { Person } from "#protocol/person.ts";

/** SHA-256 of a token, hex. */
export type SessionId = string;

export interface SessionStore {
  create(id: SessionId, user: number): Promise<void>;
  /**
   * Whose session it is, and renews it; `undefined` if it ended or expired. Never brings one back.
   */
  touch(id: SessionId): Promise<Person | undefined>;
  /** Ends it and tells every server; `false` if there was none. */
  end(id: SessionId, user: number): Promise<boolean>;
  /** Which of these still are, in the order asked; renews nothing. */
  alive(ids: readonly SessionId[]): Promise<readonly boolean[]>;
}

/** A session ends after this long without use … */
export const SESSION_IDLE_S = 30 * 24 * 3600;
/** … and after this long however much it is used. */
export const SESSION_MAX_S = 90 * 24 * 3600;
