/** Builds everything, listens, and drains: the one place that knows all parts. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { Accounts } from "./core/accounts.ts";
import { BEACON_SILENT_MS, Beacon } from "./core/beacon.ts";
import { Chat } from "./core/chat.ts";
import type { ChatError } from "./core/chat-error.ts";
import { listenToBus } from "./core/events-in.ts";
import { Hub } from "./core/hub.ts";
import { SessionWatch } from "./core/session-watch.ts";
import { openDataFolder } from "./data-folder.ts";
import { createApp, refuseUnreadable } from "./http/app.ts";
import { readCookie } from "./http/cookie.ts";
import { Guard } from "./http/guard.ts";
import { securityHeaders } from "./http/headers.ts";
import { listen } from "./http/listener.ts";
import { isLoopbackName, isOwnOrigin } from "./http/origin.ts";
import { problemText } from "./http/problem.ts";
import { StaticFiles } from "./http/static-files.ts";
import type { Log } from "./log.ts";
import { createLog } from "./log.ts";
import { EventStreams } from "./realtime/event-streams.ts";
import { SlowReaders } from "./realtime/slow-readers.ts";
import { SocketEdge } from "./realtime/socket-edge.ts";
import type { Redis } from "./redis/connect.ts";
import { connect, withoutPassword } from "./redis/connect.ts";
import { DEMO_NAMES, DEMO_PASSWORD, writeDemo } from "./redis/demo.ts";
import type { RedisBinary } from "./redis/embedded.ts";
import { startEmbeddedRedis } from "./redis/embedded.ts";
import { mustBeFit } from "./redis/inspection.ts";
import { probe } from "./redis/probe.ts";
import { RedisAccountStore } from "./redis/redis-account-store.ts";
import { RedisBus } from "./redis/redis-bus.ts";
import { RedisMessageLog } from "./redis/redis-message-log.ts";
import { RedisSessionStore } from "./redis/redis-session-store.ts";
import { RedisThrottle } from "./redis/redis-throttle.ts";
import { BcryptHasher } from "./secrets/bcrypt-hasher.ts";
import { randomTokens } from "./secrets/random-tokens.ts";
import { systemClock } from "./system-clock.ts";

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
}

export interface Klatch {
  readonly url: string;
  /** Tells everyone, finishes what is under way, and ends all that was started. */
  close(): Promise<void>;
}

