/** What happens between clients and servers: dead lines, bad lines, slow readers, and floods. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Line } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Person } from "#test/faults/world/person.ts";
import type { World } from "#test/faults/world/world.ts";

/** A client gives a silent line up within this. */
const WATCHDOG_MS = 35_000;

export const halfOpen: Fault = {
  id: "F40",
  title: "A client's line goes silent both ways, without an end; it finds out by itself",
  times: { short: 0, long: 6 },
  inject: async (world) => {
    // Everybody but the first, at once: each is a fault of its own.
    const victims = world.people.slice(1);
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

export const flood: Fault = {
  id: "F47",
  title: "One connection gives 10,000 commands as fast as it can; the others do not notice",
  times: { short: 1, long: 20 },
  inject: async (world, time) => {
    const fixture = world.fixtures[time % world.fixtures.length];
    const server = world.anyServer();
    if (fixture === undefined) return;
    await using line = await Line.open(server.url, { token: fixture.token }, {});
    const before = world.recorder.acknowledged;
    for (let n = 0; n < 100 && line.socket.connected; n++) {
      for (let m = 0; m < 100; m++) {
        const what = { room: "0", cid: randomUUID(), message: `flood ${n}` };
        line.socket.emit("send", what, () => undefined);
      }
      await sleep(10);
    }
    await world.pause(500, 1_000);
    const others = world.recorder.acknowledged - before;
    if (others < world.people.length) {
      throw new Error(`the others sent ${others} messages meanwhile`);
    }
  },
};

export const slowReader: Fault = {
  id: "F42",
  title: "Readers that take 2 kB/s in a busy room; the server stays small",
  times: { short: 0, long: 3 },
  inject: async (world) => {
    const victims = world.people.slice(1, 1 + Math.floor(world.people.length / 2));
    for (const { wire } of victims) wire.trouble.down = { bytesPerSecond: 2_000 };
    const before = await biggest(world);
    const writer = world.people[0];
    const long = "x".repeat(4_000);
    for (let n = 0; n < 80; n++) {
      writer?.rooms[0]?.send(`${n} ${long.slice(10)}`);
      await sleep(110);
    }
    const grownMib = Math.round(((await biggest(world)) - before) / 2 ** 20);
    for (const { wire } of victims) wire.reset();
    world.heal();
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
