/** Two servers on one Redis that keeps and one that forgets. */
import type { ForgetfulRedis } from "#test/support/forgetful-redis.ts";
import { startForgetfulRedis } from "#test/support/forgetful-redis.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

export interface StrangerServers extends AsyncDisposable {
  readonly redis: RedisProcess;
  readonly forgetful: ForgetfulRedis;
  readonly one: ServerProcess;
  readonly two: ServerProcess;
  /** Another one beside them; ends with them. */
  another(): Promise<ServerProcess>;
}

export async function strangerServers(): Promise<StrangerServers> {
  const [redis, forgetful] = await Promise.all([startRedis(), startForgetfulRedis()]);
  const urls = ["--redis-url", redis.url, "--stranger-redis-url", forgetful.strangerUrl];
  const args = [...urls, "--trusted-proxies", "127.0.0.1"];
  const servers: ServerProcess[] = [];
  const another = async () => {
    const server = await startServer({ args });
    servers.push(server);
    return server;
  };
  const [one, two] = await Promise.all([another(), another()]);
  return {
    redis,
    forgetful,
    one,
    two,
    another,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await Promise.all([redis.stop(), forgetful.stop()]);
    },
  };
}
