/** A real Redis that forgets, set up as strangers need it, with the user they are let in as. */
import { STRANGER_RULES, STRANGER_USER } from "#server/redis/strangers/forgetful.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";

const SETTINGS = [
  ["--appendonly", "no"],
  ["--save", ""],
  ["--crash-log-enabled", "no"],
  ["--slowlog-log-slower-than", "-1"],
  ["--user", STRANGER_USER, "on", "nopass", ...STRANGER_RULES.split(" ")],
] as const;

export interface ForgetfulRedis extends RedisProcess {
  /** What Klatch takes as STRANGER_REDIS_URL. */
  readonly strangerUrl: string;
}

/** `more` wins over what makes it forget. */
export async function startForgetfulRedis(more: readonly string[] = []): Promise<ForgetfulRedis> {
  const redis = await startRedis({ args: [...SETTINGS.flat(), ...more] });
  return Object.assign(redis, { strangerUrl: `${redis.url}?user=${STRANGER_USER}` });
}
