/**
 * Faults that may lose what was acknowledged: how much, and that everyone is told, is what is
 * tested here.
 */
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { CHECKERS, durable } from "#test/checkers/checkers.ts";
import type { Digest, Injection } from "#test/checkers/history.ts";
import { appendFiles, repairLog } from "#test/faults/world/disk.ts";
import type { Fault, Judgement } from "#test/faults/fault.ts";
import type { World } from "#test/faults/world/world.ts";

/**
 * With everysec, what was acknowledged so long before a cut may be gone: a second, and what a busy
 * disk adds.
 */
const EVERYSEC_MS = 3_000;

/**
 * All laws hold for what Redis has in the end. What it lost was acknowledged shortly before a cut,
 * whoever had seen it was told of the fork, and clients that still held it have sent it again.
 */
export function judgeLossy(digest: Digest): Judgement {
  const { operations, finals, views, sends } = digest;
  const cuts = operations.filter((each): each is Injection => each.f === "fault").map(({ t }) => t);
  const stored = new Set([...finals.values()].flat().map(({ cid }) => cid));
  const places = new Map(
    [...finals].flatMap(([room, lines]) => lines.map(({ id, cid }) => [`${room} ${id}`, cid])),
  );
  const gone = durable(digest).length;
  const lost = [...sends.values()].flatMap(({ ok }) => (ok && !stored.has(ok.cid) ? [ok] : []));
  const old = lost.filter(
    ({ t }) => !cuts.some((cut) => t > cut - EVERYSEC_MS && t < cut + 60_000),
  );
  const kept = views.map((view) => ({
    ...view,
    heard: view.heard.filter(({ id, cid }) => places.get(`${view.room} ${id}`) === cid),
  }));
  const untold = views.filter(({ heard, breaks, room }) => {
    const sawLost = heard.some(({ id, cid }) => places.get(`${room} ${id}`) !== cid);
    return sawLost && !breaks.some(({ state }) => state === "fork");
  });
  // What was sent again came after what was already on its way, so it may have changed its place.
  const seen = [
    ...views.flatMap(({ heard }) => heard),
    ...[...sends.values()].flatMap(({ ok }) => ok ?? []),
  ];
  const moved = new Set(
    seen.flatMap(({ room, id, cid }) => (places.get(`${room} ${id}`) === cid ? [] : [cid])),
  );
  const steady = new Map([...sends].filter(([cid]) => !moved.has(cid)));
  const others = CHECKERS.filter((checker) => checker !== durable);
  return {
    violations: [
      ...others.flatMap((checker) => checker({ ...digest, views: kept, sends: steady })),
      ...old.map(({ cid }) => ({ law: "durable" as const, what: `${cid} was lost, and was old` })),
      ...untold.map(({ proc, room }) => ({
        law: "real" as const,
        what: `${proc} was never told of the fork in room ${room}`,
      })),
    ],
    note: `${gone} acknowledged were lost by Redis, ${lost.length} of them for good; clients sent the others again`,
  };
}

export const everysec: Fault = {
  id: "F11",
  title: "Redis with appendfsync everysec loses power",
  times: { short: 1, long: 20 },
  world: { needsDisk: true, redisArgs: ["--appendfsync", "everysec"] },
  judge: judgeLossy,
  restMs: [800, 2_000],
  inject: async (world) => {
    await world.redis.kill("SIGKILL");
    world.disk?.losePower(world.redis);
    await world.redis.restart();
    await world.progress(world.people.length);
  },
};

export const cutLog: Fault = {
  id: "F16",
  title: "The end of Redis's log is torn off within its last command, or a bit in it flips",
  times: { short: 10, long: 60 },
  judge: judgeLossy,
  inject: async (world, time) => {
    await world.redis.kill("SIGKILL");
    if (time % 2 === 0) tearOff(world);
    else await flipBit(world);
    repairLog(world.redis);
    await world.redis.restart();
    await world.progress(world.people.length);
  },
};

/** Takes away the last bytes of what was written last; Redis must start without that command. */
function tearOff(world: World): void {
  const [path] = appendFiles(world.redis).slice(-1);
  if (path === undefined) throw new Error("Redis has written no log.");
  const { size } = statSync(path);
  truncateSync(path, Math.max(0, size - world.random.between(1, 40)));
}

/**
 * Damages the frame of a command in the middle; Redis must refuse to start, not guess. The file is
 * put back then.
 */
async function flipBit(world: World): Promise<void> {
  const { redis, random } = world;
  const [path] = appendFiles(redis).slice(-1);
  if (path === undefined) throw new Error("Redis has written no log.");
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  const bytes = readFileSync(path);
  const at = bytes.indexOf("\r\n*", random.between(0, Math.floor(bytes.length / 2))) + 2;
  bytes.writeUInt8((bytes[at] ?? 0) ^ 0x01, at);
  writeFileSync(path, bytes);
  const started = await redis.restart().then(
    () => true,
    () => false,
  );
  copyFileSync(copy, path);
  rmSync(copy);
  if (started) throw new Error("Redis started on a damaged log");
}
