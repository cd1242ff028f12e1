/**
 * What happens between servers and Redis: links are cut, go silent, fall behind; scripts are
 * forgotten.
 */
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Wire } from "#test/faults/world/proxy.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";

/** A server has two links to Redis: one for commands, and one over which it hears. */
function linksOf({ redisWire }: Server): { commands: readonly Wire[]; bus: readonly Wire[] } {
  const all = redisWire.find("klatch:");
  const bus = all.filter(({ said }) => /klatch:[0-9a-f]+:bus/u.test(said));
  return { bus, commands: all.filter((wire) => !bus.includes(wire)) };
}

export const severed: Fault = {
  id: "F21",
  title: "Scripts are flushed, links killed, the password changed, connections refused",
  times: { short: 5, long: 25 },
  inject: async (world, time) => {
    const { redis } = world;
    switch (time % 5) {
      case 0:
        await redis.cli("SCRIPT", "FLUSH");
        break;
      case 1:
        await redis.cli("CLIENT", "KILL", "TYPE", "normal");
        break;
      case 2:
        await redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
        break;
      case 3:
        await locked(world);
        break;
      default:
        await turnedAway(world);
    }
    await world.progress(2 * world.people.length, 15_000);
  },
};

/** New links meet a password that nobody gave the servers, until it is taken away again. */
async function locked(world: World): Promise<void> {
  const { redis } = world;
  await redis.cli("CONFIG", "SET", "requirepass", "another");
  await redis.cli("-a", "another", "CLIENT", "KILL", "TYPE", "pubsub");
  await redis.cli("-a", "another", "CLIENT", "KILL", "TYPE", "normal");
  await world.pause(500, 1_500);
  await redis.cli("-a", "another", "CONFIG", "SET", "requirepass", "");
}

/** Connections to Redis are reset, old and new. */
async function turnedAway(world: World): Promise<void> {
  for (const { redisWire } of world.servers) {
    redisWire.isDown = true;
    redisWire.reset();
  }
  await world.pause(500, 1_500);
  world.heal();
}

export const fallenBehind: Fault = {
  id: "F22",
  title: "Redis cuts a server off that does not keep up with what it hears",
  times: { short: 1, long: 10 },
  inject: async (world) => {
    const { redis } = world;
    const server = world.anyServer();
    await redis.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 256kb 128kb 2");
    const subscribers = async () =>
      (await redis.cli("CLIENT", "LIST", "TYPE", "pubsub")).split("\n").length;
    const before = await subscribers();
    for (const wire of linksOf(server).bus) wire.hold("down");
    const junk = "x".repeat(100_000);
    await until(
      async () => {
        await redis.cli("SPUBLISH", "room:0", junk);
        return (await subscribers()) < before;
      },
      { what: "Redis cuts the link", timeoutMs: 30_000, everyMs: 5 },
    );
    await world.pause(0, 1_000);
    world.heal();
    await redis.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60");
    await until(async () => (await subscribers()) >= before, {
      what: "the server hears again",
      timeoutMs: 15_000,
    });
  },
};

/** Long enough for a beacon to be missed twice, and for the link to be replaced. */
const SILENT_MS = 25_000;

export const silentLink: Fault = {
  id: "F23",
  title: "One link of a server goes silent for good, without an end: the bus, or the commands",
  times: { short: 0, long: 12 },
  inject: async (world, time) => {
    const server = world.anyServer();
    const links = linksOf(server);
    const silent = time % 2 === 0 ? links.bus : links.commands;
    if (silent.length === 0) throw new Error(`server ${server.name} has no such link`);
    for (const wire of silent) for (const way of ["up", "down"] as const) wire.hold(way);
    // Only new links come through: whoever trusts the old one waits for ever.
    const isReplaced = () => {
      const now = linksOf(server);
      const fresh = time % 2 === 0 ? now.bus : now.commands;
      return fresh.some((wire) => !silent.includes(wire));
    };
    await until(isReplaced, { what: "the silent link is replaced", timeoutMs: SILENT_MS });
    await until(async () => (await server.readiness()).length === 0, {
      what: "the server is ready again",
      timeoutMs: 10_000,
      everyMs: 200,
    });
    for (const wire of silent) wire.reset();
  },
};
