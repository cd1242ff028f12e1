/**
 * Redis comes back with nothing: that must not look like a fresh start, and all is well again once
 * its data is back.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD, request } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";

/** What servers say of it, to whoever asks whether they are ready and in the log. */
const LOST = "lost everything";
/** How the log marks an error. */
const ERROR = '"level":50';
/** A server looks all its sessions up this often at the latest, and on hearing that Redis is back. */
const OVER_MS = 20_000;

export const emptiedRedis: Fault = {
  id: "F14",
  title: "Redis comes back empty; later its data is brought back",
  times: { short: 1, long: 5 },
  inject: async (world, time) => {
    const { redis, servers } = world;
    // Nobody writes: what would be acknowledged now would be lost with the empty Redis.
    world.rest();
    const isQuiet = () => world.people.every(({ unsent }) => unsent.length === 0);
    await until(isQuiet, { what: "all is sent", timeoutMs: 30_000 });
    const logged = new Map(servers.map((server) => [server, server.output.length]));
    const bringBack = await empty(redis);
    try {
      for (const server of servers) await saysSo(server);
      await nothingIsTakenForGranted(world, time);
      await nothingIsMadeAnew(redis);
    } finally {
      await bringBack();
    }
    for (const [server, from] of logged) {
      await until(async () => (await server.readiness()).length === 0, {
        what: `server ${server.name} is ready again`,
        timeoutMs: 15_000,
        everyMs: 50,
      });
      const lines = server.output.slice(from).split("\n");
      const told = lines.filter((line) => line.includes(ERROR) && line.includes(LOST)).length;
      if (told !== 1) throw new Error(`server ${server.name} logged the loss ${told} times`);
    }
    for (const { klatch } of world.people) klatch.connect();
    world.write();
    await world.progress(world.people.length);
  },
};

/** Starts it without its data. The answer starts it again with them, and without what came since. */
async function empty(redis: RedisProcess): Promise<() => Promise<void>> {
  const names = ["appendonlydir", "dump.rdb"];
  const kept = join(redis.folder, "kept");
  const move = (from: string, to: string) => {
    for (const name of names) {
      rmSync(join(to, name), { recursive: true, force: true });
      if (existsSync(join(from, name))) renameSync(join(from, name), join(to, name));
    }
  };
  mkdirSync(kept, { recursive: true });
  await redis.stop();
  move(redis.folder, kept);
  await redis.restart();
  return async () => {
    await redis.stop();
    move(kept, redis.folder);
    await redis.restart();
  };
}

async function saysSo(server: Server): Promise<void> {
  const isSaid = async () => (await server.readiness()).some((why) => why.includes(LOST));
  await until(isSaid, {
    what: `server ${server.name} is not ready, and says why`,
    timeoutMs: 10_000,
    everyMs: 50,
  });
}

/** Sessions are over, on lines that are open too, and nobody can begin anew. */
async function nothingIsTakenForGranted(world: World, time: number): Promise<void> {
  const headers = { Authorization: `Bearer ${world.fixtures[0]?.token ?? ""}` };
  const body = { username: `stranger${time}`, password: PASSWORD };
  for (const { url, name } of world.servers) {
    const me = await request(url, "GET", "/api/me", { headers });
    if (me.status !== 401) throw new Error(`server ${name} answered a session with ${me.status}`);
    const account = await request(url, "POST", "/api/accounts", { body });
    if (account.status !== 503) {
      throw new Error(`server ${name} answered a registration with ${account.status}`);
    }
  }
  const isOut = () => world.people.every(({ klatch }) => klatch.link.at === "closed");
  await until(isOut, { what: "everyone is signed out", timeoutMs: OVER_MS });
}

/** What a fresh chat begins with: people, sessions, rooms, and the mark that it is one. */
const BEGINNINGS = /^\{?(?:total_users|username:|user:|session:|room:|klatch:(?:instance|demo))/u;

async function nothingIsMadeAnew(redis: RedisProcess): Promise<void> {
  const found = (await redis.cli("KEYS", "*")).split("\n");
  const made = found.filter((key) => BEGINNINGS.test(key));
  if (made.length > 0) throw new Error(`on the empty Redis there is now ${made.join(", ")}`);
}
