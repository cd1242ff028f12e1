/** A real Redis for the tests of one file, and ways to look at it. */
import { randomUUID } from "node:crypto";
import { RESP_TYPES } from "@redis/client";
import type { PlainDraft } from "#test/support/plain-log.ts";
import type { Redis } from "#server/redis/connect.ts";
import type { Script } from "#server/redis/scripts.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";

export interface OpenRedis {
  readonly process: RedisProcess;
  readonly redis: Redis;
  readonly close: () => Promise<void>;
}

/** Starts a Redis that flushes nothing, and connects to it; `close` ends both. */
export async function openRedis(): Promise<OpenRedis> {
  const process = await startRedis({ args: ["--appendonly", "no"] });
  const redis = await connect(process.url, "klatch:test");
  const close = async () => {
    redis.destroy();
    await process.stop();
  };
  return { process, redis, close };
}

let rooms = 100;

/** A room of its own for each test, with these members. */
export async function newRoom(redis: Redis, ...members: readonly number[]): Promise<string> {
  const room = String(rooms++);
  for (const member of members) await redis.hSet(keys.roomMembers(room), String(member), "member");
  return room;
}

export function draft(room: string, text = "hello", cid: string = randomUUID()): PlainDraft {
  return { from: 1, room, cid, text };
}

/** Every key with its value and whether it has a time to live; two that are equal hold the same. */
export async function snapshot(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const names = (await redis.keys("*")).toSorted();
  const values = await Promise.all(
    names.map(async (name) => {
      const dump = await redis.withTypeMapping(BYTES).dump(name);
      return `${dump.toString("base64")} ${(await redis.ttl(name)) < 0 ? "stays" : "goes"}`;
    }),
  );
  return new Map(names.map((name, at) => [name, values[at] ?? ""]));
}

/** Runs a script with any bytes at all; answers in bytes. */
export async function runRaw(
  redis: Redis,
  script: Script,
  names: readonly string[],
  args: readonly (string | Buffer)[],
): Promise<unknown> {
  return redis
    .withTypeMapping(BYTES)
    .sendCommand(["EVAL", script.source, String(names.length), ...names, ...args]);
}

const BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer } as const;

/** What a peer might send in the hope that somebody runs it. */
export const HOSTILE: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["nothing", Buffer.from("")],
  ["a line of the protocol", Buffer.from("\r\n*1\r\n$8\r\nFLUSHALL\r\n")],
  ["NUL", Buffer.from("a\0b")],
  ["invalid UTF-8", Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80])],
  ["Lua", Buffer.from("]] redis.call('FLUSHALL') --[['..redis.call('FLUSHALL')..'")],
  ["Lua in quotes", Buffer.from("' .. redis.call('FLUSHALL') .. '")],
  ["a pattern of Lua", Buffer.from("%f[%w]%1%z(((*")],
  ["a format", Buffer.from("%s%d%n%99999d")],
  ["a number too large", Buffer.from("1e309")],
  ["not a number", Buffer.from("nan")],
  ["JSON", Buffer.from('","from":2,"x":"')],
  ["1 MB", Buffer.alloc(1024 * 1024, "x")],
];
