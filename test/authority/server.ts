/** A whole server in this process, over a Redis of its own, that does not slow anybody down. */
import { randomBytes } from "node:crypto";
import { LIMITS } from "#protocol/limits.ts";
import { openCore } from "#server/assembly/core.ts";
import { openEdges } from "#server/assembly/edges.ts";
import { openStrangers } from "#server/assembly/strangers.ts";
import { readConfig } from "#server/config.ts";
import { StaticFiles } from "#server/http/static-files.ts";
import { createLog } from "#server/log.ts";
import type { Redis } from "#server/redis/connect.ts";
import { connect } from "#server/redis/connect.ts";
import { readDurability } from "#server/redis/health/durability.ts";
import { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { pageFolder } from "#test/security/world.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { COMPARABLE } from "./keeper.ts";

export interface Running extends AsyncDisposable {
  readonly url: string;
  readonly redis: RedisProcess;
  /** A link of our own to look into Redis with. */
  readonly store: Redis;
}

/** Dispose of it, or it goes on. */
export async function openServer(): Promise<Running> {
  // One person does here in a second what others do in a day.
  for (const name of ["sendBurst", "sendPerSecond", "commandBurst", "commandPerSecond"]) {
    Reflect.set(LIMITS, name, 1_000_000);
  }
  await using stack = new AsyncDisposableStack();
  const args = ["--appendfsync", "no", ...COMPARABLE];
  const redis = stack.use(await startRedis({ args }));
  const open = async (name: string) => {
    const link = await connect(redis.url, name);
    stack.defer(() => {
      link.destroy();
    });
    return link;
  };
  const [link, store] = [await open("server"), await open("test")];
  const config = readConfig(["--port", "0", "--registration", "invitation"], {});
  const serverId = randomBytes(8).toString("hex");
  const log = createLog("error", serverId);
  const rest = { strangerUrl: undefined, say: () => undefined };
  const stage = { config, redisUrl: redis.url, serverId, log, stack, ...rest };
  const core = await openCore(stage, link, new BcryptHasher());
  const { flush, promise } = await readDurability(link);
  const files = new StaticFiles(pageFolder());
  const side = await openStrangers(stage, link);
  const port = await openEdges(
    stage,
    { ...core, ...side },
    { files, durability: { flush, promise } },
  );
  const all = stack.move();
  const dispose = () => all.disposeAsync();
  return { url: `http://127.0.0.1:${port}`, redis, store, [Symbol.asyncDispose]: dispose };
}
