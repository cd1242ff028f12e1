/**
 * What happens to Redis: it is killed, loses power, stands still, or runs out of disk or memory.
 */
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import { repairLog } from "#test/faults/world/disk.ts";
import type { Random } from "#test/faults/world/random.ts";
import type { World } from "#test/faults/world/world.ts";

/** Kills Redis, leaves it dead for a while, and starts it again on what it left. */
async function killRedis(world: World, whileDead: () => void = () => undefined): Promise<void> {
  await world.redis.kill("SIGKILL");
  whileDead();
  await nothingIsAcknowledged(world, 50, 700);
  await world.redis.restart();
  await world.progress(world.people.length);
}

/**
 * While Redis takes nothing, nothing may be acknowledged. Ids are times, and Redis runs on this machine: an answer that
 * was only late has an id of before.
 */
async function nothingIsAcknowledged(world: World, lowMs: number, highMs: number): Promise<void> {
  const { operations } = world.recorder;
  const known = operations.length;
  // A signal takes a moment to be felt.
  await world.pause(50, 50);
  const from = Date.now();
  await world.pause(lowMs, highMs);
  const invented = operations
    .slice(known)
    .filter((each) => each.f === "send" && each.type === "ok" && 1_000 * Number(each.id) > from);
  if (invented.length > 0) {
    throw new Error(`${invented.length} messages were acknowledged without a Redis`);
  }
}

async function nobodyIsReady(world: World): Promise<void> {
  for (const server of world.servers) {
    const reasons = await server.readiness();
    if (reasons.length === 0) throw new Error(`server ${server.name} says it is ready`);
  }
}

export const redisKill: Fault = {
  id: "F10",
  title: "Redis is killed (appendfsync always)",
  times: { short: 5, long: 60 },
  counts: "Redis kill",
  inject: (world) => killRedis(world),
};

async function cutPower(world: World, torn?: Random): Promise<void> {
  const { disk, redis, random } = world;
  if (disk === undefined) throw new Error("This world has no disk of its own.");
  // A slow disk, so that the cut comes while writes are on their way to it.
  disk.slowMs = random.pick([0, 5, 20, 60]);
  await world.pause(100, 300);
  await killRedis(world, () => {
    disk.slowMs = 0;
    disk.losePower(redis, torn);
    if (torn !== undefined) repairLog(redis);
  });
}

export const powerLoss: Fault = {
  id: "F12",
  title: "Redis loses power: all that was not flushed is gone",
  times: { short: 3, long: 30 },
  counts: "power loss",
  world: { needsDisk: true },
  inject: (world) => cutPower(world),
};

export const tornWrite: Fault = {
  id: "F12t",
  title: "Redis loses power in the middle of a write; its log is mended as Klatch mends its own",
  times: { short: 3, long: 30 },
  counts: "power loss",
  world: { needsDisk: true },
  inject: (world) => cutPower(world, world.random),
};

/** How long Redis stands still, in turn: in thirty turns each of the three ways has each of these. */
const STANDSTILLS_MS = [1, 1, 1, 5, 1, 5, 30, 5, 1, 5].map((seconds) => 1_000 * seconds);

export const standstill: Fault = {
  id: "F13",
  title: "Redis stands still for 1, 5 or 30 s: stopped by a signal, or CLIENT PAUSE (writes, all)",
  times: { short: 3, long: 30 },
  inject: async (world, time) => {
    const { redis } = world;
    const ms = STANDSTILLS_MS[time % STANDSTILLS_MS.length] ?? 1_000;
    if (time % 3 === 0) {
      await redis.kill("SIGSTOP");
      await nothingIsAcknowledged(world, ms, ms);
      await redis.kill("SIGCONT");
    } else {
      await redis.cli("CLIENT", "PAUSE", String(ms), time % 3 === 1 ? "WRITE" : "ALL");
      await world.pause(ms, ms);
    }
    await world.progress(world.people.length);
  },
};

export const fullDisk: Fault = {
  id: "F17",
  title: "The disk is full: Redis ends itself (always), or refuses writes (everysec)",
  times: { short: 2, long: 10 },
  world: { needsDisk: true },
  inject: async (world, time) => {
    const { disk, redis } = world;
    if (disk === undefined) throw new Error("This world has no disk of its own.");
    const policy = time % 2 === 0 ? "always" : "everysec";
    await redis.cli("CONFIG", "SET", "appendfsync", policy);
    const { pid } = redis;
    disk.isFull = true;
    if (policy === "always") await until(() => !isAlive(pid), { what: "Redis ends itself" });
    else await world.pause(2_000, 2_500);
    await nothingIsAcknowledged(world, 200, 500);
    await nobodyIsReady(world);
    disk.isFull = false;
    if (policy === "always") await redis.restart();
    await world.progress(world.people.length);
    await redis.cli("CONFIG", "SET", "appendfsync", "always");
  },
};

export const fullMemory: Fault = {
  id: "F18",
  title: "Redis's memory is full: sending is refused, reading and signing out are not",
  times: { short: 1, long: 5 },
  inject: async (world) => {
    const { redis } = world;
    const token = await world.guest();
    await redis.cli("CONFIG", "SET", "maxmemory", "1mb");
    await nothingIsAcknowledged(world, 300, 600);
    await nobodyIsReady(world);
    const { url } = world.anyServer();
    const headers = { Authorization: `Bearer ${token}` };
    const read = await fetch(`${url}/api/rooms/0/messages`, { headers });
    await read.arrayBuffer();
    const out = await fetch(`${url}/api/session`, { method: "DELETE", headers });
    await out.arrayBuffer();
    await redis.cli("CONFIG", "SET", "maxmemory", "0");
    if (!read.ok) throw new Error(`reading was answered ${read.status}`);
    if (!out.ok) throw new Error(`signing out was answered ${out.status}`);
    await world.progress(world.people.length);
  },
};

export const rewrite: Fault = {
  id: "F24",
  title: "Redis is killed while it rewrites its log",
  times: { short: 1, long: 15 },
  counts: "Redis kill",
  inject: async (world) => {
    const { redis } = world;
    await redis.cli("BGREWRITEAOF");
    await world.pause(0, 60);
    await killRedis(world);
  },
};

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
