/** Looks a Redis over: what it is, and whether its settings allow what Klatch promises. */
import { StartError } from "#server/start-error.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";

export interface Inspection {
  /** `Redis 7.0.15` or `Valkey 8.0.1`. */
  readonly name: string;
  /** What makes it unfit, in words with the cure; empty if it is fit. */
  readonly faults: readonly string[];
}

/** Reads `INFO`, which also a user without the right to `CONFIG` may. */
export async function inspect(redis: Redis): Promise<Inspection> {
  const info = readInfo(await answered(redis.info()));
  const version = info.get("valkey_version") ?? info.get("redis_version") ?? "0";
  const name = `${info.has("valkey_version") ? "Valkey" : "Redis"} ${version}`;
  const faults: string[] = [];
  if (Number.parseInt(info.get("redis_version") ?? "0", 10) < 7) {
    faults.push(`${name} is too old: Klatch needs Redis 7.0 or Valkey 7.2, or newer.`);
  }
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction") {
    faults.push(
      `Redis may throw keys away when its memory is full (maxmemory-policy ${policy}), accounts and messages ` +
        "among them. Set maxmemory-policy to noeviction.",
    );
  }
  if (info.get("role") === "slave") {
    faults.push("Redis is a read-only replica. Point REDIS_URL to its primary.");
  }
  if (info.get("cluster_enabled") === "1") {
    faults.push(
      "Redis runs in cluster mode, which Klatch cannot use yet. Point REDIS_URL to one that does not.",
    );
  }
  return { name, faults };
}

/** As `inspect`, and refuses to start with an unfit one. */
export async function mustBeFit(redis: Redis): Promise<string> {
  const { name, faults } = await inspect(redis);
  if (faults.length > 0) throw new StartError(...faults);
  return name;
}

/** The name of this run of this Redis. */
export async function runId(redis: Redis): Promise<string> {
  return readInfo(await answered(redis.info())).get("run_id") ?? "";
}

/** The lines of `INFO`. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split("\r\n")
    .filter((line) => line.includes(":"))
    .map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    });
  return new Map(pairs);
}
