/**
 * How soon others are told the truth about who is there: when a server is killed, when a window is
 * closed, and when Redis is restarted; measured on real processes, each time in a world of its own.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fixture } from "#test/faults/world/fixture.ts";
import { makePeople } from "#test/faults/world/fixture.ts";
import { Server } from "#test/faults/world/server.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { until } from "#test/support/until.ts";

/** What must hold, in milliseconds. */
export const BOUNDS = { crash: 35_000, window: 3_000, restart: 15_000, loss: 15_000 } as const;

export type Event = keyof typeof BOUNDS;

/** Milliseconds until the truth is told, after each of these; and what was told that was false. */
export type Measured = Readonly<Record<Event, number>> & {
  /** How often somebody was said to be offline who was there. */
  readonly falselyOffline: number;
};

/** Waited for longer than it may take: what comes late is measured, too. */
const PATIENCE = 2;

/** Everybody in it has connections of their own, and nobody's comes back by itself. */
class Place implements AsyncDisposable {
  readonly redis: RedisProcess;
  readonly doomed: Server;
  readonly other: Server;
  readonly offline: { readonly id: number; readonly atMs: number }[] = [];
  readonly #lines: Line[] = [];

  private constructor(redis: RedisProcess, doomed: Server, other: Server) {
    this.redis = redis;
    this.doomed = doomed;
    this.other = other;
  }

  static async open(): Promise<Place> {
    const redis = await startRedis();
    const doomed = await Server.open("doomed", redis);
    return new Place(redis, doomed, await Server.open("other", redis));
  }

  async come({ me, token }: Fixture, server: Server): Promise<Line> {
    const line = await new Member(server.url, me, token).connect();
    this.#lines.push(line);
    return line;
  }

  async watch(who: Fixture): Promise<void> {
    const line = await this.come(who, this.other);
    line.socket.on("presence", (change) => {
      for (const id of change.offline) this.offline.push({ id, atMs: performance.now() });
    });
  }

  /** How long it takes from now until the watcher is told that this person is offline. */
  async told({ me }: Fixture, boundMs: number): Promise<number> {
    const since = performance.now();
    const found = () => this.offline.find(({ id, atMs }) => id === me.id && atMs >= since);
    await until(() => found() !== undefined, { what: "is told", timeoutMs: PATIENCE * boundMs });
    return (found()?.atMs ?? Infinity) - since;
  }

  /** How long it takes until Redis says, as the tutorial reads it, that exactly these are online. */
  async holds(people: readonly Fixture[], boundMs: number): Promise<number> {
    const since = performance.now();
    const wanted = people.map(({ me }) => String(me.id)).toSorted();
    const found = async () => {
      const ids = await this.redis.cli("SMEMBERS", "online_users");
      return ids.split("\n").toSorted();
    };
    await until(async () => (await found()).join() === wanted.join(), {
      what: `${wanted.join()} are online`,
      timeoutMs: PATIENCE * boundMs,
      everyMs: 50,
    });
    return performance.now() - since;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.#lines) line.socket.disconnect();
    await Promise.all([this.doomed, this.other].map((each) => each[Symbol.asyncDispose]()));
    await this.redis.stop();
  }
}

/**
 * Measures each once. The server is killed `afterMs` after all have come: only who has held its own
 * lease for a while may judge others, so the first seconds are the slowest.
 */
export async function measure(afterMs: number): Promise<Measured> {
  await using place = await Place.open();
  const { redis, doomed, other, offline } = place;
  const people = await makePeople(redis.url, 6);
  const [watcher, lost, moving, both, tabs, leaving] = people;
  assert.ok(watcher !== undefined && lost !== undefined && moving !== undefined);
  assert.ok(both !== undefined && tabs !== undefined && leaving !== undefined);
  await place.watch(watcher);
  for (const who of [lost, moving, both]) await place.come(who, doomed);
  const [, window, leaver] = [
    await place.come(both, other),
    await place.come(tabs, other),
    await place.come(leaving, other),
  ];
  await place.holds(people, BOUNDS.restart);
  await sleep(afterMs);

  await doomed.stop("SIGKILL");
  const crashing = place.told(lost, BOUNDS.crash);
  const second = await place.come(tabs, other);
  await place.come(moving, other);
  const crash = await crashing;

  // One window is closed while the other is open; then the last one.
  window.socket.disconnect();
  await place.holds([watcher, moving, both, tabs, leaving], BOUNDS.crash);
  second.socket.disconnect();
  const windowMs = await place.told(tabs, BOUNDS.window);

  // Somebody leaves while it is away.
  await redis.kill();
  leaver.socket.disconnect();
  await redis.restart();
  const restart = await place.holds([watcher, moving, both], BOUNDS.restart);

  await redis.cli("EVAL", FORGET, "0");
  const loss = await place.holds([watcher, moving, both], BOUNDS.loss);

  const truly = new Set([lost, tabs, leaving].map(({ me }) => me.id));
  const falselyOffline = offline.filter(({ id }) => !truly.has(id)).length;
  return { crash, window: windowMs, restart, loss, falselyOffline };
}

/** All that is known of who is there, lost at once. */
const FORGET = "return redis.call('DEL', unpack(redis.call('KEYS', '*online_users*')))";
