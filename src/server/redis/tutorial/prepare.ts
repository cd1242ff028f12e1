/** What servers of other kinds must find when they start on Klatch's Redis. */
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

/**
 * Where `total_users` is missing they write four people whose password everybody knows; where
 * General has no name, they write to it without an end.
 */
export async function prepareForOthers(redis: Redis): Promise<void> {
  await answered(
    Promise.all([
      redis.setNX(keys.totalUsers, "0"),
      redis.setNX(keys.roomName(GENERAL), GENERAL_NAME),
    ]),
  );
}
