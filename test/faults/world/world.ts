/**
 * A world of real processes: one Redis, a few servers, many people who never stop writing, and
 * wires that can fail.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Line } from "#test/checkers/history.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { until } from "#test/support/until.ts";
import type { FaultyDisk } from "./disk.ts";
import { makePeople, openSession } from "./fixture.ts";
import type { Fixture } from "./fixture.ts";
import { readLog } from "./final.ts";
import { Person } from "./person.ts";
import type { Balancer } from "./person.ts";
import { Random } from "./random.ts";
import { Recorder } from "./recorder.ts";
import { Server } from "./server.ts";

export interface WorldOptions {
  readonly seed: number;
  /** Default 3. */
  readonly servers?: number;
  /** Default 12; four of them share a room, all share General. */
  readonly people?: number;
  /** Each person writes once in so many milliseconds on average; default 200. */
  readonly writeEveryMs?: number;
  /** The disk under Redis; default: the machine's own. */
  readonly disk?: FaultyDisk | undefined;
  /** Further settings of Redis. */
  readonly redisArgs?: readonly string[];
  /** Whether the servers have failpoints. */
  readonly failpoints?: boolean;
  /** Further people who have an account and no client: a fault may give them some. Default none. */
  readonly extras?: number;
}

/**
 * After the last fault everything must be sent and heard within this: the SDK's widest pause is 20
 * s.
 */
export const SETTLE_MS = 45_000;

export class World implements AsyncDisposable {
  readonly redis: RedisProcess;
  readonly servers: readonly Server[];
  readonly people: Person[];
  /** Those of `people`, in their order, then the extras'. */
  readonly fixtures: readonly Fixture[];
  readonly recorder: Recorder;
  /** Decides the schedule of faults; nothing that depends on timing may draw from it. */
  readonly random: Random;
  readonly disk: FaultyDisk | undefined;
  readonly #writeEveryMs: number;
  readonly #chance: Random;
  /** Ends everything that was started. */
  #ends: AsyncDisposableStack | undefined;
  #turn = 0;

  private constructor(
    { seed, disk, writeEveryMs = 200 }: WorldOptions,
    parts: Pick<World, "redis" | "servers" | "fixtures">,
  ) {
    this.redis = parts.redis;
    this.servers = parts.servers;
    this.fixtures = parts.fixtures;
    this.people = [];
    this.recorder = new Recorder();
    this.random = new Random(seed);
    this.#chance = new Random(seed + 1);
    this.disk = disk;
    this.#writeEveryMs = writeEveryMs;
  }

  /**
   * Opens one in which everyone has joined their rooms; whatever fails before ends all that was
   * started.
   */
  static async open(options: WorldOptions): Promise<World> {
    const { servers = 3, people = 12, extras = 0, disk, redisArgs = [], failpoints } = options;
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await (disk?.start(redisArgs) ?? startRedis({ args: redisArgs })));
    const fixtures = await makePeople(redis.url, people + extras);
    const opened: Server[] = [];
    for (const name of ["one", "two", "three", "four", "five"].slice(0, servers)) {
      opened.push(stack.use(await Server.open(name, redis, { failpoints })));
    }
    const world = new World(options, { redis, servers: opened, fixtures });
    for (const fixture of fixtures.slice(0, people)) {
      world.people.push(stack.use(await Person.enter(fixture, world.recorder, world.balance)));
    }
    await until(() => world.people.every(({ rooms }) => rooms.every((r) => r.state === "live")), {
      what: "everyone is in",
      timeoutMs: SETTLE_MS,
    });
    world.#ends = stack.move();
    return world;
  }

  /** Sends connections to the servers that are fit, one after the other. */
  readonly balance: Balancer = () => {
    const up = this.servers.filter(({ isFit }) => isFit);
    return up.length === 0 ? undefined : up[this.#turn++ % up.length];
  };

  /** Everyone begins to write. */
  write(): void {
    for (const person of this.people) person.write(this.#writeEveryMs, this.#chance);
  }

  rest(): void {
    for (const person of this.people) person.rest();
  }

  /** The server of a random person: one that has something to do. */
  anyServer(): Server {
    const person = this.random.pick(this.people);
    const up = this.servers.filter(({ isFit }) => isFit);
    return up.find(({ name }) => name === person.server) ?? this.random.pick(up);
  }

  /** The token of a further session of the first person, for a test to end. */
  async guest(): Promise<string> {
    const [fixture] = this.fixtures;
    if (fixture === undefined) throw new Error("Nobody is there.");
    return openSession(this.redis.url, fixture);
  }

  /** Waits for a random time between the two. */
  async pause(lowMs: number, highMs: number): Promise<void> {
    await sleep(this.random.between(lowMs, highMs));
  }

  /** Resolves when at least so many more messages are acknowledged: the chat works. */
  async progress(messages = 10, timeoutMs = SETTLE_MS): Promise<void> {
    const goal = this.recorder.acknowledged + messages;
    await until(() => this.recorder.acknowledged >= goal, {
      what: `${messages} more messages are acknowledged`,
      timeoutMs,
    });
  }

  /** Ends every kind of trouble on all wires. */
  heal(): void {
    for (const { redisWire } of this.servers) redisWire.heal();
    for (const { wire } of this.people) wire.heal();
  }

  /**
   * Nobody writes any more; waits until everything is sent and heard. Answers how long that took.
   */
  async settle(): Promise<number> {
    this.rest();
    const began = performance.now();
    const isSettled = async () => {
      if (this.people.some(({ unsent }) => unsent.length > 0)) return false;
      const heads = await this.#heads();
      return this.people.every((person) => person.isSettled(heads));
    };
    await until(isSettled, { what: "all is sent and heard", timeoutMs: SETTLE_MS, everyMs: 50 })
      // Whoever waits in vain is told by the checkers, by name.
      .catch(() => undefined);
    return Math.round(performance.now() - began);
  }

  /** Records what everyone shows, and every room's whole log as a fresh reader gets it. */
  async conclude(): Promise<void> {
    for (const person of this.people) person.show();
    const { url } = this.random.pick(this.servers.filter(({ isUp }) => isUp));
    for (const [room, token] of this.#readers()) {
      this.recorder.list("final", "log", room, await patiently(() => readLog(url, token, room)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    await this.#ends?.disposeAsync();
  }

  /** One member of each room. */
  #readers(): ReadonlyMap<string, string> {
    return new Map(this.fixtures.flatMap(({ rooms, token }) => rooms.map((room) => [room, token])));
  }

  async #heads(): Promise<ReadonlyMap<string, string>> {
    const heads = new Map<string, string>();
    const { url } = this.servers.find(({ isUp }) => isUp) ?? {};
    if (url === undefined) return heads;
    for (const [room, token] of this.#readers()) {
      const [head] = await readLog(url, token, room, 1).catch((): readonly Line[] => []);
      if (head !== undefined) heads.set(room, head.id);
    }
    return heads;
  }
}

/** A server may be busy coming back, as every client knows; what it says in the end counts. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries >= 10) throw error;
      await sleep(1_000);
    }
  }
}
