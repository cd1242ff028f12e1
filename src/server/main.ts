/** Starts a server, piece by piece, and ends it in reverse order. */
import { randomBytes } from "node:crypto";
import { openCore } from "#server/assembly/core.ts";
import { openEdges } from "#server/assembly/edges.ts";
import type { Stage } from "#server/assembly/stage.ts";
import { openPage } from "#server/assembly/tutorial.ts";
import { openStrangers } from "#server/assembly/strangers.ts";
import type { Config } from "#server/config.ts";
import { readConfig } from "#server/config.ts";
import { openDataFolder } from "#server/data-folder.ts";
import { StaticFiles } from "#server/http/static-files.ts";
import { catchTheRest } from "#server/last-resort.ts";
import type { Log } from "#server/log.ts";
import { createLog } from "#server/log.ts";
import { connect, withoutPassword } from "#server/redis/connect.ts";
import { DEMO_NAMES, DEMO_PASSWORD, writeDemo } from "#server/redis/demo.ts";
import { readDurability } from "#server/redis/health/durability.ts";
import type { RedisBinary } from "#server/redis/embedded.ts";
import { startEmbeddedRedis } from "#server/redis/embedded.ts";
import { mustBeFit } from "#server/redis/health/inspection.ts";
import { STRANGER_USER } from "#server/redis/strangers/forgetful.ts";
import { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";

export interface StartOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes lines for people. */
  readonly say: (line: string) => void;
  /** Finds, or installs, a Redis; asked only where no `REDIS_URL` is given. */
  readonly findRedis: () => Promise<RedisBinary>;
  /** Builds the page if it is stale; resolves to its folder. */
  readonly page: () => Promise<string>;
  /** Gives up a start that is still under way. */
  readonly signal: AbortSignal;
  /** An error that nobody caught was logged: the server must be closed, and its process ended. */
  readonly onFailure: () => void;
}

export interface Klatch {
  readonly url: string;
  /** Tells everyone, finishes what is under way, and ends all that was started. */
  close(): Promise<void>;
}

/**
 * Starts a server; resolves when it takes requests. Throws a `StartError` for what people can mend.
 */
export async function startKlatch(options: StartOptions): Promise<Klatch> {
  const config = readConfig(options.args, options.env);
  const serverId = randomBytes(8).toString("hex");
  const log = createLog(config.logLevel, serverId);
  await using stack = new AsyncDisposableStack();
  stack.defer(catchTheRest(log, options.onFailure));
  const redis = externalRedis(config) ?? (await ownRedis(config, options, log, stack));
  const url = await serve({ config, ...redis, serverId, log, stack, say: options.say }, options);
  options.signal.throwIfAborted();
  log.info({ url }, "ready");
  const running = stack.move();
  return {
    url,
    close: async () => {
      log.info("closing");
      await running.disposeAsync();
      log.info("closed");
    },
  };
}

/** Klatch's own two Redis processes, in the data folder that only this Klatch may use. */
async function ownRedis(
  config: Config,
  { say, findRedis, signal }: StartOptions,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<RedisUrls> {
  const folder = await openDataFolder(config.dataDir);
  stack.defer(() => {
    folder.release();
  });
  const redis = await startEmbeddedRedis({
    binary: await findRedis(),
    dataDir: folder.path,
    say,
    onEvent: (event) => {
      log.warn(event, "own Redis process");
    },
    signal,
  });
  stack.defer(() => redis.close());
  say(`Redis ${redis.version} is running; everything is kept in ${folder.path}`);
  return {
    redisUrl: `unix:${redis.durable}`,
    strangerUrl: config.strangerRedisUrl ?? `unix:${redis.forgetful}?user=${STRANGER_USER}`,
  };
}

type RedisUrls = Pick<Stage, "redisUrl" | "strangerUrl">;

function externalRedis({ redisUrl, strangerRedisUrl }: Config): RedisUrls | undefined {
  return redisUrl === undefined ? undefined : { redisUrl, strangerUrl: strangerRedisUrl };
}

async function serve(stage: Stage, { say, page }: StartOptions): Promise<string> {
  const { config, redisUrl, serverId, log, stack } = stage;
  const redis = await connect(redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    redis.destroy();
  });
  const redisName = await mustBeFit(redis);
  if (config.redisUrl !== undefined) say(`${redisName} answers at ${withoutPassword(redisUrl)}`);
  const { flush, promise } = await readDurability(redis);
  log.info({ flush, promise }, "durability");
  const hasher = new BcryptHasher();
  if (config.demo) announceDemo(await writeDemo(redisUrl, (text) => hasher.hash(text)), say);
  const files = new StaticFiles(await page());
  const folder = config.tutorialPage;
  const frontPage = folder === undefined ? undefined : openPage(folder);
  const core = await openCore(stage, redis, hasher);
  const side = await openStrangers(stage, redis);
  const port = await openEdges(
    stage,
    { ...core, ...side },
    { files, frontPage, durability: { flush, promise } },
  );
  // With a public address, nothing else tells where a proxy has to look.
  log.info({ address: addressOf({ ...config, publicOrigins: [] }, port) }, "listening");
  return addressOf(config, port);
}

function announceDemo(outcome: Awaited<ReturnType<typeof writeDemo>>, say: (line: string) => void) {
  if (outcome === "refused") {
    say("DEMO: this Redis holds other people, so the demo's are not written; nothing was changed.");
    return;
  }
  say(
    `DEMO: ${DEMO_NAMES.join(", ")} can sign in with the password "${DEMO_PASSWORD}", which everybody knows. ` +
      "Never let strangers reach this server.",
  );
}

function addressOf({ host, publicOrigins }: Config, port: number): string {
  const [first] = publicOrigins;
  if (first !== undefined) return first;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
