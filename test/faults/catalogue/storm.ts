/** Everybody coming back at once: a server that held a thousand clients is gone. */
import { Klatch, MemoryStore } from "#sdk/index.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import { Proxy } from "#test/faults/world/proxy.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";

const CLIENTS = 1_000;
/** They open so many at a time at first; what is tested is how they come back. */
const OPENING = 50;
/** All of them are in the room again within this. */
const BACK_MS = 30_000;

export const storm: Fault = {
  id: "F46",
  title: "A server that holds 1,000 clients is killed; all come back, to the others, by themselves",
  times: { short: 0, long: 3 },
  // One person may have 20 connections on a server, so these have up to 17 each.
  world: { people: 60, writeEveryMs: 2_000 },
  inject: async (world) => {
    const doomed = world.random.pick(world.servers);
    let target: Server = doomed;
    await using balancer = await Proxy.open(() => {
      const server = target.isUp ? target : world.servers.find(({ isUp }) => isUp);
      return server && { host: "127.0.0.1", port: server.port };
    });
    const clients: Klatch[] = [];
    try {
      for (let n = 0; n < CLIENTS; n += OPENING) {
        for (let m = n; m < n + OPENING; m++) clients.push(enter(world, balancer.port, m));
        await until(() => clients.every(isIn), { what: "they are in", timeoutMs: 30_000 });
      }
      await doomed.stop("SIGKILL");
      target = world.servers.find(({ isUp }) => isUp) ?? doomed;
      const isBack = () => clients.every(isIn);
      await until(isBack, { what: "all are back", timeoutMs: BACK_MS, everyMs: 50 });
      await world.progress(world.people.length);
    } finally {
      for (const client of clients) client.close();
    }
    await doomed.start();
  },
};

function enter({ fixtures }: World, port: number, n: number): Klatch {
  const fixture = fixtures[n % fixtures.length];
  if (fixture === undefined) throw new Error("Nobody is there.");
  const { me, token } = fixture;
  const url = `http://127.0.0.1:${port}`;
  const klatch = new Klatch({ url, me, token, store: new MemoryStore() });
  klatch.room("0").join();
  klatch.connect();
  return klatch;
}

function isIn(klatch: Klatch): boolean {
  return klatch.link.at === "open" && klatch.room("0").state === "live";
}
