/** Builds what strangers need, over a Redis of their own that forgets. */
import type { Stage } from "#server/assembly/stage.ts";
import type { Step } from "#server/assembly/stranger-guard.ts";
import { Guard } from "#server/assembly/stranger-guard.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { Beacon } from "#server/core/delivery/beacon.ts";
import { serverTopic } from "#server/core/delivery/bus.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered, patientLink } from "#server/redis/connect.ts";
import { RedisThrottle } from "#server/redis/people/redis-throttle.ts";
import { RedisBus } from "#server/redis/redis-bus.ts";
import { runId } from "#server/redis/health/inspection.ts";
import { lobbyKeys } from "#server/redis/strangers/lobby-keys.ts";
import { RedisFigures } from "#server/redis/strangers/redis-figures.ts";
import { RedisLobbyStore } from "#server/redis/strangers/redis-lobby-store.ts";
import { RedisReportShelf } from "#server/redis/strangers/redis-report-shelf.ts";
import { RedisSafetyStore } from "#server/redis/strangers/redis-safety-store.ts";
import { Complaints } from "#server/stranger/safety/complaints.ts";
import { Door } from "#server/stranger/safety/door.ts";
import { Operator } from "#server/stranger/safety/operator.ts";
import { Switch } from "#server/stranger/safety/switch.ts";
import { Heart } from "#server/stranger/heart.ts";
import { Lobby } from "#server/stranger/lobby.ts";
import { inboxTopic } from "#server/stranger/lobby-store.ts";
import { Strangers } from "#server/stranger/strangers.ts";
import { systemClock } from "#server/system-clock.ts";

/** How often their Redis is asked whether it still forgets. */
const CHECK_MS = 10_000;

/** Where the servers tell each other to look at the operator's switch. */
const NEWS = "{lobby}:news";

/** So long the start waits for it. */
const CONNECT_MS = 2_000;

/** Nobody could be met there, and nobody needs to be told more. */
const NO_REDIS =
  "This Klatch has no place where strangers could meet: its operator sets STRANGER_REDIS_URL for that.";

/** What strangers do, and what the operator sees and does of it. */
export interface StrangerSide {
  readonly strangers: Strangers;
  readonly operator: Operator;
}

/** `keeper`: the Redis that keeps everything. */
export async function openStrangers(stage: Stage, keeper: Redis): Promise<StrangerSide> {
  const { strangerUrl } = stage;
  const shelf = new RedisReportShelf(keeper);
  if (strangerUrl === undefined) return openNowhere(stage, shelf);
  return openLobby(stage, strangerUrl, { shelf, keeper: await runId(keeper) });
}

/** Without a Redis that forgets nobody is ever let in. */
async function openNowhere(stage: Stage, shelf: RedisReportShelf): Promise<StrangerSide> {
  const strangers = new Strangers();
  strangers.shut("start", NO_REDIS);
  const theSwitch = await openSwitch(stage, { shelf, strangers, tell: async () => undefined });
  const parts = { strangers, theSwitch, shelf, there: undefined, clock: systemClock };
  return { strangers, operator: new Operator(parts) };
}

