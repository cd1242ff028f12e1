/** The real world: the machine's clock and chance, its timers, its network. */
import type { Environment } from "#sdk/environment.ts";
import { globals } from "./globals.ts";
import { connectSocket } from "./socket-connection.ts";

/**
 * How often the clock is looked at, and how much it may be late before the machine must have slept.
 */
const LOOK_MS = 5_000;
const SLEPT_MS = 5_000;

export const realEnvironment: Environment = {
  now: () => Date.now(),
  random: () => {
    // 53 bits that nobody can predict; `crypto.randomUUID` is missing on pages without https, this
    // is not.
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    return ((high >>> 6) * 2 ** 27 + (low >>> 5)) / 2 ** 53;
  },
  setTimer: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  connect: connectSocket,
  onWake,
};

/**
 * The network is back, the page is looked at again, it returned from the back-forward cache, the
 * machine woke up.
 */
function onWake(listener: () => void): () => void {
  const { document, addEventListener, removeEventListener } = globals;
  const onVisible = () => {
    if (document?.visibilityState === "visible") listener();
  };
  document?.addEventListener("visibilitychange", onVisible);
  addEventListener?.("online", listener);
  addEventListener?.("pageshow", listener);
  const stopLooking = onSlept(listener);
  return () => {
    document?.removeEventListener("visibilitychange", onVisible);
    removeEventListener?.("online", listener);
    removeEventListener?.("pageshow", listener);
    stopLooking();
  };
}

/** Timers stand still while a machine sleeps; its clock does not. */
function onSlept(listener: () => void): () => void {
  let lookedAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const late = now - lookedAt - LOOK_MS;
    lookedAt = now;
    if (late > SLEPT_MS) listener();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