/** Starts a server; resolves when it takes requests. Throws a `StartError` for what people can mend. */
export async function startKlatch(options: StartOptions): Promise<Klatch> {
  const config = readConfig(options.args, options.env);
  const serverId = randomBytes(8).toString("hex");
  const log = createLog(config.logLevel, serverId);
  await using stack = new AsyncDisposableStack();
  const redisUrl = config.redisUrl ?? (await ownRedis(config, options, log, stack));
  const url = await serve({ config, redisUrl, serverId, log, stack }, options);
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

/** What has been made so far; `stack` ends it in reverse order. */
interface Stage {
  readonly config: Config;
  readonly redisUrl: string;
  readonly serverId: string;
  readonly log: Log;
  readonly stack: AsyncDisposableStack;
}

/** Klatch's own two Redis processes, in the data folder that only this Klatch may use. */
async function ownRedis(
  config: Config,
  { say, findRedis, signal }: StartOptions,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<string> {
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
  return `unix:${redis.durable}`;
}

/** Everything between Redis and the edges. */
interface Core {
  readonly accounts: Accounts;
  readonly chat: Chat;
  readonly hub: Hub;
  readonly watch: SessionWatch;
  /** What keeps this server from its work just now. */
  readonly readiness: () => Promise<readonly string[]>;
}

async function openCore(stage: Stage, redis: Redis, hasher: BcryptHasher): Promise<Core> {
  const { redisUrl, serverId, log, stack } = stage;
  const clock = systemClock;
  const bus = new RedisBus(redis, redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    bus.close();
  });
  const messages = new RedisMessageLog(redis);
  const people = new RedisAccountStore(redis);
  const sessions = new RedisSessionStore(redis);
  const throttle = new RedisThrottle(redis);
  const accounts = new Accounts({
    accounts: people,
    sessions,
    throttle,
    hasher,
    tokens: randomTokens,
  });
  const onFork = (room: string) => {
    log.error({ room }, "Redis lost messages that were shown");
  };
  const hub = new Hub({ bus, log: messages, clock, onFork });
  const watch = new SessionWatch({ bus, sessions, clock });
  const beacon = await startBeacon(stage, bus, { hub, watch });
  watch.start();
  stack.defer(() => {
    watch.stop();
  });
  const readiness = async () => {
    const faults = await probe(redis, serverId);
    const isDeaf = beacon.silentMs > BEACON_SILENT_MS;
    return isDeaf ? [...faults, "This server does not hear the others."] : faults;
  };
  const chat = new Chat({ log: messages, accounts: people, clock });
  return { accounts, chat, hub, watch, readiness };
}

/** Starts listening to the bus, and to ourselves over it. */
async function startBeacon(
  { serverId, log, stack }: Stage,
  bus: RedisBus,
  listeners: { readonly hub: Hub; readonly watch: SessionWatch },
): Promise<Beacon> {
  const onDeaf = () => {
    log.warn("the pub/sub link went deaf and is replaced");
    bus.replace();
  };
  const beacon = new Beacon({ serverId, bus, clock: systemClock, onDeaf });
  const onBeacon = () => {
    beacon.heard();
  };
  const onJunk = (topic: string) => {
    log.warn({ topic }, "junk on a channel");
  };
  await bus.start(listenToBus({ ...listeners, onBeacon, onJunk }));
  await beacon.start();
  stack.defer(() => {
    beacon.stop();
  });
  return beacon;
}

async function serve(stage: Stage, { say, page }: StartOptions): Promise<string> {
  const { config, redisUrl, serverId, log, stack } = stage;
  const redis = await connect(redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    redis.destroy();
  });
  const redisName = await mustBeFit(redis);
  if (config.redisUrl !== undefined) say(`${redisName} answers at ${withoutPassword(redisUrl)}`);
  const hasher = new BcryptHasher();
  if (config.demo) announceDemo(await writeDemo(redisUrl, (text) => hasher.hash(text)), say);
  const files = new StaticFiles(await page());
  const core = await openCore(stage, redis, hasher);
  const whence = {
    publicOrigins: config.publicOrigins,
    trustedProxies: config.trustedProxies,
    isLoopback: isLoopbackName(config.host),
  };
  const guard = new Guard(core.accounts, whence);
  const headers = securityHeaders(guard.isHttps);
  const inFull = (refusal: ChatError) => problemText(refusal, headers);
  const gate = {
    inFull,
    isOwnOrigin: (origin: string, host: string | undefined) => isOwnOrigin(origin, host, whence),
    cookieToken: (header: string | undefined) => readCookie(header, guard.isHttps),
  };
  const onError = (error: unknown, where: string) => {
    log.error({ error, where }, "unexpected error");
  };
  const slow = new SlowReaders(systemClock);
  slow.start();
  stack.defer(() => {
    slow.stop();
  });
  const sockets = new SocketEdge({ ...core, clock: systemClock, gate, slow, onError });
  const streams = new EventStreams({ ...core, clock: systemClock, slow });
  let isDraining = false;
  const readiness = async () => (isDraining ? ["This server is shutting down."] : core.readiness());
  const app = createApp({ ...core, guard, files, readiness, streams, onError });
  const handle = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => refuseUnreadable(headers),
  });
  const edge = {
    handle: (request: IncomingMessage, response: ServerResponse) => void handle(request, response),
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      sockets.upgrade(request, socket, head);
    },
    inFull,
  };
  const listener = await listen(edge, config);
  // With a public address, nothing else tells where a proxy has to look.
  const local = addressOf({ ...config, publicOrigins: [] }, listener.port);
  log.info({ address: local }, "listening");
  stack.defer(async () => {
    isDraining = true;
    streams.drain();
    await Promise.all([listener.close(), sockets.drain()]);
  });
  return addressOf(config, listener.port);
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
