/**
 * The readiness probe of Redis: it takes a write in time, and its settings still are what the
 * promise needs.
 */
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { readDurability } from "./durability.ts";
import { inspect } from "./inspection.ts";
import { keys } from "#server/redis/keys.ts";

/** A Redis that takes longer for one small write cannot carry a chat. */
const WRITE_MS = 500;
const PROBE_KEPT_S = 60;

/** What a Redis must do with what it acknowledges. */
export type Demand = "disk" | "none";

/** What is wrong just now, in words; empty if nothing is. */
export async function probe(
  redis: Redis,
  serverId: string,
  demand: Demand,
): Promise<readonly string[]> {
  try {
    const write = redis.set(keys.probe(serverId), String(Date.now()), {
      expiration: { type: "EX", value: PROBE_KEPT_S },
    });
    await answered(write, WRITE_MS);
  } catch {
    return [`Redis did not take a write within ${WRITE_MS} ms.`];
  }
  try {
    return await settingFaults(redis, demand);
  } catch {
    return ["Redis does not say how it is set up."];
  }
}

/** What in its settings contradicts what is demanded of it. */
export async function settingFaults(redis: Redis, demand: Demand): Promise<readonly string[]> {
  const { faults } = await inspect(redis);
  if (demand === "none") return faults;
  const { flush } = await readDurability(redis);
  if (flush !== "never" && flush !== "snapshots") return faults;
  return [
    ...faults,
    "Redis keeps no log on disk, so whatever ends it loses messages that showed as sent. Set appendonly to yes, " +
      "or start Klatch with --durability none.",
  ];
}
