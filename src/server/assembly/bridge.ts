/** Builds the bridge to the tutorial's own servers, over its ports on Redis. */
import { GENERAL, isRoomId } from "#protocol/room.ts";
import type { Stage } from "#server/assembly/stage.ts";
import { accessAsSystem, asSystem } from "#server/core/access/system-access.ts";
import { Adoption } from "#server/core/bridge/adoption.ts";
import { Bridge } from "#server/core/bridge/bridge.ts";
import { serverIdOn } from "#server/core/bridge/envelope.ts";
import { ForeignPresence } from "#server/core/bridge/foreign-presence.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import type { Presence } from "#server/core/people/presence.ts";
import type { PresenceStore } from "#server/core/people/presence-store.ts";
import { Mentions } from "#server/core/rooms/mentions.ts";
import type { RoomStore } from "#server/core/rooms/room-store.ts";
import type { Redis } from "#server/redis/connect.ts";
import { prepareForOthers } from "#server/redis/tutorial/prepare.ts";
import { MessagesChannel } from "#server/redis/tutorial/messages-channel.ts";
import { RedisForeignPresenceStore } from "#server/redis/tutorial/redis-foreign-presence-store.ts";
import { RedisStrayStore } from "#server/redis/tutorial/redis-stray-store.ts";
import { systemClock } from "#server/system-clock.ts";

/** What it shares with the rest. */
interface Shared {
  readonly redis: Redis;
  readonly people: AccountStore;
  readonly roomStore: RoomStore;
  readonly presence: Presence;
  readonly presenceStore: PresenceStore;
  readonly activityStore: PresenceStore;
}

/** Resolves once servers of other kinds are heard; `undefined` where the setting is off. */
export async function openBridge(stage: Stage, shared: Shared): Promise<Bridge | undefined> {
  const { config, redisUrl, serverId, stack } = stage;
  if (!config.tutorial) return undefined;
  const { redis, people, roomStore, presence, presenceStore, activityStore } = shared;
  await prepareForOthers(redis);
  const strays = new RedisStrayStore(redis);
  const mentions = new Mentions({ accounts: people, rooms: roomStore });
  const system = asSystem();
  const clock = systemClock;
  const general = accessAsSystem(GENERAL);
  const adoption = new Adoption({
    strays,
    passTo: (room) => (isRoomId(room) ? accessAsSystem(room) : undefined),
    named: (access, text) => mentions.named(access, text),
  });
  const foreign = new ForeignPresence({
    serverId,
    nameThere: serverIdOn(serverId),
    system,
    store: new RedisForeignPresenceStore(redis),
    kept: [presenceStore, activityStore],
    presence,
    people: (ids) => people.people(ids),
    isPerson: (user) => strays.admit(general, user),
    clock,
  });
  const bridge = new Bridge({ strays, adoption, presence: foreign, system, clock });
  const channel = new MessagesChannel(redisUrl, `klatch:${serverId}`);
  stack.defer(() => {
    bridge.stop();
    channel.close();
  });
  await channel.start(bridge);
  await bridge.start();
  return bridge;
}
