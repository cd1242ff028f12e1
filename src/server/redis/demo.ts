/**
 * The demo: the people and messages of the Redis chat tutorial, written into an empty Redis and
 * nowhere else.
 */
import { WatchError } from "@redis/client";
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { Redis } from "./connect.ts";
import { connect } from "./connect.ts";
import { keys } from "./keys.ts";
import { jsonParts } from "./log/stored-message.ts";

/**
 * The tutorial's text knows nick, its apps the other four; each has the id of its place here, from
 * 1.
 */
export const DEMO_NAMES = ["nick", "Pablo", "Joe", "Mary", "Alex"] as const;
export const DEMO_PASSWORD = "password123";

const GREETINGS = ["Hello", "Hi", "Yo", "Hola"] as const;
const IN_GENERAL = [
  "Hello!",
  "Hi, How are you? What about our next meeting?",
  "Yeah everything is fine",
  "Next meeting tomorrow 10.00AM",
  "Wow that's great",
] as const;
/** When the tutorial's own example message was sent: "Hello", from 1 to 2. */
const EXAMPLE_AT = 1_615_480_369;

/** `written` now, `present` from before, or `refused` because the Redis holds other people. */
export type DemoOutcome = "written" | "present" | "refused";

interface Line {
  readonly room: string;
  readonly from: number;
  readonly at: number;
  readonly text: string;
}

/**
 * Writes the demo in one transaction, and only if `total_users` does not exist when it is carried
 * out: of many servers that start at once, one writes and the others find it written.
 */
export async function writeDemo(
  url: string,
  hash: (password: string) => Promise<string>,
): Promise<DemoOutcome> {
  // WATCH belongs to a connection, so this one is not shared.
  const redis = await connect(url, "klatch:demo");
  try {
    await redis.watch(keys.totalUsers);
    if ((await redis.exists(keys.totalUsers)) === 0) {
      const hashes = await Promise.all(DEMO_NAMES.map(() => hash(DEMO_PASSWORD)));
      await fill(redis, hashes);
      return "written";
    }
  } catch (error) {
    if (!(error instanceof WatchError)) throw error;
  } finally {
    await redis.unwatch().catch(() => undefined);
    redis.destroy();
  }
  return isPresent(url);
}

async function fill(redis: Redis, hashes: readonly string[]): Promise<void> {
  const transaction = redis.multi();
  const now = Math.floor(Date.now() / 1000);
  transaction.set(keys.totalUsers, String(DEMO_NAMES.length)).set(keys.demo, String(now));
  transaction.set(keys.roomName(GENERAL), GENERAL_NAME);
  DEMO_NAMES.forEach((name, at) => {
    const role = at === 0 ? { role: "owner" } : {};
    const user = { username: name, password: hashes[at] ?? "", createdAt: now, ...role };
    transaction
      .set(keys.username(name.toLowerCase()), keys.user(at + 1))
      .zAdd(keys.usernames, { score: 0, value: name.toLowerCase() })
      .hSet(keys.user(at + 1), user);
  });
  transaction.sAdd(keys.owners, "1");
  for (const [room, members] of rooms()) {
    for (const id of members) {
      transaction.sAdd(keys.userRooms(id), room);
      const role = room === GENERAL && id === 1 ? "moderator" : "member";
      transaction.hSet(keys.roomMembers(room), String(id), role);
    }
  }
  for (const { room, from, at, text } of lines(now)) {
    const id = `${at}.000000`;
    const [head, middle, end] = jsonParts(accessRoom({ id: from }, room), {
      text,
      cid: `demo-${room}-${at}`,
    });
    transaction.zAdd(keys.room(room), { score: at, value: head + at + middle + id + end });
    transaction.hSet(keys.roomMeta(room), "last", id);
  }
  await transaction.exec();
}

async function isPresent(url: string): Promise<DemoOutcome> {
  const redis = await connect(url, "klatch:demo");
  try {
    return (await redis.exists(keys.demo)) === 1 ? "present" : "refused";
  } finally {
    redis.destroy();
  }
}

const greet = (n: number) => GREETINGS[n % GREETINGS.length] ?? "Hello";

/** General and a private chat of every two. */
function rooms(): readonly [room: string, members: readonly number[]][] {
  const everyone = DEMO_NAMES.map((_, at) => at + 1);
  return [
    [GENERAL, everyone],
    ...everyone.flatMap((a) =>
      everyone.filter((b) => a < b).map((b): [string, number[]] => [`${a}:${b}`, [a, b]]),
    ),
  ];
}

/**
 * Two greetings in every private chat, one each way, and a little talk in General, just before
 * `now`.
 */
function lines(now: number): readonly Line[] {
  const greetings = rooms().flatMap(([room, members], pair): Line[] => {
    const [a, b] = members;
    if (room === GENERAL || a === undefined || b === undefined) return [];
    const at = room === "1:2" ? EXAMPLE_AT : now - 222 + 10 * pair;
    return [
      { room, from: a, at, text: greet(pair - 1) },
      { room, from: b, at: at + 5, text: greet(pair) },
    ];
  });
  const talk = IN_GENERAL.map((text, at) => ({
    room: GENERAL,
    from: 1 + ((at * 2) % DEMO_NAMES.length),
    at: now - 200 * (IN_GENERAL.length - at),
    text,
  }));
  return [...greetings, ...talk];
}
