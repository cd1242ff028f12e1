/** The places in which something could be left: keys of a Redis, files, the memory of a process. */
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RedisClientType } from "@redis/client";
import { createClient } from "@redis/client";

/** A key with all that it holds, or what else a Redis tells of itself. */
export interface Entry {
  readonly key: string;
  readonly text: string;
}

/** A link as the operator has it: with all rights. */
export async function openLink(socket: string): Promise<RedisClientType> {
  const link: RedisClientType = createClient({
    socket: { path: socket, tls: false, reconnectStrategy: (tries) => Math.min(50 * tries, 300) },
  });
  link.on("error", () => undefined);
  await link.connect();
  return link;
}

/** Every key, each with its value; then the slow log, the clients, the ACL log and the channels. */
export async function entriesOf(link: RedisClientType): Promise<readonly Entry[]> {
  const keys = await allKeys(link);
  const values = await Promise.all(
    keys.map(async (key) => ({ key, text: await valueOf(link, key) })),
  );
  const said = [
    ["SLOWLOG", "GET", "-1"],
    ["CLIENT", "LIST"],
    ["ACL", "LOG"],
    ["PUBSUB", "CHANNELS"],
    ["CONFIG", "GET", "*"],
    ["INFO", "everything"],
  ];
  const others = await Promise.all(
    said.map(async (command) => ({
      key: `(${command.join(" ")})`,
      text: JSON.stringify(await link.sendCommand(command)),
    })),
  );
  return [...values, ...others];
}

export async function allKeys(link: RedisClientType): Promise<readonly string[]> {
  const keys = new Set<string>();
  for await (const some of link.scanIterator({ COUNT: 1000 }))
    for (const key of some) keys.add(key);
  return [...keys];
}

async function valueOf(link: RedisClientType, key: string): Promise<string> {
  const type = await link.type(key);
  const command = READ[type];
  // It has ended meanwhile.
  if (command === undefined) return "";
  return JSON.stringify(await link.sendCommand(command(key)));
}

const READ: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
  list: (key) => ["LRANGE", key, "0", "-1"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** Every file in these folders. */
export function filesIn(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true),
  );
}

export function readFile(path: string): Buffer {
  return readFileSync(path);
}

const PAGE_BYTES = 4096;
/** What a page's entry in `pagemap` is long; the two highest bits say that there is something. */
const ENTRY_BYTES = 8;
const IN_USE = 0xc0;

/**
 * All memory of a process that it can write to, each stretch of it that is in use. Linux, and only
 * where that is allowed. (Most of what a program reserves it never touches.)
 */
export function* memoryOf(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, "utf8");
    for (const { groups = {} } of maps.matchAll(/^(?<from>[\da-f]+)-(?<to>[\da-f]+) rw/gmu)) {
      const from = Number(`0x${groups["from"]}`) / PAGE_BYTES;
      const to = Number(`0x${groups["to"]}`) / PAGE_BYTES;
      const map = readAt(pages, from * ENTRY_BYTES, (to - from) * ENTRY_BYTES);
      for (const [first, after] of stretches(map)) {
        yield readAt(memory, (from + first) * PAGE_BYTES, (after - first) * PAGE_BYTES);
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pages);
  }
}

/** Pages in use, as stretches from the first to the one behind the last. */
function* stretches(map: Buffer): Generator<readonly [number, number]> {
  const count = map.length / ENTRY_BYTES;
  const isUsed = (page: number) => ((map[page * ENTRY_BYTES + 7] ?? 0) & IN_USE) !== 0;
  for (let page = 0; page < count; page++) {
    if (!isUsed(page)) continue;
    const first = page;
    while (page < count && isUsed(page)) page++;
    yield [first, page];
  }
}

/** As much of it as can be read: what is reserved, or has just been given back, cannot. */
function readAt(file: number, at: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  try {
    return piece.subarray(0, readSync(file, piece, 0, length, at));
  } catch {
    return Buffer.alloc(0);
  }
}
