/** Builds the core over its ports on Redis. */
import type { Stage } from "#server/assembly/stage.ts";
import { Accounts } from "#server/core/accounts.ts";
import { BEACON_SILENT_MS, Beacon } from "#server/core/beacon.ts";
import { PRESENCE } from "#server/core/bus.ts";
import { Chat } from "#server/core/chat.ts";
import { listenToBus } from "#server/core/events-in.ts";
import { Hub } from "#server/core/hub.ts";
import { Presence } from "#server/core/presence.ts";
import { SessionWatch } from "#server/core/session-watch.ts";
import type { Redis } from "#server/redis/connect.ts";
import { Instance } from "#server/redis/instance.ts";
import { probe } from "#server/redis/probe.ts";
import { RedisAccountStore } from "#server/redis/redis-account-store.ts";
import { RedisBus } from "#server/redis/redis-bus.ts";
import { RedisMessageLog } from "#server/redis/redis-message-log.ts";
import { RedisPresenceStore } from "#server/redis/redis-presence-store.ts";
import { RedisSessionStore } from "#server/redis/redis-session-store.ts";
import { RedisThrottle } from "#server/redis/redis-throttle.ts";
import type { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { systemClock } from "#server/system-clock.ts";

/** Everything between Redis and the edges. */
export interface Core {
  readonly accounts: Accounts;
  readonly chat: Chat;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly watch: SessionWatch;
  /** How often, since the start, Redis was found to have lost what had been shown. */
  readonly forks: () => number;
  /** What keeps this server from its work just now. */
  readonly readiness: () => Promise<readonly string[]>;
}

/** Builds what the chat is, over the ports on Redis, and starts listening to the other servers. */
export async function openCore(stage: Stage, redis: Redis, hasher: BcryptHasher): Promise<Core> {
  const { config, redisUrl, serverId, log, stack } = stage;
  const clock = systemClock;
  const bus = new RedisBus(redis, redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    bus.close();
  });
  const messages = new RedisMessageLog(redis);
  const instance = await Instance.open(redis, (isLost) => {
    if (isLost) log.error("Redis has lost everything it kept, or is another one than at the start");
    else log.info("Redis holds again what it held at the start");
  });
  const people = new RedisAccountStore(redis, instance);
  const sessions = new RedisSessionStore(redis);
  const throttle = new RedisThrottle(redis);
  const accounts = new Accounts({
    accounts: people,
    sessions,
    throttle,
    hasher,
    tokens: randomTokens,
  });
  let forks = 0;
  const onFork = (room: string) => {
    forks++;
    log.error({ room }, "Redis lost messages that were shown");
  };
  const hub = new Hub({ bus, log: messages, clock, random: Math.random, onFork });
  const presence = new Presence({ serverId, store: new RedisPresenceStore(redis), clock });
  const arrive = (user: number) => presence.arrive(user);
  const watch = new SessionWatch({ bus, sessions, clock, arrive });
  // The bus may be back before the commands are, and then nothing could be looked up.
  instance.follow(() => {
    void hub.checkAll();
    void watch.recheck();
    void presence.refresh();
  });
  const beacon = await startBeacon(stage, bus, { hub, watch, presence });
  hub.start();
  watch.start();
  await bus.subscribe(PRESENCE);
  await presence.start();
  stack.defer(async () => {
    hub.stop();
    watch.stop();
    await presence.stop();
  });
  const readiness = async () => {
    const wrong = await Promise.all([probe(redis, serverId, config.durability), instance.faults()]);
    const faults = wrong.flat();
    const isDeaf = beacon.silentMs > BEACON_SILENT_MS;
    return isDeaf ? [...faults, "This server does not hear the others."] : faults;
  };
  const chat = new Chat({ log: messages, accounts: people, clock });
  return { accounts, chat, hub, presence, watch, readiness, forks: () => forks };
}

/** Starts listening to the bus, and to ourselves over it. */
async function startBeacon(
  { serverId, log, stack }: Stage,
  bus: RedisBus,
  listeners: { readonly hub: Hub; readonly watch: SessionWatch; readonly presence: Presence },
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
