/** The real world: the machine's clock and chance, its timers, its network. */
import type { Environment } from "#sdk/environment.ts";
import { globals } from "./globals.ts";
import { connectSocket } from "./socket-connection.ts";

/** How often the clock is looked at; when it is this much late, the machine must have slept. */
const LOOK_MS = 5_000;

export const realEnvironment: Environment = {
  now: () => Date.now(),
  random: () => {
    // Nobody can predict it; `crypto.randomUUID` is missing on pages without https, this is not.
    const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
    return bits / 2 ** 32;
  },
  setTimer: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  connect: connectSocket,
  onWake,
};

/** Says at once what would otherwise look like a server that cannot be reached. */
export function checkUrl(url: string): void {
  if ((url || globals.location?.origin)?.startsWith("http")) return;
  throw new TypeError('Klatch needs its server: { url: "https://…" }.');
}

/**
 * The network is back, the page is looked at again, it returned from the back-forward cache, the
 * machine woke up.
 */
function onWake(listener: () => void): () => void {
  const { document, addEventListener } = globals;
  const abort = new AbortController();
  const { signal } = abort;
  const onVisible = () => {
    if (document?.visibilityState === "visible") listener();
  };
  document?.addEventListener("visibilitychange", onVisible, { signal });
  for (const type of ["online", "pageshow"]) addEventListener?.(type, listener, { signal });
  const timer = onSlept(listener);
  return () => {
    abort.abort();
    clearInterval(timer);
  };
}

/** Timers stand still while a machine sleeps; its clock does not. */
function onSlept(listener: () => void) {
  let lookedAt = Date.now();
  return setInterval(() => {
    const now = Date.now();
    const isLate = now - lookedAt > 2 * LOOK_MS;
    lookedAt = now;
    if (isLate) listener();
  }, LOOK_MS);
}
