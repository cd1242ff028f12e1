/** Builds what people do with their own account, and how they come by one, over its ports on Redis. */
import type { Stage } from "#server/assembly/stage.ts";
import { asSystem } from "#server/core/access/system-access.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import { Accounts } from "#server/core/people/accounts.ts";
import { Exports } from "#server/core/people/exports.ts";
import { Joining } from "#server/core/people/joining.ts";
import { Leaving } from "#server/core/people/leaving.ts";
import type { PeopleNews } from "#server/core/people/people-news.ts";
import { Profiles } from "#server/core/people/profiles.ts";
import { Sessions } from "#server/core/people/sessions.ts";
import type { StandingStore } from "#server/core/people/standing-store.ts";
import { SignInLinks } from "#server/core/people/sign-in-links.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { SharpPictureMaker } from "#server/pictures/picture-maker.ts";
import type { Redis } from "#server/redis/connect.ts";
import { RedisJoiningStore } from "#server/redis/people/redis-joining-store.ts";
import { RedisLeavingStore } from "#server/redis/people/redis-leaving-store.ts";
import { RedisLinkStore } from "#server/redis/people/redis-link-store.ts";
import { RedisOwnStore } from "#server/redis/people/redis-own-store.ts";
import { RedisProfileStore } from "#server/redis/people/redis-profile-store.ts";
import type { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import type { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { systemClock } from "#server/system-clock.ts";

/** What it shares with the rest. */
interface Shared {
  readonly redis: Redis;
  readonly hasher: BcryptHasher;
  readonly people: AccountStore;
  readonly sessions: RedisSessionStore;
  readonly standing: StandingStore;
  readonly throttle: Throttle;
  readonly rooms: Rooms;
  readonly news: PeopleNews;
}

export function openOwn({ config, serverId, stack }: Stage, shared: Shared) {
  const {
    redis,
    hasher,
    people: accounts,
    sessions: store,
    standing,
    throttle,
    rooms,
    news,
  } = shared;
  const tokens = randomTokens;
  const clock = systemClock;
  const links = new RedisLinkStore(redis);
  const joining = new Joining({
    joining: new RedisJoiningStore(redis),
    tokens,
    otherwise: config.registration,
  });
  const profiles = new Profiles({
    profiles: new RedisProfileStore(redis),
    accounts,
    maker: new SharpPictureMaker(),
    throttle,
    news,
  });
  const sessions = new Sessions({ sessions: store });
  const leaving = new Leaving({
    leaving: new RedisLeavingStore(redis, serverId),
    accounts,
    hasher,
    throttle,
    system: asSystem(),
    clock,
    news,
  });
  leaving.start();
  stack.defer(() => leaving.stop());
  const own = new RedisOwnStore(redis);
  return {
    accounts: new Accounts({
      accounts,
      sessions: store,
      standing,
      throttle,
      hasher,
      tokens,
      joining,
      links,
      news,
    }),
    exports: new Exports({ own, profiles, sessions, rooms, store, throttle, clock }),
    joining,
    leaving,
    profiles,
    sessions,
    signInLinks: new SignInLinks({ links, tokens, throttle }),
  };
}
