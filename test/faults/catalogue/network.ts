/** What happens between clients and servers: dead lines, bad lines and slow readers. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Person } from "#test/faults/world/person.ts";
import type { Wire } from "#test/faults/world/proxy.ts";
import type { World } from "#test/faults/world/world.ts";

/** A client gives a silent line up within this. */
const WATCHDOG_MS = 35_000;

export const halfOpen: Fault = {
  id: "F40",
  title: "A client's line goes silent both ways, without an end; it finds out by itself",
  times: { short: 5, long: 50 },
  world: { people: 27 },
  inject: async (world) => {
    // Everybody but two, at once: each is a blow of its own.
    const victims = world.people.slice(2);
    const dead = new Map(victims.map((person) => [person, [...person.wire.wires]]));
    for (const wire of [...dead.values()].flat()) {
      for (const direction of ["up", "down"] as const) wire.hold(direction);
    }
    const isBack = (person: Person) =>
      person.klatch.link.at === "open" &&
      [...person.wire.wires].some((wire) => !dead.get(person)?.includes(wire));
    await until(() => victims.every(isBack), {
      what: "everyone is back on a new line",
      timeoutMs: WATCHDOG_MS,
      everyMs: 50,
    });
    for (const wire of [...dead.values()].flat()) wire.reset();
    return victims.length;
  },
};

export const badLine: Fault = {
  id: "F41",
  title: "Lines deliver byte by byte, half a second late, and break off in the middle of frames",
  times: { short: 4, long: 40 },
  inject: async (world, time) => {
    const { people, random } = world;
    const victims = people.filter(() => random.chance(0.5));
    for (const { wire } of victims) {
      if (time % 4 === 0) wire.trouble.down = { sliceBytes: 1 };
      else if (time % 4 === 1) {
        wire.trouble.up = { latencyMs: 300, jitterMs: 400 };
        wire.trouble.down = { latencyMs: 300, jitterMs: 400 };
      } else if (time % 4 === 2) wire.trouble.down = { limitBytes: random.between(500, 20_000) };
    }
    for (let n = 0; n < 8; n++) {
      await world.pause(200, 400);
      if (time % 4 === 3) random.pick(people).wire.reset();
    }
    for (const { wire } of victims) if (time % 4 === 0) wire.reset();
    world.heal();
    await world.progress(world.people.length);
  },
};

/** A slow reader takes so little, while every other person says this much as often as they may. */
const SLOW_BYTES_PER_S = 2_000;
/** 16 kB in UTF-8: the buffers of the operating system, about 10 MB for a reader, must fill first. */
const LONG = "\u{1d11e}".repeat(3_900);
const CUT_MS = 45_000;

export const slowReader: Fault = {
  id: "F42",
  title: "Half of the readers take 2 kB/s in a busy room: each is cut off, the servers stay small",
  times: { short: 0, long: 5 },
  inject: async (world) => {
    const half = Math.floor(world.people.length / 2);
    const victims = world.people.slice(0, half);
    const before = await biggest(world);
    const slow = new Map(victims.map((person) => [person, [...person.wire.wires]]));
    for (const { wire } of victims) wire.trouble.down = { bytesPerSecond: SLOW_BYTES_PER_S };
    const uncut = async () => {
      const held = await heldConnections();
      const isHeld = ({ port }: Wire) => port !== undefined && held.has(port);
      return victims.filter((person) => slow.get(person)?.some(isHeld));
    };
    const deadline = performance.now() + CUT_MS;
    let n = 0;
    while ((await uncut()).length > 0 && performance.now() < deadline) {
      for (const person of world.people.slice(half)) {
        if (person.unsent.length < 10) person.rooms[0]?.send(`${++n} ${LONG}`);
      }
      await sleep(100);
    }
    const grownMib = Math.round(((await biggest(world)) - before) / 2 ** 20);
    const left = (await uncut()).length;
    for (const wire of [...slow.values()].flat()) wire.reset();
    world.heal();
    if (left > 0) throw new Error(`${left} readers were not cut off in ${CUT_MS} ms`);
    if (grownMib > 150) throw new Error(`a server grew by ${grownMib} MiB`);
    await world.progress(world.people.length);
  },
};

/** Bytes of memory of the largest server. */
async function biggest({ servers }: World): Promise<number> {
  const sizes = servers.map(async ({ pid }) => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return 1_024 * Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? 0);
  });
  return Math.max(...(await Promise.all(sizes)));
}

/**
 * Ports at the other end of all TCP connections that their owners on this machine hold open. One
 * that was closed on this side may live on for long in the system, with what was not read yet.
 */
async function heldConnections(): Promise<ReadonlySet<number>> {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8"));
  const lines = (await Promise.all(tables)).flatMap((table) => table.split("\n"));
  const ESTABLISHED = "01";
  return new Set(
    lines.flatMap((line) => {
      const [, , remote = "", state] = line.trim().split(/\s+/u);
      return state === ESTABLISHED ? [Number.parseInt(remote.split(":")[1] ?? "", 16)] : [];
    }),
  );
}
