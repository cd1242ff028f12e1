/** Everybody coming back at once: a server that held thousands of clients is gone. */
import { GENERAL } from "#protocol/room.ts";
import { Klatch, MemoryStore, realEnvironment } from "#sdk/index.ts";
import type { Environment } from "#sdk/index.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Fixture } from "#test/faults/world/fixture.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";

const CLIENTS = 5_000;
/** One person may have 20 connections on a server, so these have up to 17 each. */
const OWNERS = 300;
/** They open so many at a time at first; what is tested is how they come back. */
const OPENING = 100;
/** All of them are in their rooms again within this. */
const BACK_MS = 30_000;

export const storm: Fault = {
  id: "F46",
  title: "A server that holds 5,000 clients is killed; all come back, to the others, by themselves",
  times: { short: 0, long: 5 },
  // All hear General, so each message there goes out thousands of times.
  world: { people: 12, extras: OWNERS, writeEveryMs: 3_000 },
  inject: async (world) => {
    const doomed = world.random.pick(world.servers);
    const crowd = new Crowd(world, doomed);
    try {
      await crowd.open();
      await doomed.stop("SIGKILL");
      const isBack = () => crowd.away === 0;
      await until(isBack, { what: "all are back", timeoutMs: BACK_MS, everyMs: 50 }).catch(() => {
        throw new Error(`${crowd.away} were not back after ${BACK_MS} ms`);
      });
      await world.progress(world.people.length);
    } finally {
      crowd.close();
    }
    await doomed.start();
  },
};

/** Clients of the extras, in General; at first all at one server, then wherever one is. */
class Crowd {
  readonly #world: World;
  readonly #clients: Klatch[] = [];
  readonly #environment: Environment;
  #turn = 0;

  constructor(world: World, at: Server) {
    this.#world = world;
    // A balancer without a process of its own: so many wires would ask more than what is tested.
    this.#environment = {
      ...realEnvironment,
      connect: (options, listener) => {
        const others = world.servers.filter(({ isFit }) => isFit);
        const server = at.isUp ? at : others[this.#turn++ % others.length];
        return realEnvironment.connect({ ...options, url: server?.url ?? options.url }, listener);
      },
    };
  }

  async open(): Promise<void> {
    const owners = this.#world.fixtures.slice(-OWNERS);
    for (let n = 0; n < CLIENTS; n += OPENING) {
      for (let m = n; m < n + OPENING; m++) this.#enter(owners[m % OWNERS]);
      await until(() => this.away === 0, { what: "they are in", timeoutMs: 30_000 });
    }
  }

  /** How many are not in their rooms just now. */
  get away(): number {
    return this.#clients.filter((client) => !isIn(client)).length;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #enter(owner: Fixture | undefined): void {
    if (owner === undefined) throw new Error("Nobody is there.");
    const { me, token } = owner;
    const environment = this.#environment;
    const client = new Klatch({ me, token, environment, store: new MemoryStore() });
    client.room(GENERAL).join();
    client.connect();
    this.#clients.push(client);
  }
}

function isIn(client: Klatch): boolean {
  return client.link.at === "open" && client.room(GENERAL).state === "live";
}
