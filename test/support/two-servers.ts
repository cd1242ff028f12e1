/** Two servers on one Redis: the smallest world in which sharing can go wrong. */
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

export interface TwoServers extends AsyncDisposable {
  readonly redis: RedisProcess;
  readonly one: ServerProcess;
  readonly two: ServerProcess;
}

/**
 * Both take every request for one from 127.0.0.1, which may name another address in
 * `X-Forwarded-For`.
 */
export async function twoServers(args: readonly string[] = []): Promise<TwoServers> {
  const redis = await startRedis();
  const all = ["--redis-url", redis.url, "--trusted-proxies", "127.0.0.1", ...args];
  const [one, two] = await Promise.all([startServer({ args: all }), startServer({ args: all })]);
  return {
    redis,
    one,
    two,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([one.stop(), two.stop()]);
      await redis.stop();
    },
  };
}
