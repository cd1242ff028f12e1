/** Presence: who is connected, on whichever server and device, and who has looked away. */

/** The answer to `online` and to `GET /api/online`. */
export interface OnlineResult {
  /** Ids of people, ascending. */
  readonly online: readonly number[];
  /** Of these, those of whom no device was touched for a while. */
  readonly away: readonly number[];
}

/** Who came and who went since the last time this was told; gathered for half a second. */
export interface PresenceChange {
  readonly online: readonly number[];
  readonly offline: readonly number[];
}

/** Who has looked away on all their devices, and who is back; gathered like `PresenceChange`. */
export interface AwayChange {
  readonly away: readonly number[];
  readonly back: readonly number[];
}

/** `GET /api/people/:user/presence`. */
export interface PresenceOf {
  readonly state: "online" | "away" | "offline";
  /** When somebody who is offline was last here, in seconds since 1970, if it is known. */
  readonly seen?: number;
}
