/**
 * Durability: what the settings of this Redis can really promise, read from itself and said in
 * plain sentences.
 */
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { readInfo } from "./inspection.ts";

/** When what was acknowledged is on disk. `unknown`: the settings cannot be read. */
export type Flush = "always" | "everysec" | "no" | "snapshots" | "never" | "unknown";

export interface Durability {
  readonly flush: Flush;
  /** Replicas that follow this Redis just now. */
  readonly replicas: number;
  /** What a message that shows as sent survives, and what not, for the operator. */
  readonly promise: readonly string[];
}

const FLUSH_PROMISES: Readonly<Record<Flush, string>> = {
  always:
    "A message shows as sent only after Redis has flushed it to disk; killing Klatch or Redis, or cutting the " +
    "power of a machine whose disk honours flushes, does not lose it.",
  everysec:
    "A power cut, or a disk that stalls, can lose messages that already showed as sent: normally about the last " +
    "second, and 2.9 seconds have been measured. For more, set appendfsync to always.",
  no:
    "Redis leaves flushing to the system: a power cut can lose everything since the system last did, often " +
    "half a minute. For more, set appendfsync to always.",
  snapshots:
    "Redis only takes snapshots: whatever ends it can lose everything since the last one. For more, set " +
    "appendonly to yes and appendfsync to always.",
  never: "Redis writes nothing to disk: whatever ends it loses everything.",
  unknown:
    "Redis does not tell its settings to this user, so nothing is promised beyond what its operator knows.",
};

const REPLICAS_PROMISE =
  "Its replicas follow a moment later: a failover can lose the last messages that showed as sent. Clients notice, " +
  "and send their own again.";

/** Reads `CONFIG GET` where that is allowed, and `INFO`, which always is. */
export async function readDurability(redis: Redis): Promise<Durability> {
  const info = readInfo(await answered(redis.info()));
  const flush = await readFlush(redis, info.get("aof_enabled") === "1");
  const replicas = Number(info.get("connected_slaves") ?? 0);
  const promise = [FLUSH_PROMISES[flush], ...(replicas > 0 ? [REPLICAS_PROMISE] : [])];
  return { flush, replicas, promise };
}

async function readFlush(redis: Redis, isAppendOnly: boolean): Promise<Flush> {
  try {
    const { appendfsync, save } = await answered(redis.configGet(["appendfsync", "save"]));
    if (!isAppendOnly) return save === "" ? "never" : "snapshots";
    if (appendfsync === "always" || appendfsync === "everysec" || appendfsync === "no") {
      return appendfsync;
    }
    return "unknown";
  } catch {
    return "unknown";
  }
}
