/** Builds the core over its ports on Redis. */
import type { Stage } from "#server/assembly/stage.ts";
import { Accounts } from "#server/core/people/accounts.ts";
import { BEACON_SILENT_MS, Beacon } from "#server/core/delivery/beacon.ts";
import type { BusListener } from "#server/core/delivery/bus.ts";
import { PRESENCE } from "#server/core/delivery/bus.ts";
import { Bots } from "#server/core/people/bots.ts";
import { Callbacks } from "#server/core/rooms/callbacks.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import { listenToBus } from "#server/core/delivery/events-in.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import { Marks } from "#server/core/rooms/marks.ts";
import { Mentions } from "#server/core/rooms/mentions.ts";
import { Presence } from "#server/core/people/presence.ts";
import { Reads } from "#server/core/rooms/reads.ts";
import { RoomWatch } from "#server/core/rooms/room-watch.ts";
import { Rooms } from "#server/core/rooms/rooms.ts";
import { Webhooks } from "#server/core/rooms/webhooks.ts";
import { Typing } from "#server/core/rooms/typing.ts";
import { SessionWatch } from "#server/core/people/session-watch.ts";
import { callbackProblem } from "#server/outgoing/public-address.ts";
import { SignedPost } from "#server/outgoing/signed-post.ts";
import type { Log } from "#server/log.ts";
import type { Redis } from "#server/redis/connect.ts";
import { Instance } from "#server/redis/health/instance.ts";
import { MessageChanges } from "#server/redis/log/message-changes.ts";
import { probe } from "#server/redis/health/probe.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisBotStore } from "#server/redis/people/redis-bot-store.ts";
import { RedisBus } from "#server/redis/redis-bus.ts";
import { RedisCallStore } from "#server/redis/rooms/redis-call-store.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { RedisPresenceStore } from "#server/redis/people/redis-presence-store.ts";
import { RedisReadStore } from "#server/redis/rooms/redis-read-store.ts";
import { RedisRoomStore } from "#server/redis/rooms/redis-room-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { RedisWebhookStore } from "#server/redis/rooms/redis-webhook-store.ts";
import { RedisThrottle } from "#server/redis/people/redis-throttle.ts";
import type { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { systemClock } from "#server/system-clock.ts";

/** Everything between Redis and the edges. */
export interface Core {
  readonly accounts: Accounts;
  readonly bots: Bots;
  readonly webhooks: Webhooks;
  readonly chat: Chat;
  readonly marks: Marks;
  readonly reads: Reads;
  readonly hub: Hub;
  readonly typing: Typing;
  readonly presence: Presence;
  readonly rooms: Rooms;
  readonly roomWatch: RoomWatch;
  readonly watch: SessionWatch;
  /** How often, since the start, Redis was found to have lost what had been shown. */
  readonly forks: () => number;
  /** What keeps this server from its work just now. */
  readonly readiness: () => Promise<readonly string[]>;
}

/** Builds what the chat is, over the ports on Redis, and starts listening to the other servers. */
export async function openCore(stage: Stage, redis: Redis, hasher: BcryptHasher): Promise<Core> {
  const { config, redisUrl, serverId, log, stack } = stage;
  const bus = new RedisBus(redis, redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    bus.close();
  });
  const stores = await openStores(redis, log);
  const { instance, people, sessions, throttle } = stores;
  const accounts = new Accounts({
    accounts: people,
    sessions,
    throttle,
    hasher,
    tokens: randomTokens,
  });
  const bots = new Bots({
    bots: stores.bots,
    tokens: randomTokens,
    callbackProblem: (url) => callbackProblem(url, config.privateCallbacks),
  });
  const { beacon, ...live } = await goLive(stage, bus, stores);
  const readiness = async () => {
    const wrong = await Promise.all([probe(redis, serverId, config.durability), instance.faults()]);
    const faults = wrong.flat();
    const isDeaf = beacon.silentMs > BEACON_SILENT_MS;
    return isDeaf ? [...faults, "This server does not hear the others."] : faults;
  };
  const talking = talk(stores);
  startCallbacks(stage, stores, talking.chat);
  return { accounts, bots, ...live, ...talking, readiness };
}

