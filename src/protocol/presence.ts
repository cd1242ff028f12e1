/** Presence: who is connected, on whichever server and device. */

/** The answer to `online` and to `GET /api/online`. */
export interface OnlineResult {
  /** Ids of people, ascending. */
  readonly online: readonly number[];
}

/** Who came and who went since the last time this was told; gathered for half a second. */
export interface PresenceChange {
  readonly online: readonly number[];
  readonly offline: readonly number[];
}