async function openLobby(
  stage: Stage,
  strangerUrl: string,
  { shelf, keeper }: { readonly shelf: RedisReportShelf; readonly keeper: string },
): Promise<StrangerSide> {
  const { serverId, stack } = stage;
  const redis = patientLink(strangerUrl, `klatch:${serverId}:strangers`);
  const bus = new RedisBus(redis, strangerUrl, `klatch:${serverId}:strangers`);
  const store = new RedisLobbyStore(redis, serverId);
  const safety = new RedisSafetyStore(redis);
  const onError = onErrorOf(stage);
  const parts = { serverId, store, bus, clock: systemClock, onError };
  const lobby = new Lobby(parts);
  const throttle = new RedisThrottle(redis, lobbyKeys.throttle);
  const guarding = { store: safety, throttle, clock: systemClock, onError };
  const door = new Door({ ...guarding, secrets: lobby.secrets });
  const complaints = new Complaints({ ...guarding, lobby, shelf, guests: door.guests });
  const strangers = new Strangers({ ...parts, lobby, door, complaints });
  const tell = () => bus.publish(NEWS, "switch");
  stack.defer(async () => {
    // The sockets are closed: who was in a chat may come back to it, at another server.
    await lobby.settled();
    bus.close();
    redis.destroy();
  });
  // It may come later; until then there are no strangers.
  await answered(redis.connect(), CONNECT_MS).catch(() => undefined);
  const heart = new Heart({ ...parts, lobby });
  const theSwitch = await openSwitch(stage, { shelf, strangers, tell });
  const beacon = beaconOver(stage, bus);
  const live = { lobby, heart, bus, beacon, complaints, theSwitch };
  const begin = beginning(live, inboxTopic(serverId));
  const guard = new Guard({ redis, keeper, strangers, begin, stage });
  await guard.check();
  const repeating = new Repeating(systemClock, CHECK_MS, () => guard.check());
  repeating.start();
  stack.defer(() => {
    repeating.stop();
    heart.stop();
    beacon.stop();
  });
  const there = { store: safety, figures: new RedisFigures(redis) };
  const operator = new Operator({ strangers, theSwitch, shelf, there, clock: systemClock });
  return { strangers, operator };
}

function onErrorOf({ log }: Stage) {
  return (error: unknown, where: string) => {
    // A Redis that is away is looked for by the heart; all else is a mistake of ours.
    if (!(error instanceof ChatError)) log.error({ error, where }, "unexpected error");
  };
}

async function openSwitch(
  stage: Stage,
  parts: Omit<ConstructorParameters<typeof Switch>[0], "clock" | "onError">,
): Promise<Switch> {
  const theSwitch = new Switch({ ...parts, clock: systemClock, onError: onErrorOf(stage) });
  await theSwitch.start();
  stage.stack.defer(() => {
    theSwitch.stop();
  });
  return theSwitch;
}

/** Hears ourselves over the bus, under the name that this Redis lets us use. */
function beaconOver({ serverId, log }: Stage, bus: RedisBus): Beacon {
  const onDeaf = () => {
    log.warn("the strangers' pub/sub link went deaf and is replaced");
    bus.replace();
  };
  const inbox = inboxTopic(serverId);
  const topicOf = (topic: string) => (topic === serverTopic(serverId) ? inbox : topic);
  const own = {
    subscribe: (topic: string) => bus.subscribe(topicOf(topic)),
    unsubscribe: (topic: string) => bus.unsubscribe(topicOf(topic)),
    publish: (topic: string, payload: string) => bus.publish(topicOf(topic), payload),
  };
  return new Beacon({ serverId, bus: own, clock: systemClock, onDeaf });
}

interface Live {
  readonly lobby: Lobby;
  readonly heart: Heart;
  readonly bus: RedisBus;
  readonly beacon: Beacon;
  readonly complaints: Complaints;
  readonly theSwitch: Switch;
}

/**
 * What lets this server hear the others, and itself, step by step: it may begin long after the
 * start, and where Redis goes away meanwhile, the next time goes on with what failed.
 */
function beginning(live: Live, inbox: string): Step[] {
  const { lobby, heart, bus, beacon, complaints, theSwitch } = live;
  const listener = {
    heard: (topic: string, payload: string) => {
      if (topic === NEWS) void theSwitch.heard();
      else if (topic !== inbox) lobby.pairs.heard(topic.slice("{pair:".length, -1), payload);
      else if (payload === "beacon") beacon.heard();
      else if (!complaints.told(payload)) lobby.told(payload);
    },
    restored: () => {
      // Redis may be away again; the next beat finds it.
      heart.restored().catch(() => undefined);
      void theSwitch.heard();
    },
  };
  return [
    // The link keeps trying by itself; the next step fails until it is up.
    () => bus.start(listener).catch(() => undefined),
    () => beacon.start(),
    () => bus.subscribe(NEWS),
    () => heart.start(),
  ];
}
