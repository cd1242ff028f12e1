/** Who takes part: people with a session each, written through Klatch's own stores. */
import { GENERAL } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import { connect } from "#server/redis/connect.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";

export interface Participant {
  readonly id: number;
  readonly username: string;
  /** Of a session that is open. */
  readonly token: string;
}

/** Written at the same time; what waits for Redis is bounded. */
const AT_A_TIME = 200;

/** Makes so many people, all in General; they share one password, since hashing is slow by design. */
export async function makePeople(url: string, count: number): Promise<readonly Participant[]> {
  const hash = await new BcryptHasher().hash("for measuring only");
  return withRedis(url, async (redis) => {
    await redis.set(keys.roomName(GENERAL), "General");
    const accounts = new RedisAccountStore(redis);
    const sessions = new RedisSessionStore(redis);
    return inParts(count, async (n) => {
      const username = `person${n}`;
      const me = await accounts.create(username, username, hash);
      if (me === undefined) throw new Error(`There is a ${username} already.`);
      const token = randomTokens.create();
      await sessions.create(randomTokens.digest(token), me.id);
      return { id: me.id, username, token };
    });
  });
}

/** A private chat of two. */
export interface Pair {
  readonly room: RoomId;
  readonly people: readonly [Participant, Participant];
}

/**
 * Lets neighbours share a private chat each: the first with the second, the third with the fourth, … Each chat begins
 * with a greeting, because the tutorial's scheme shows a chat to everyone at its first message, which is rare in life.
 */
export async function pairUp(
  url: string,
  people: readonly Participant[],
): Promise<readonly Pair[]> {
  return withRedis(url, (redis) =>
    inParts(people.length >> 1, async (n) => {
      const [a, b] = people.slice(2 * n, 2 * n + 2).toSorted((one, other) => one.id - other.id);
      if (a === undefined || b === undefined) throw new Error("Nobody is left to pair up with.");
      const room = `${a.id}:${b.id}`;
      await redis.hSet(keys.roomMembers(room), { [a.id]: "member", [b.id]: "member" });
      await Promise.all([a, b].map(({ id }) => redis.sAdd(keys.userRooms(id), room)));
      const date = Math.floor(Date.now() / 1000) - 60;
      const greeting = { from: a.id, date, message: "Hello", roomId: room };
      await redis.zAdd(keys.room(room), { score: date, value: JSON.stringify(greeting) });
      return { room, people: [a, b] };
    }),
  );
}

/** Messages that lie in these rooms. */
export async function countStored(url: string, rooms: readonly RoomId[]): Promise<number> {
  const counts = await withRedis(url, (redis) =>
    Promise.all(rooms.map((room) => redis.zCard(keys.room(room)))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function withRedis<T>(url: string, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = await connect(url, "bench");
  try {
    return await act(redis);
  } finally {
    redis.destroy();
  }
}

async function inParts<T>(count: number, make: (n: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const from = made.length;
    const part = Array.from({ length: Math.min(AT_A_TIME, count - from) }, (_, n) =>
      make(from + n),
    );
    made.push(...(await Promise.all(part)));
  }
  return made;
}
