/** Builds what programs do: bots, webhooks, and calling bots, over their ports on Redis. */
import type { Stage } from "#server/assembly/stage.ts";
import { asSystem } from "#server/core/access/system-access.ts";
import type { MessageLog } from "#server/core/delivery/message-log.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import { Bots } from "#server/core/people/bots.ts";
import type { PeopleNews } from "#server/core/people/people-news.ts";
import { Callbacks } from "#server/core/rooms/callbacks.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { RoomStore } from "#server/core/rooms/room-store.ts";
import { Webhooks } from "#server/core/rooms/webhooks.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { callbackProblem } from "#server/outgoing/public-address.ts";
import { SignedPost } from "#server/outgoing/signed-post.ts";
import type { Redis } from "#server/redis/connect.ts";
import { RedisBotStore } from "#server/redis/people/redis-bot-store.ts";
import { RedisCallStore } from "#server/redis/rooms/redis-call-store.ts";
import { RedisWebhookStore } from "#server/redis/rooms/redis-webhook-store.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { systemClock } from "#server/system-clock.ts";

/** What it shares with the rest. */
interface Shared {
  readonly redis: Redis;
  readonly people: AccountStore;
  readonly throttle: Throttle;
  readonly messages: MessageLog;
  readonly roomStore: RoomStore;
  readonly chat: Chat;
  readonly news: PeopleNews;
}

/** Bots are called by whichever server comes first. */
export function openBots({ config, log, stack }: Stage, shared: Shared) {
  const { redis, people: accounts, throttle, messages, roomStore: rooms, chat, news } = shared;
  const tokens = randomTokens;
  const callbacks = new Callbacks({
    calls: new RedisCallStore(redis),
    caller: new SignedPost({ mayBePrivate: config.privateCallbacks }),
    chat,
    rooms,
    accounts,
    tokens,
    system: asSystem(),
    log: messages,
    clock: systemClock,
    onFailure: (bot, why, isLast) => {
      log.warn({ bot, why, isLast }, "a bot could not be called");
    },
  });
  callbacks.start();
  stack.defer(() => callbacks.stop());
  return {
    bots: new Bots({
      bots: new RedisBotStore(redis),
      tokens,
      news,
      callbackProblem: (url) => callbackProblem(url, config.privateCallbacks),
    }),
    webhooks: new Webhooks({ webhooks: new RedisWebhookStore(redis), chat, throttle, tokens }),
  };
}
