/** Blocking: in a chat of two nothing more is said; elsewhere one's own page hides the other. */
import type { Person } from "./person.ts";

/** Somebody whom one blocks. */
export interface Block extends Person {
  /** Seconds since 1970. */
  readonly since: number;
}

/**
 * `GET /api/blocks`: whom one blocks, the last one first. `PUT /api/blocks/:user` blocks somebody,
 * `DELETE` lifts it; both are answered 204.
 */
export interface BlocksResult {
  readonly blocks: readonly Block[];
}

/** One has blocked somebody, or does not any more, on this device or another one. */
export interface BlocksNotice {
  /** Id of the other. */
  readonly user: number;
  readonly blocked: boolean;
}
