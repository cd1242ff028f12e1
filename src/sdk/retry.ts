/** How long to wait before trying again. Pure: chance comes as an argument. */

/** The widest wait after the first failure, and after many, in milliseconds. */
export const RETRY_BASE_MS = 500;
export const RETRY_CAP_MS = 20_000;

/**
 * Full jitter: anywhere between nothing and a bound that doubles with each failed try, 0.5 s to 20
 * s. Thousands of clients that lost their server in the same moment come back spread out instead of
 * in one wave.
 *
 * @param tries failed attempts so far
 * @param random from 0 up to 1
 * @param retryAfter seconds the server asked for; the wait is then that, spread over one second
 * more
 */
export function retryDelayMs(tries: number, random: number, retryAfter?: number): number {
  if (retryAfter !== undefined) return Math.ceil((retryAfter + random) * 1_000);
  return Math.floor(random * Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** tries));
}
