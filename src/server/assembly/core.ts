/** Builds the core over its ports on Redis. */
import { openBridge } from "#server/assembly/bridge.ts";
import { openBots } from "#server/assembly/bots.ts";
import { openOwn } from "#server/assembly/own.ts";
import type { Stage } from "#server/assembly/stage.ts";
import type { Bridge } from "#server/core/bridge/bridge.ts";
import { serverIdOn } from "#server/core/bridge/envelope.ts";
import { BEACON_SILENT_MS, Beacon } from "#server/core/delivery/beacon.ts";
import { asSystem } from "#server/core/access/system-access.ts";
import type { BusListener } from "#server/core/delivery/bus.ts";
import { ACTIVITY, PEOPLE, PRESENCE } from "#server/core/delivery/bus.ts";
import { Blocks } from "#server/core/people/blocks.ts";
import type { Bots } from "#server/core/people/bots.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import { listenToBus } from "#server/core/delivery/events-in.ts";
import { RankedHistory } from "#server/core/rooms/ranked-history.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import { Marks } from "#server/core/rooms/marks.ts";
import { Mentions } from "#server/core/rooms/mentions.ts";
import { Attendance } from "#server/core/people/attendance.ts";
import { PeopleNews } from "#server/core/people/people-news.ts";
import { Preferences } from "#server/core/people/preferences.ts";
import { Presence } from "#server/core/people/presence.ts";
import { Reads } from "#server/core/rooms/reads.ts";
import { Reports } from "#server/core/rooms/reports.ts";
import { RoomWatch } from "#server/core/rooms/room-watch.ts";
import { Rooms } from "#server/core/rooms/rooms.ts";
import { Standing } from "#server/core/people/standing.ts";
import type { Webhooks } from "#server/core/rooms/webhooks.ts";
import { Typing } from "#server/core/rooms/typing.ts";
import { SessionWatch } from "#server/core/people/session-watch.ts";
import type { OwnParts } from "#server/http/own-routes.ts";
import type { Redis } from "#server/redis/connect.ts";
import { Instance } from "#server/redis/health/instance.ts";
import { MessageChanges } from "#server/redis/log/message-changes.ts";
import { probe } from "#server/redis/health/probe.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisBlockStore } from "#server/redis/people/redis-block-store.ts";
import { RedisBus } from "#server/redis/redis-bus.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisPreferenceStore } from "#server/redis/people/redis-preference-store.ts";
import { RedisPresenceStore } from "#server/redis/people/redis-presence-store.ts";
import { RedisReadStore } from "#server/redis/rooms/redis-read-store.ts";
import { RedisReportStore } from "#server/redis/rooms/redis-report-store.ts";
import { RedisRankedLog } from "#server/redis/tutorial/redis-ranked-log.ts";
import { RedisRoomStore } from "#server/redis/rooms/redis-room-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { RedisStandingStore } from "#server/redis/people/redis-standing-store.ts";
import { RedisThrottle } from "#server/redis/people/redis-throttle.ts";
import { OthersTold } from "#server/redis/tutorial/others-told.ts";
import type { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { systemClock } from "#server/system-clock.ts";

/** Everything between Redis and the edges. */
export interface Core extends OwnParts {
  readonly bots: Bots;
  readonly webhooks: Webhooks;
  readonly chat: Chat;
  readonly marks: Marks;
  readonly reads: Reads;
  readonly hub: Hub;
  readonly typing: Typing;
  readonly presence: Presence;
  readonly activity: Presence;
  readonly news: PeopleNews;
  readonly attendance: Attendance;
  readonly preferences: Preferences;
  readonly rooms: Rooms;
  readonly standing: Standing;
  readonly blocks: Blocks;
  readonly reports: Reports;
  readonly roomWatch: RoomWatch;
  readonly watch: SessionWatch;
  readonly ranked: RankedHistory;
  /** How often, since the start, Redis was found to have lost what had been shown. */
  readonly forks: () => number;
  /** What keeps this server from its work just now. */
  readonly readiness: () => Promise<readonly string[]>;
  /** What the bridge has met; absent where it is off. */
  readonly bridge: Pick<Bridge, "counts"> | undefined;
}

/** Builds what the chat is, over the ports on Redis, and starts listening to the other servers. */
export async function openCore(stage: Stage, redis: Redis, hasher: BcryptHasher): Promise<Core> {
  const { config, redisUrl, serverId, stack } = stage;
  const bus = new RedisBus(redis, redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    bus.close();
  });
  const stores = await openStores(stage, redis);
  const { instance, messages, people, roomStore, sessions, standing, throttle } = stores;
  const talking = talk(stores);
  const { chat, rooms } = talking;
  const news = new PeopleNews({ bus, clock: systemClock });
  const shared = { hasher, sessions, standing, rooms, news };
  const own = openOwn(stage, { redis, people, throttle, ...shared });
  const { beacon, ...live } = await goLive(stage, bus, { ...stores, news });
  const readiness = async () => {
    const wrong = await Promise.all([probe(redis, serverId, config.durability), instance.faults()]);
    const faults = wrong.flat();
    const isDeaf = beacon.silentMs > BEACON_SILENT_MS;
    return isDeaf ? [...faults, "This server does not hear the others."] : faults;
  };
  const bridge = await openBridge(stage, { redis, ...stores, presence: live.presence });
  const bots = openBots(stage, { redis, people, throttle, messages, roomStore, chat, news });
  const ranked = new RankedHistory(new RedisRankedLog(redis));
  return { ...own, ...bots, ...live, ...talking, ranked, readiness, bridge };
}

