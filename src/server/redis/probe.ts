/** The readiness probe of Redis: it takes a write in time, and its settings still are what the promise needs. */
import type { Redis } from "./connect.ts";
import { answered } from "./connect.ts";
import { inspect } from "./inspection.ts";
import { keys } from "./keys.ts";

/** A Redis that takes longer for one small write cannot carry a chat. */
const WRITE_MS = 500;
const PROBE_KEPT_S = 60;

/** What is wrong just now, in words; empty if nothing is. */
export async function probe(redis: Redis, serverId: string): Promise<readonly string[]> {
  try {
    const write = redis.set(keys.probe(serverId), String(Date.now()), {
      expiration: { type: "EX", value: PROBE_KEPT_S },
    });
    await answered(write, WRITE_MS);
  } catch {
    return [`Redis did not take a write within ${WRITE_MS} ms.`];
  }
  try {
    return (await inspect(redis)).faults;
  } catch {
    return ["Redis does not say how it is set up."];
  }
}
