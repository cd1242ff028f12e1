/** Accounts that servers of other kinds made, and ours as those look for them. */
import { GENERAL } from "#protocol/room.ts";
import { parseUsername } from "#protocol/username.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

/**
 * Makes somebody with an account a member of General, with all that Klatch keeps of one; found by
 * others if Klatch would allow the name and nobody else has it in another spelling. `false` if there
 * is no such account.
 */
export async function welcome(redis: Redis, user: number): Promise<boolean> {
  const [isMember, username] = await answered(
    Promise.all([
      redis.hExists(keys.roomMembers(GENERAL), String(user)),
      redis.hGet(keys.user(user), "username"),
    ]),
  );
  if (username === null) return false;
  if (isMember === 1) return true;
  const name = parseUsername(username);
  const canonical = name.ok ? name.canonical : "";
  const names = [
    keys.user(user),
    keys.userRooms(user),
    keys.roomMembers(GENERAL),
    keys.roomReads(GENERAL),
  ];
  const args = [String(user), GENERAL, canonical, keys.username(canonical), keys.roomMeta(GENERAL)];
  return (await run(redis, scripts.welcome, names, args)) === 1;
}

/** As above; and a name of ours is found by servers that know one spelling only. */
export async function welcomeSpelled(redis: Redis, user: number): Promise<void> {
  if (!(await welcome(redis, user))) return;
  const fields = ["username", "password"];
  const [username, password] = await answered(redis.hmGet(keys.user(user), fields));
  // A bot has no password, and cannot sign in anywhere.
  if (typeof username === "string" && typeof password === "string") {
    await spell(redis, user, username);
  }
}

/** Lets a name be found as its owner writes it, if that is free. */
export async function spell(redis: Redis, user: number, username: string): Promise<void> {
  await answered(redis.setNX(keys.username(username), keys.user(user)));
}