/** Builds what goes on by itself: hearing the other servers, and looking again at what may have been missed. */
async function goLive(stage: Stage, bus: RedisBus, stores: Stores) {
  const { serverId, log, stack } = stage;
  const clock = systemClock;
  const { instance, messages, sessions, roomStore, presenceStore } = stores;
  let forks = 0;
  const onFork = (room: string) => {
    forks++;
    log.error({ room }, "Redis lost messages that were shown");
  };
  const hub = new Hub({ bus, log: messages, clock, random: Math.random, onFork });
  const presence = new Presence({ serverId, store: presenceStore, clock });
  const arrive = (user: number) => presence.arrive(user);
  const watch = new SessionWatch({ bus, sessions, clock, arrive });
  const roomWatch = new RoomWatch({ rooms: roomStore, clock });
  const typing = new Typing({ bus, clock });
  const ears = { hub, watch, typing, presence, rooms: roomWatch };
  const { beacon, listener } = await startBeacon(stage, bus, ears);
  // The bus may be back before the commands are, and then nothing could be looked up.
  instance.follow(() => {
    listener.restored();
  });
  hub.start();
  watch.start();
  roomWatch.start();
  await bus.subscribe(PRESENCE);
  await presence.start();
  stack.defer(async () => {
    hub.stop();
    watch.stop();
    roomWatch.stop();
    await presence.stop();
  });
  return { beacon, hub, watch, typing, presence, roomWatch, forks: () => forks };
}

/** What people do with rooms and messages. */
function talk({ messages, changes, people, throttle, roomStore: rooms, reads, webhooks }: Stores) {
  const mentions = new Mentions({ accounts: people, rooms });
  const chat = new Chat({ log: messages, accounts: people, clock: systemClock, mentions });
  return {
    chat,
    webhooks: new Webhooks({ webhooks, chat, throttle, tokens: randomTokens }),
    marks: new Marks(changes),
    reads: new Reads({ reads, rooms }),
    rooms: new Rooms({ rooms, reads, accounts: people, throttle }),
  };
}

/** Bots are called by whichever server comes first. */
function startCallbacks({ config, log, stack }: Stage, stores: Stores, chat: Chat): void {
  const { calls, messages, people, roomStore: rooms } = stores;
  const onFailure = (bot: number, why: string, isLast: boolean) => {
    log.warn({ bot, why, isLast }, "a bot could not be called");
  };
  const callbacks = new Callbacks({
    calls,
    chat,
    rooms,
    onFailure,
    caller: new SignedPost({ mayBePrivate: config.privateCallbacks }),
    log: messages,
    accounts: people,
    tokens: randomTokens,
    clock: systemClock,
  });
  callbacks.start();
  stack.defer(() => callbacks.stop());
}

type Stores = Awaited<ReturnType<typeof openStores>>;

/** The ports on Redis. */
async function openStores(redis: Redis, log: Log) {
  const instance = await Instance.open(redis, (isLost) => {
    if (isLost) log.error("Redis has lost everything it kept, or is another one than at the start");
    else log.info("Redis holds again what it held at the start");
  });
  const people = new RedisAccountStore(redis, instance);
  const owner = await people.appointOwner();
  if (owner !== undefined) log.info({ user: owner }, "the first account is the owner now");
  return {
    instance,
    messages: new RedisMessageLog(redis),
    changes: new MessageChanges(redis),
    people,
    bots: new RedisBotStore(redis),
    calls: new RedisCallStore(redis),
    sessions: new RedisSessionStore(redis),
    throttle: new RedisThrottle(redis),
    reads: new RedisReadStore(redis),
    presenceStore: new RedisPresenceStore(redis),
    roomStore: new RedisRoomStore(redis),
    webhooks: new RedisWebhookStore(redis),
  };
}

/** Starts listening to the bus, and to ourselves over it. */
async function startBeacon(
  { serverId, log, stack }: Stage,
  bus: RedisBus,
  ears: Pick<Parameters<typeof listenToBus>[0], "hub" | "watch" | "typing" | "presence" | "rooms">,
): Promise<{ readonly beacon: Beacon; readonly listener: BusListener }> {
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
  const listener = listenToBus({ ...ears, onBeacon, onJunk });
  await bus.start(listener);
  await beacon.start();
  stack.defer(() => {
    beacon.stop();
  });
  return { beacon, listener };
}
