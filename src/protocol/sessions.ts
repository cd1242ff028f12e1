/** Sessions as their owner sees them: where one is signed in. */

/** One place where a person is signed in. */
export interface SessionEntry {
  /** A name for it in this list; it signs nobody in. */
  readonly id: string;
  /** What was signed in with, like "Firefox on Windows"; as the program says, so not to be trusted. */
  readonly device: string;
  /** When it was signed in, in seconds since 1970. */
  readonly since: number;
  /** When it was last used, to about a minute, in seconds since 1970. */
  readonly used: number;
  /** Whether it is the one that asks. */
  readonly isThis: boolean;
}

/**
 * `GET /api/sessions`: last used first. `DELETE /api/sessions/:id` ends one, `DELETE /api/sessions`
 * all but the one that asks; both are answered 204.
 */
export interface SessionsResult {
  readonly sessions: readonly SessionEntry[];
}
