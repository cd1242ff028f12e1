/**
 * What happens between servers and Redis: links are cut, go silent, fall behind; scripts are
 * forgotten.
 */
import { serverTopic } from "#server/core/delivery/bus.ts";
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

const FLOOD = `
  local junk = string.rep('x', 100000)
  for _ = 1, 10 do redis.call('SPUBLISH', KEYS[1], junk) end`;

export const fallenBehind: Fault = {
  id: "F22",
  title: "Redis cuts a server off that does not keep up with what it hears",
  times: { short: 1, long: 10 },
  inject: async (world) => {
    const { redis } = world;
    const server = world.anyServer();
    const hears = { what: `server ${server.name} hears`, timeoutMs: 15_000 };
    await until(() => linksOf(server).bus.length > 0, hears);
    const said = linksOf(server).bus.map((wire) => wire.said);
    const [name = "", id = ""] = /klatch:([0-9a-f]+):bus/u.exec(said.join()) ?? [];
    const links = async () =>
      (await redis.cli("CLIENT", "LIST", "TYPE", "pubsub"))
        .split("\n")
        .filter((line) => line.includes(` name=${name} `))
        .map((line) => line.split(" ", 1)[0]);
    await until(async () => (await links()).length > 0, hears);
    const before = await links();
    await redis.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 256kb 128kb 2");
    for (const wire of linksOf(server).bus) wire.hold("down");
    // At once, and to this server alone: nothing is written before the limit is passed.
    await redis.cli("EVAL", FLOOD, "1", serverTopic(id));
    await until(async () => (await links()).every((link) => !before.includes(link)), {
      what: "Redis cuts the link",
      timeoutMs: 15_000,
    });
    await world.pause(0, 1_000);
    world.heal();
    await redis.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60");
    await until(async () => (await links()).length > 0, hears);
  },
};

/** Long enough for a beacon to be missed twice, and for the link to be replaced. */
const SILENT_MS = 25_000;

export const silentLink: Fault = {
  id: "F23",
  title: "A link of most servers goes silent for good, without an end: the bus, or the commands",
  times: { short: 2, long: 20 },
  world: { servers: 5 },
  inject: async (world, time) => {
    const most = Math.ceil(world.servers.length * 0.8);
    const victims = world.random.shuffle(world.servers).slice(0, most);
    await Promise.all(
      victims.map((server, n) => silence(server, (time + n) % 2 === 0 ? "bus" : "commands")),
    );
    return victims.length;
  },
};

/** Only new links come through from now on: whoever trusts the old one waits for ever. */
async function silence(server: Server, which: "bus" | "commands"): Promise<void> {
  const silent = linksOf(server)[which];
  if (silent.length === 0) throw new Error(`server ${server.name} has no ${which} link`);
  for (const wire of silent) for (const way of ["up", "down"] as const) wire.hold(way);
  const isReplaced = () => linksOf(server)[which].some((wire) => !silent.includes(wire));
  await until(isReplaced, {
    what: `the silent ${which} link of server ${server.name} is replaced`,
    timeoutMs: SILENT_MS,
  });
  await until(async () => (await server.readiness()).length === 0, {
    what: "the server is ready again",
    timeoutMs: 10_000,
    everyMs: 200,
  });
  for (const wire of silent) wire.reset();
}
