/** Two Klatch servers with the bridge and one of another kind, on one Redis. */
import { startRedis } from "#test/support/redis-process.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { request } from "#test/support/member.ts";
import { Foreign } from "./foreign.ts";

export interface BridgeWorld extends AsyncDisposable {
  readonly redis: RedisProcess;
  readonly one: ServerProcess;
  readonly two: ServerProcess;
  readonly foreign: Foreign;
}

export async function openBridgeWorld(): Promise<BridgeWorld> {
  const redis = await startRedis();
  const args = ["--tutorial", "--redis-url", redis.url, "--trusted-proxies", "127.0.0.1"];
  const [one, two] = await Promise.all([startServer({ args }), startServer({ args })]);
  const foreign = await Foreign.start(redis.socket);
  return {
    redis,
    one,
    two,
    foreign,
    [Symbol.asyncDispose]: async () => {
      await foreign.kill();
      await Promise.all([one.stop(), two.stop()]);
      await redis.stop();
    },
  };
}

/** What a server says of its bridge at `/readyz`. */
export async function bridgeCounts(url: string): Promise<Readonly<Record<string, number>>> {
  const answer = await request(url, "GET", "/readyz");
  return answer.json<{ bridge: Record<string, number> }>().bridge;
}
