/** How long a session lives. */

/** A session ends after this long without use … */
export const SESSION_IDLE_S = 30 * 24 * 3600;
/** … and after this long however much it is used. */
export const SESSION_MAX_S = 90 * 24 * 3600;
