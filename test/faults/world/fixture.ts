/**
 * People, sessions and rooms written through Klatch's own stores, without the price of hashing
 * passwords.
 */
import type { Me } from "#protocol/api.ts";
import { GENERAL } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";

/** A person who is signed in, and the rooms they are a member of. */
export interface Fixture {
  readonly me: Me;
  readonly token: string;
  readonly rooms: readonly RoomId[];
}

/** How many people share one room beside General. */
const ROOM_SIZE = 4;
/** A further session of somebody, its token. */
export async function openSession(url: string, { me }: Fixture): Promise<string> {
  const redis = await connect(url, "fixture");
  try {
    const token = randomTokens.create();
    await new RedisSessionStore(redis).create(randomTokens.digest(token), me.id);
    return token;
  } finally {
    redis.destroy();
  }
}

/** Nobody can sign in with it: these people have a session from the start. */
const NO_PASSWORD = "$2b$12$nobody";

/**
 * Makes so many people, all in General, and four of them in each of as many rooms as that gives.
 */
export async function makePeople(url: string, count: number): Promise<readonly Fixture[]> {
  const redis = await connect(url, "fixture");
  try {
    const accounts = new RedisAccountStore(redis);
    const sessions = new RedisSessionStore(redis);
    const people: Fixture[] = [];
    for (let n = 0; n < count; n++) {
      const name = `person${n}`;
      const me = await accounts.create(name, name, NO_PASSWORD);
      if (me === undefined) throw new Error(`There is a ${name} already.`);
      const token = randomTokens.create();
      await sessions.create(randomTokens.digest(token), me.id);
      const room = String(1_000 + Math.floor(n / ROOM_SIZE));
      await redis.hSet(keys.roomMembers(room), String(me.id), "member");
      await redis.sAdd(keys.userRooms(me.id), room);
      people.push({ me, token, rooms: [GENERAL, room] });
    }
    return people;
  } finally {
    redis.destroy();
  }
}
