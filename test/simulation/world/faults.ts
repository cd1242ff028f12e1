/** What can go wrong in a world: each kind of fault, how often it comes, and what it does. */
import { GENERAL } from "#protocol/room.ts";
import type { Death } from "#test/simulation/redis/redis-process.ts";
import type { Client } from "./client.ts";
import type { Socket } from "./socket.ts";
import { sessionOf } from "./server-life.ts";
import type { ServerLife } from "./server-life.ts";
import type { World } from "./world.ts";

export interface FaultKind {
  readonly name: string;
  /** How often it is chosen, compared with the others. */
  readonly weight: number;
  /** It may lose what was acknowledged; only worlds that say so have it. */
  readonly isLossy?: true;
  /**
   * Strikes; the answer is for how long servers may be late because of it, or `undefined` if there
   * was nothing to strike.
   */
  readonly strike: (world: World) => Struck | undefined;
}

interface Struck {
  /** Milliseconds until its cause is gone. */
  readonly lastsMs: number;
  /** The server that it concerns; all of them if there is none. */
  readonly server?: string;
}

const death = (name: Death, weight: number): FaultKind => ({
  name,
  weight,
  ...(name === "redis-crash" || name === "redis-power-loss" ? {} : { isLossy: true }),
  strike: ({ redis, random }) => {
    if (!redis.isUp) return undefined;
    const lastsMs = random.between(200, name === "redis-failover" ? 7_000 : 4_000);
    redis.die(name, lastsMs);
    return { lastsMs };
  },
});

const onServer = (
  name: string,
  weight: number,
  act: (life: ServerLife, ms: number, world: World) => void,
): FaultKind => ({
  name,
  weight,
  strike: (world) => {
    const life = world.random.pick(world.servers).life;
    if (life === undefined) return undefined;
    const lastsMs = world.random.between(100, 8_000);
    act(life, lastsMs, world);
    return { lastsMs, server: life.id };
  },
});

const onSocket = (
  name: string,
  weight: number,
  act: (socket: Socket, world: World) => void,
): FaultKind => ({
  name,
  weight,
  strike: (world) => {
    const sockets = world.clients.flatMap(({ device }) => [...device.sockets]);
    if (sockets.length === 0) return undefined;
    act(world.random.pick(sockets), world);
    return NO_DELAY;
  },
});

const onClient = (
  name: string,
  weight: number,
  act: (client: Client, world: World) => boolean | void,
): FaultKind => ({
  name,
  weight,
  strike: (world) => {
    const running = world.clients.filter(({ isRunning }) => isRunning);
    if (running.length === 0) return undefined;
    return act(world.random.pick(running), world) === false ? undefined : NO_DELAY;
  },
});

/** Servers keep their promises through it. */
const NO_DELAY: Struck = { lastsMs: -1 };

