/**
 * Errors that nobody expects, inside a server: whatever they hit fails alone, or the server ends in
 * good order. It is never half alive.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Line, request } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Failpoint } from "#test/faults/world/failpoints.ts";
import type { Person } from "#test/faults/world/person.ts";
import type { Wire } from "#test/faults/world/proxy.ts";
import type { Server } from "#test/faults/world/server.ts";
import type { World } from "#test/faults/world/world.ts";

interface Site {
  readonly point: Failpoint;
  /** Makes the server come to the point; by default people who write do. */
  readonly provoke?: (world: World, server: Server) => Promise<void>;
  /** How many of the connections may end with it. */
  readonly costs?: number;
  /** Whether it is an error of ours, for the log, and not one that networks bring every day. */
  readonly isOurs?: boolean;
}

/** One request or connection fails. */
const CONTAINED: readonly Site[] = [
  { point: "command", isOurs: true },
  { point: "store", isOurs: true },
  { point: "request", provoke: readHistory, isOurs: true },
  { point: "handshake", provoke: connect, isOurs: true },
  { point: "connection", costs: 1 },
  { point: "links" },
];

/** Nobody knows what the error left undone, so the server ends. */
const GLOBAL: readonly Site[] = [
  { point: "timer" },
  { point: "background", provoke: cutBus },
  { point: "event" },
];

const SITES = [...CONTAINED, ...GLOBAL];

/** What an unexpected error says may quote what a person wrote. */
const PRIVATE = "quotes what a person wrote";
/** A server that ends itself has as long as one that is told to. */
const DRAIN_MS = 10_000;
/** What the log calls an error, and one after which the server ends. */
const ERROR = '"level":50';
const FATAL = '"level":60';

export const innerError: Fault = {
  id: "F05",
  title: "Something throws, is rejected or emits an error inside a server, at one of nine places",
  times: { short: 9, long: 45 },
  world: { failpoints: true },
  inject: async (world, time) => {
    const site = SITES[time % SITES.length];
    if (site === undefined) return;
    const server = world.anyServer();
    const before = server.output.length;
    await (CONTAINED.includes(site) ? stays(world, server, site) : ends(world, server, site));
    if (server.output.slice(before).includes(PRIVATE)) {
      throw new Error(`${site.point}: the log quotes the error`);
    }
  },
};

/** The server goes on as if nothing had been, for all but one. */
async function stays(world: World, server: Server, site: Site): Promise<void> {
  const { pid } = server;
  const before = server.output.length;
  const lines = linesTo(world, server);
  await strike(world, server, site);
  await world.progress(world.people.length);
  if (!server.isUp || server.pid !== pid) throw new Error(`${site.point} ended the server`);
  await until(async () => (await server.readiness()).length === 0, {
    what: `the server is ready after ${site.point}`,
  });
  const cut = [...lines].filter(([person, line]) => !person.wire.wires.has(line));
  const { costs = 0, isOurs = false } = site;
  const isLogged = server.output.slice(before).includes(ERROR);
  if (isOurs && !isLogged) throw new Error(`${site.point} is not logged`);
  if (cut.length > costs) throw new Error(`${site.point} cost ${cut.length} connections`);
}

/** The server says in its log that it must end, sends everyone elsewhere, and ends. */
async function ends(world: World, server: Server, site: Site): Promise<void> {
  const before = server.output.length;
  const told = world.recorder.closings.length;
  const lines = linesTo(world, server);
  const [how] = await Promise.all([server.outlive(DRAIN_MS), strike(world, server, site)]);
  await server.start();
  if (how !== 1) throw new Error(`${site.point}: the server ended with ${how}, not 1`);
  if (!server.output.slice(before).includes(FATAL)) throw new Error(`${site.point} is not logged`);
  const closings = world.recorder.closings
    .slice(told)
    .filter(({ reason }) => reason === "restarting");
  const untold = [...lines.keys()].filter(
    ({ name }) => !closings.some(({ proc }) => proc === name),
  );
  if (untold.length > 0) {
    throw new Error(`${site.point}: ${untold.map(({ name }) => name).join()} was not told`);
  }
  await world.progress(world.people.length);
}

/** Orders the error, and waits until it has happened. */
async function strike(world: World, server: Server, site: Site): Promise<void> {
  const line = `failed as ordered: ${site.point}`;
  const times = () => server.output.split(line).length;
  const before = times();
  server.fail(site.point, PRIVATE);
  // The signal must be there before what provokes it.
  await sleep(50);
  await site.provoke?.(world, server);
  await until(() => times() > before, { what: `${site.point} fails`, timeoutMs: 15_000 });
}

/** Those who are connected to this server, each with the line that carries it. */
function linesTo({ people }: World, server: Server): ReadonlyMap<Person, Wire> {
  const lines = new Map<Person, Wire>();
  for (const person of people) {
    if (person.klatch.link.at !== "open") continue;
    for (const wire of person.wire.wires) {
      if ("port" in wire.target && wire.target.port === server.port) lines.set(person, wire);
    }
  }
  return lines;
}

/** A request fails, and the same one right after it does not. */
async function readHistory({ fixtures }: World, server: Server): Promise<void> {
  const headers = { Authorization: `Bearer ${fixtures[0]?.token ?? ""}` };
  const read = () => request(server.url, "GET", "/api/rooms/0/messages", { headers });
  const failed = await read();
  const again = await read();
  if (failed.status !== 500) throw new Error(`the request was answered ${failed.status}`);
  if (again.status !== 200) throw new Error(`the next request was answered ${again.status}`);
}

/** A connection is refused, and the same one right after it is not. */
async function connect({ fixtures }: World, server: Server): Promise<void> {
  const open = () => Line.open(server.url, { token: fixtures[0]?.token ?? "" }, {});
  const why = await open().then(
    async (line) => {
      await line[Symbol.asyncDispose]();
      return undefined;
    },
    (error: unknown) => error,
  );
  if (why === undefined) throw new Error("the connection was not refused");
  await using again = await open();
  if (!again.socket.connected) throw new Error("the next connection ended at once");
}

/** What was missed over a link that broke is looked up in the background. */
async function cutBus(_world: World, { redisWire }: Server): Promise<void> {
  for (const wire of redisWire.find(":bus")) wire.reset();
  await Promise.resolve();
}
