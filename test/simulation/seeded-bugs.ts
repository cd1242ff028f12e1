/** Mistakes planted on purpose: a simulation that does not find them proves nothing. */

/** Mistakes of the model of Redis. */
export const MODEL_BUGS = [
  /** A message sent again is stored again. */
  "no-retry-record",
  /** The event is out before the message is stored. */
  "published-first",
  /** The answer is out before the message is stored. */
  "answered-first",
  /** Ids are the time, and nothing else. */
  "ids-from-the-clock",
  /** Ids count on from the last one in the log, so that what was lost and what comes after share them. */
  "ids-used-twice",
] as const;

export type SeededBug = (typeof MODEL_BUGS)[number];
