/** Waiting for something to become true, instead of sleeping and hoping. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Resolves as soon as `condition` holds, looking every `everyMs` (10). Throws after `timeoutMs`
 * (5,000), naming `what` was waited for.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what = "a condition", timeoutMs = 5_000, everyMs = 10 } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}.`);
    await sleep(everyMs);
  }
}