/** Builds what goes on by itself: hearing the other servers, and looking again at what may have been missed. */
async function goLive(stage: Stage, bus: RedisBus, stores: Stores & { readonly news: PeopleNews }) {
  const { serverId, log, stack } = stage;
  const clock = systemClock;
  const system = asSystem();
  const { instance, blocks, messages, sessions, roomStore, preferences } = stores;
  const { presenceStore, activityStore, news } = stores;
  let forks = 0;
  const onFork = (room: string) => {
    forks++;
    log.error({ room }, "Redis lost messages that were shown");
  };
  const hub = new Hub({ bus, log: messages, clock, random: Math.random, onFork });
  const presence = new Presence({ serverId, store: presenceStore, clock });
  const activity = new Presence({ serverId, store: activityStore, clock });
  const attendance = new Attendance({
    presence,
    activity,
    store: presenceStore,
    preferences,
    system,
  });
  const arrive = (user: number) => attendance.arrive(user);
  const watch = new SessionWatch({ bus, sessions, clock, arrive });
  const roomWatch = new RoomWatch({ rooms: roomStore, clock, system });
  const typing = new Typing({ bus, clock, blocks });
  const ears = { hub, watch, typing, presence, activity, news, attendance, rooms: roomWatch };
  const { beacon, listener } = await startBeacon(stage, bus, ears);
  // The bus may be back before the commands are, and then nothing could be looked up.
  instance.follow(() => {
    listener.restored();
  });
  hub.start();
  watch.start();
  roomWatch.start();
  await Promise.all([PRESENCE, ACTIVITY, PEOPLE].map((topic) => bus.subscribe(topic)));
  await Promise.all([presence.start(), activity.start()]);
  stack.defer(async () => {
    hub.stop();
    watch.stop();
    roomWatch.stop();
    news.stop();
    await Promise.all([presence.stop(), activity.stop()]);
  });
  const live = { hub, watch, typing, presence, activity, news, attendance, roomWatch };
  return { beacon, ...live, forks: () => forks };
}

/** What people do with rooms and messages. */
function talk(stores: Stores) {
  const { blocks, changes, messages, people, preferences, reads, reports, throttle } = stores;
  const rooms = stores.roomStore;
  const system = asSystem();
  const standing = new Standing(stores.standing);
  const mentions = new Mentions({ accounts: people, rooms });
  const chat = new Chat({ log: messages, accounts: people, clock: systemClock, mentions });
  return {
    chat,
    marks: new Marks(changes),
    reads: new Reads({ reads, rooms, preferences, system }),
    standing,
    preferences: new Preferences({ preferences, rooms }),
    reports: new Reports({ reports, log: messages, accounts: people, standing, throttle }),
    blocks: new Blocks({ blocks, accounts: people }),
    rooms: new Rooms({ rooms, reads, preferences, accounts: people, throttle, system }),
  };
}

type Stores = Awaited<ReturnType<typeof openStores>>;

/** The ports on Redis. */
async function openStores({ config, serverId, log }: Stage, redis: Redis) {
  const instance = await Instance.open(redis, (isLost) => {
    if (isLost) log.error("Redis has lost everything it kept, or is another one than at the start");
    else log.info("Redis holds again what it held at the start");
  });
  const isBridged = config.tutorial;
  const people = new RedisAccountStore(redis, instance, isBridged);
  const owner = await people.appointOwner();
  if (owner !== undefined) log.info({ user: owner }, "the first account is the owner now");
  return {
    instance,
    messages: isBridged
      ? new RedisMessageLog(redis, new OthersTold(redis, serverIdOn(serverId)))
      : new RedisMessageLog(redis),
    changes: new MessageChanges(redis),
    people,
    sessions: new RedisSessionStore(redis),
    standing: new RedisStandingStore(redis),
    blocks: new RedisBlockStore(redis),
    reports: new RedisReportStore(redis),
    throttle: new RedisThrottle(redis),
    reads: new RedisReadStore(redis),
    presenceStore: new RedisPresenceStore(redis),
    activityStore: new RedisPresenceStore(redis, keys.activeUsers),
    preferences: new RedisPreferenceStore(redis),
    roomStore: new RedisRoomStore(redis, isBridged),
  };
}

/** Starts listening to the bus, and to ourselves over it. */
async function startBeacon(
  { serverId, log, stack }: Stage,
  bus: RedisBus,
  ears: Pick<
    Parameters<typeof listenToBus>[0],
    "hub" | "watch" | "typing" | "presence" | "activity" | "news" | "attendance" | "rooms"
  >,
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
