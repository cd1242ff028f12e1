/** The people of the table: one for each role, and those whom they have to do with. */
import { hash } from "@node-rs/bcrypt";
import type { Me } from "#protocol/api.ts";
import { canonicalUsername } from "#protocol/username.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { Member, PASSWORD } from "#test/support/member.ts";

/** Names of those who have an account, by their role. */
const NAMES = {
  owner: "Olga",
  outsider: "Otto",
  former: "Fenna",
  member: "Mina",
  moderator: "Mona",
  maker: "Maxim",
  banned: "Bruno",
  suspended: "Susi",
  admin: "Anna",
  expired: "Egon",
  revoked: "Rita",
} as const;

/** `friend` is in every room, and what is done to somebody there is done to `target`. */
const OTHERS = {
  friend: "Frida",
  target: "Tom",
  newcomer: "Nora",
  quiet: "Quirin",
  there: "Pia",
  hidden: "Hilde",
  blocking: "Bert",
  locked: "Sven",
  gone: "Dora",
} as const;

export type Named = keyof typeof NAMES | keyof typeof OTHERS;
export type People = Readonly<Record<Named, Member>>;

/** Past this many rounds nobody waits in a test; the server verifies whatever a hash says. */
const QUICK = 4;

/** Accounts and sessions, written straight into Redis: the throttles would take hours. */
export async function enterAll(url: string, store: Redis): Promise<People> {
  const passwordHash = await hash(PASSWORD, { cost: QUICK });
  const accounts = new RedisAccountStore(store);
  const enter = async (name: string) => {
    const me = await accounts.create(canonicalUsername(name), name, passwordHash);
    if (me === undefined) throw new Error(`${name} is there already.`);
    return new Member(url, me, await signIn(store, me));
  };
  const entered: [string, Member][] = [];
  for (const [role, name] of Object.entries({ ...NAMES, ...OTHERS })) {
    entered.push([role, await enter(name)]);
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- because each name of both lists was entered
  return Object.fromEntries(entered) as unknown as People;
}

/** Another session of somebody; its token. */
export async function signIn(store: Redis, { id }: Me): Promise<string> {
  const token = randomTokens.create();
  await new RedisSessionStore(store).create(randomTokens.digest(token), id);
  return token;
}

/** As a session is called in its owner's list. */
export function handleOf(token: string): string {
  return randomTokens.digest(token).slice(0, 16);
}

/** A session whose time is over, and that nobody has looked at since. */
export async function expire(store: Redis, token: string): Promise<void> {
  await store.hSet(keys.session(randomTokens.digest(token)), "until", "1");
}
