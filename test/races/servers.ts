/** What a server does with a link to Redis, without the edges, and without the price of hashing. */
import { accessOwn } from "#server/core/access/person-access.ts";
import { LIMITS } from "#protocol/limits.ts";
import { Accounts } from "#server/core/people/accounts.ts";
import type { Session } from "#server/core/people/accounts.ts";
import { Joining } from "#server/core/people/joining.ts";
import { Sessions } from "#server/core/people/sessions.ts";
import { Standing } from "#server/core/people/standing.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import type { Redis } from "#server/redis/connect.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisJoiningStore } from "#server/redis/people/redis-joining-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { RedisStandingStore } from "#server/redis/people/redis-standing-store.ts";
import { RedisReadStore } from "#server/redis/rooms/redis-read-store.ts";
import { RedisRoomStore } from "#server/redis/rooms/redis-room-store.ts";
import { RedisWebhookStore } from "#server/redis/rooms/redis-webhook-store.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

/** A password is its own hash; nobody is slowed down, and time stands still. */
export function serverOn(redis: Redis) {
  const accounts = new RedisAccountStore(redis);
  const sessions = new RedisSessionStore(redis);
  const standing = new RedisStandingStore(redis);
  const log = new RedisMessageLog(redis);
  const tokens = randomTokens;
  const joining = new Joining({
    joining: new RedisJoiningStore(redis),
    tokens,
    otherwise: "open",
  });
  return {
    store: {
      rooms: new RedisRoomStore(redis),
      reads: new RedisReadStore(redis),
      webhooks: new RedisWebhookStore(redis),
      log,
    },
    accounts: new Accounts({
      accounts,
      sessions,
      standing,
      joining,
      tokens,
      throttle: { take: () => Promise.resolve(0), clear: () => Promise.resolve() },
      hasher: {
        hash: (password) => Promise.resolve(password),
        verify: (password, hash) => Promise.resolve(password === hash),
        isCommon: () => false,
      },
    }),
    joining,
    sessions: new Sessions({ sessions }),
    standing: new Standing(standing),
    chat: new Chat({ log, accounts, clock: new ManualClock() }),
  };
}

export type TestServer = ReturnType<typeof serverOn>;

export const CLIENT = { address: "127.0.0.1" };
export const PASSWORD = "correct horse battery";

/** Registers, and gives the session. */
export async function enter({ accounts }: TestServer, username: string) {
  const { token } = await accounts.register({ username, password: PASSWORD }, CLIENT);
  const session = await accounts.resolve(token);
  if (session === undefined) throw new Error(`${username} has no session.`);
  return { token, session };
}

/** An open room of this person's. */
export async function openRoom({ store }: TestServer, { user }: Session, name = "Race") {
  const room = await store.rooms.create(accessOwn(user), { kind: "open", name, topic: "" });
  if (room === undefined) throw new Error("No room was made.");
  return room;
}

export const NEWEST = { at: "newest" } as const;
export const PAGE = LIMITS.pageMessagesMax;