export const FAULTS: readonly FaultKind[] = [
  death("redis-crash", 6),
  death("redis-power-loss", 6),
  death("redis-failover", 12),
  death("redis-restore", 4),
  death("redis-emptied", 3),
  {
    name: "redis-paused",
    weight: 4,
    strike: ({ redis, random }) => {
      if (!redis.isUp) return undefined;
      const lastsMs = random.between(300, 9_000);
      redis.pause(lastsMs);
      return { lastsMs };
    },
  },
  {
    name: "redis-clock-stepped",
    weight: 3,
    strike: ({ redis, random }) => {
      // Mostly a correction; now and then a machine that woke up in another time, for long.
      const stepMs = random.pick([5_000, 5_000, 3_600_000]);
      redis.stepClock(random.between(-stepMs, stepMs));
      return NO_DELAY;
    },
  },
  onServer("command-link-cut", 5, ({ link }) => {
    link.cut();
  }),
  onServer("command-link-late", 4, ({ link }, ms) => {
    link.hold(ms);
  }),
  onServer("bus-link-cut", 6, ({ bus }) => {
    bus.cut();
  }),
  {
    name: "bus-link-deaf",
    weight: 6,
    strike: ({ random, servers }) => {
      const life = random.pick(servers).life;
      if (life === undefined) return undefined;
      life.bus.deafen();
      // Two beacons pass until that is certain, and a new link has to be built.
      return { lastsMs: 17_000, server: life.id };
    },
  },
  {
    name: "server-crash",
    weight: 5,
    strike: ({ random, servers }) => {
      const server = random.pick(servers);
      if (server.life === undefined) return undefined;
      server.crash(true, random.between(300, 4_000));
      return NO_DELAY;
    },
  },
  {
    name: "server-machine-lost",
    weight: 3,
    strike: ({ random, servers }) => {
      const server = random.pick(servers);
      if (server.life === undefined) return undefined;
      server.crash(false, random.between(1_000, 6_000));
      return NO_DELAY;
    },
  },
  {
    name: "server-drained",
    weight: 3,
    strike: ({ random, servers }) => {
      const server = random.pick(servers);
      if (server.open === undefined) return undefined;
      server.drain(random.between(300, 3_000));
      return NO_DELAY;
    },
  },
  onServer("server-stalled", 4, (life, ms) => {
    life.stall(ms);
  }),
  onSocket("connection-cut", 8, (socket) => {
    socket.cut({ client: true, server: true });
  }),
  onSocket("connection-half-open-server", 3, (socket) => {
    socket.cut({ client: true, server: false });
  }),
  onSocket("connection-half-open-client", 3, (socket) => {
    socket.cut({ client: false, server: true });
  }),
  onSocket("answer-lost", 8, (socket) => {
    socket.trapNextAnswer();
  }),
  onClient("network-hole", 6, ({ device }, { random, scheduler }) => {
    device.disappear(random.pick(["up", "down", "both"]));
    scheduler.after(random.between(500, 40_000), () => {
      device.reappear(random.chance(0.5));
    });
  }),
  onClient("client-reloaded", 6, (client, { random, scheduler }) => {
    client.stop(true);
    scheduler.after(random.between(50, 2_000), () => {
      client.start();
    });
  }),
  onClient("client-crashed", 4, (client, { random, scheduler }) => {
    client.stop(false);
    scheduler.after(random.between(500, 15_000), () => {
      client.start();
    });
  }),
  onClient("signed-out-elsewhere", 4, ({ device, person }, world) => {
    const life = world.random.pick(world.servers).open;
    if (life === undefined) return false;
    const session = { id: sessionOf(device.token), user: person };
    life.enter(() => void life.accounts.signOut(session).catch(() => undefined));
    return true;
  }),
  onClient("room-left", 4, (client, { random, scheduler, rooms }) => {
    const room = random.pick(rooms);
    client.leave(room);
    scheduler.after(random.between(100, 10_000), () => {
      client.comeBack(room);
    });
  }),
  onClient("member-removed", 7, ({ person }, { redis, random, scheduler }) => {
    const user = person.id;
    const back = random.chance(0.7) ? random.between(1_000, 20_000) : undefined;
    const set = (holds: boolean) => {
      if (redis.isUp) redis.model.write({ kind: "member", room: GENERAL, user, holds });
    };
    if (!redis.isUp || !redis.model.isMember(GENERAL, user)) return false;
    set(false);
    if (back !== undefined) scheduler.after(back, () => set(true));
    return true;
  }),
  {
    name: "flood",
    weight: 0.7,
    strike: ({ redis, random, rooms, scheduler }) => {
      if (!redis.isUp) return undefined;
      const room = random.pick(rooms);
      const count = random.int(290, 330);
      const from = random.pick([...redis.model.data.room(room).members, 1]);
      for (let i = 0; i < count; i++) {
        scheduler.after(i * 0.05, () => {
          const draft = { from, room, cid: `flood-${redis.model.written}`, text: `flood ${i}` };
          redis.take(() => redis.model.append(draft));
        });
      }
      return NO_DELAY;
    },
  },
];
