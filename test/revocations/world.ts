/** Where things are taken from people: two servers over one Redis, and people made without delay. */
import assert from "node:assert/strict";
import { connect } from "#server/redis/connect.ts";
import type { Redis } from "#server/redis/connect.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { BcryptHasher } from "#server/secrets/bcrypt-hasher.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { Server } from "#test/faults/world/server.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";

export interface World extends AsyncDisposable {
  readonly store: Redis;
  /** Where something is taken. */
  readonly near: Server;
  /** Where it must end. */
  readonly far: Server;
  /** The owner of Klatch, at the near server; moderates every room. */
  readonly ada: Member;
  /** At the far server: what she has heard there would have reached others, too. */
  readonly brin: Member;
  /** Somebody new who is signed in, at the near server. */
  person(): Promise<Member>;
  /** The same person on another device. */
  again(member: Member): Promise<Member>;
}

export async function openWorld(): Promise<World> {
  const redis = await startRedis({ args: ["--appendfsync", "no"] });
  const [near, far] = await Promise.all([Server.open("near", redis), Server.open("far", redis)]);
  const store = await connect(redis.url, "test");
  const hash = await new BcryptHasher().hash(PASSWORD);
  const accounts = new RedisAccountStore(store);
  const sessions = new RedisSessionStore(store);
  const signIn = async (me: Member["me"]) => {
    const token = randomTokens.create();
    await sessions.create(randomTokens.digest(token), me.id);
    return new Member(near.url, me, token);
  };
  const register = async (name: string) => {
    const me = await accounts.create(name.toLowerCase(), name, hash);
    assert.ok(me !== undefined);
    return signIn(me);
  };
  let people = 0;
  return {
    store,
    near,
    far,
    ada: await register("Ada"),
    brin: (await register("Brin")).at(far.url),
    person: () => register(`Person${++people}`),
    again: ({ me }) => signIn(me),
    [Symbol.asyncDispose]: async () => {
      store.destroy();
      await Promise.all([near, far].map((each) => each[Symbol.asyncDispose]()));
      await redis.stop();
    },
  };
}
