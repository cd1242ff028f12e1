/**
 * What happens to servers: killed at the worst moments, told to stop, replaced one after the other,
 * frozen.
 */
import type { Fault } from "#test/faults/fault.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";
import { Line, request } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";

/** How each kill finds its moment: the answer resolves when it has come, with the victim. */
type Moment = (world: World) => Promise<Server>;

/** A message has reached a server and is held on its way to Redis. */
const beforeTheScript: Moment = (world) => catchAtRedis(world, "up");
/** Redis has stored a message; the answer is held on its way to the server. */
const beforeTheAnswer: Moment = (world) => catchAtRedis(world, "down");

async function catchAtRedis(world: World, direction: "up" | "down"): Promise<Server> {
  const server = world.anyServer();
  const { redisWire } = server;
  const what = direction === "up" ? "EVALSHA" : "stored";
  await inTime(redisWire.intercept(direction, what));
  return server;
}

/** A frame of events has begun to leave the server; it goes out in slices of eight bytes. */
const duringFanOut: Moment = async (world) => {
  const person = world.random.pick(world.people);
  person.wire.trouble.down = { sliceBytes: 8, bytesPerSecond: 4_000 };
  const { wire, go } = await inTime(person.wire.intercept("down", "events"));
  go();
  return serverAt(world, wire.target) ?? world.anyServer();
};

const duringHistory: Moment = async (world) => {
  const server = world.anyServer();
  const [reader] = world.fixtures;
  const caught = server.redisWire.intercept("down", "roomId");
  const headers = { Authorization: `Bearer ${reader?.token ?? ""}` };
  request(server.url, "GET", "/api/rooms/0/messages?limit=100", { headers }).catch(() => undefined);
  await inTime(caught);
  return server;
};

const duringHandshake: Moment = async (world) => {
  const person = world.random.pick(world.people);
  const caught = person.wire.intercept("up", "Upgrade: websocket");
  person.wire.reset();
  const { wire, go } = await inTime(caught);
  go();
  return serverAt(world, wire.target) ?? world.anyServer();
};

const duringSignIn: Moment = async (world) => {
  const server = world.anyServer();
  const body = { username: "person0", password: "not the password" };
  request(server.url, "POST", "/api/session", { body }).catch(() => undefined);
  await world.pause(20, 150);
  return server;
};

const atRandom: Moment = async (world) => {
  await world.pause(0, 400);
  return world.anyServer();
};

const MOMENTS: readonly Moment[] = [
  beforeTheScript,
  beforeTheAnswer,
  duringFanOut,
  duringHistory,
  duringHandshake,
  duringSignIn,
  atRandom,
];

export const serverKill: Fault = {
  id: "F01",
  title: "A server is killed at one of seven worst moments",
  times: { short: 7, long: 70 },
  counts: "server kill",
  inject: async (world, time) => {
    const moment = MOMENTS[time % MOMENTS.length] ?? atRandom;
    // Whoever was to bring the moment about may be waiting to come back; then any other will do.
    const server = await moment(world).catch(() => atRandom(world));
    await server.stop("SIGKILL");
    world.heal();
    await world.progress(world.people.length);
    await server.start();
  },
};

function serverAt({ servers }: World, target: object): Server | undefined {
  const port = "port" in target ? target.port : undefined;
  return servers.find((server) => server.isUp && server.port === port);
}

/** A moment that does not come is no reason to wait for ever; a client may pause 20 s before it tries again. */
async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the moment did not come in 25 s")), 25_000).unref();
  });
  return Promise.race([answer, late]);
}

/** A server that is told to stop has so long. */
const DRAIN_MS = 10_000;

async function drain(server: Server): Promise<void> {
  const began = performance.now();
  const how = await server.stop("SIGTERM");
  const tookMs = Math.round(performance.now() - began);
  if (how !== 0) throw new Error(`server ${server.name} ended with ${how}`);
  if (tookMs > DRAIN_MS) throw new Error(`server ${server.name} took ${tookMs} ms to stop`);
}

export const serverStop: Fault = {
  id: "F02",
  title: "A server is told to stop while people write, and is started again",
  times: { short: 2, long: 20 },
  inject: async (world) => {
    const server = world.anyServer();
    await drain(server);
    await world.progress(world.people.length);
    await server.start();
  },
};

export const rollingRestart: Fault = {
  id: "F03",
  title: "All servers are replaced, one after the other; every other time Redis pauses meanwhile",
  times: { short: 1, long: 10 },
  inject: async (world, time) => {
    const { redis, random, servers } = world;
    const pausedAt = time % 2 === 0 ? undefined : random.pick(servers);
    for (const server of servers) {
      if (server === pausedAt) await redis.cli("CLIENT", "PAUSE", "1500", "WRITE");
      await drain(server);
      await server.start();
    }
    await world.progress(world.people.length);
  },
};

export const frozenServer: Fault = {
  id: "F04",
  title: "A server freezes for 5 s, and goes on as if nothing had been",
  times: { short: 1, long: 10 },
  inject: (world) => freeze(world, [world.anyServer()], 5_000),
};

export const longFrozenServers: Fault = {
  id: "F04l",
  title: "Three servers of five freeze for 45 s, and go on as if nothing had been",
  times: { short: 0, long: 6 },
  world: { servers: 5 },
  inject: async (world) => {
    const [first, second, ...frozen] = world.random.shuffle(world.servers);
    if (first === undefined || second === undefined) throw new Error("Nobody is left to serve.");
    await freeze(world, frozen, 45_000);
    return frozen.length;
  },
};

/** A session that is ended while a server sleeps must be over there too, once it is awake. */
const OVER_MS = 20_000;

async function freeze(world: World, servers: readonly Server[], ms: number): Promise<void> {
  await using guests = new AsyncDisposableStack();
  const lines: Line[] = [];
  const tokens: string[] = [];
  for (const { url } of servers) {
    const token = await world.guest();
    tokens.push(token);
    lines.push(guests.use(await Line.open(url, { token }, {})));
  }
  for (const server of servers) server.freeze();
  try {
    for (const token of tokens) await signOut(world.anyServer(), token);
    await world.pause(ms, ms);
    await world.progress(world.people.length);
  } finally {
    for (const server of servers) server.thaw();
  }
  await until(() => lines.every(({ socket }) => !socket.connected), {
    what: "whoever signed out meanwhile is signed out",
    timeoutMs: OVER_MS,
  });
  await world.progress(2 * world.people.length);
}

async function signOut({ url }: Server, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  const { status } = await request(url, "DELETE", "/api/session", { headers });
  if (status !== 204) throw new Error(`signing out was answered ${status}`);
}
