/**
 * A world: a Redis, servers and clients, all from one seed; things go wrong for a while, are
 * mended, and come to rest.
 */
import type { RoomId } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import { positionOf } from "#test/simulation/redis/model-redis.ts";
import { EPOCH_MICROS, RedisProcess } from "#test/simulation/redis/redis-process.ts";
import type { ModelBug } from "#test/simulation/seeded-bugs.ts";
import { Client } from "./client.ts";
import { Device } from "./device.ts";
import type { FaultKind } from "./faults.ts";
import { FAULTS } from "./faults.ts";
import { History } from "./history.ts";
import { Network } from "./network.ts";
import { Random } from "#test/simulation/kernel/random.ts";
import { Scheduler } from "#test/simulation/kernel/scheduler.ts";
import { Server } from "./server.ts";
import { newToken, sessionOf } from "./server-life.ts";

/** How long people write, and things break, in milliseconds. */
const LIVELY_MS = 40_000;
/** Everything must have come to rest this long after the last fault is mended … */
const REST_MAX_MS = 180_000;
/** … and is looked at no sooner than this, and then this often. */
const REST_MIN_MS = 25_000;
const LOOK_MS = 5_000;
/** A private chat of the first two people. */
const PRIVATE: RoomId = "1:2";

const NAMES = ["ada", "brin", "cleo", "dora", "edda"];

export class World {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly history: History;
  readonly redis: RedisProcess;
  readonly servers: readonly Server[];
  readonly clients: readonly Client[];
  readonly rooms: readonly RoomId[] = [GENERAL, PRIVATE];
  readonly #network: Network;
  readonly #isLossy: boolean;
  #flaws = { lost: 0, doubled: 0 };

  constructor(seed: number, bug?: ModelBug) {
    const { scheduler } = this;
    const random = new Random(seed);
    const history = new History(() => scheduler.now);
    this.random = random;
    this.history = history;
    this.#isLossy = random.chance(0.4);
    const flush = this.#isLossy && random.chance(0.5) ? "everysec" : "always";
    this.redis = new RedisProcess({ scheduler, random, history, flush, bug });
    const [low, high] = random.pick(LATENCIES_MS);
    const ground = {
      scheduler,
      random,
      history,
      redis: this.redis,
      redisLatencyMs: () => random.between(0.1, random.chance(0.02) ? 40 : 2),
      flaws: () => this.#flaws,
    };
    const count = random.int(2, 3);
    this.servers = Array.from({ length: count }, (_, i) => new Server(`server${i + 1}`, ground));
    const latencyMs = () => random.between(low, high);
    this.#network = new Network({ scheduler, random, servers: this.servers, latencyMs });
    this.clients = this.#populate();
  }

  /** Lives to the end; what happened is in `history`. */
  async live(): Promise<void> {
    const { random, scheduler } = this;
    if (random.chance(0.6)) this.#flaws = { lost: random.pick([0, 0.02, 0.1]), doubled: 0.02 };
    for (const server of this.servers) server.start();
    for (const client of this.clients) {
      scheduler.after(random.between(0, 5_000), () => {
        client.start();
      });
      this.#planTalk(client);
      this.#planChanges(client);
    }
    this.#planFaults();
    await scheduler.runUntil(LIVELY_MS);
    this.#heal();
    await this.#rest();
    await this.#conclude();
  }

  isMember(room: RoomId, user: number): boolean {
    return this.redis.model.isMember(room, user);
  }

  /** Founds the rooms, and gives each person one device, sometimes two. */
  #populate(): readonly Client[] {
    const { random, redis, history, scheduler } = this;
    const people = NAMES.slice(0, random.int(2, 4)).map((username, i) => ({ id: i + 1, username }));
    for (const person of people) {
      redis.model.write({ kind: "person", person });
      redis.model.write({ kind: "member", room: GENERAL, user: person.id, holds: true });
    }
    for (const user of [1, 2]) {
      redis.model.write({ kind: "member", room: PRIVATE, user, holds: true });
    }
    const owners = random.chance(0.3) ? [...people, random.pick(people)] : people;
    const clients = owners.map((person, i) => {
      const token = newToken(random);
      redis.model.write({ kind: "session", session: sessionOf(token), user: person.id });
      const device = new Device({ scheduler, random, network: this.#network, token });
      const rooms = person.id <= 2 && random.chance(0.7) ? this.rooms : [GENERAL];
      return new Client({
        name: `${person.username}${i + 1}`,
        person,
        device,
        rooms,
        history,
        random,
      });
    });
    const before = random.chance(0.1) ? random.int(40, 130) : random.int(0, 5);
    for (let i = 0; i < before; i++) {
      const id = positionOf(EPOCH_MICROS - (before - i) * 1_234_567);
      const date = Number.parseInt(id, 10);
      const message = {
        from: 1,
        date,
        message: `before ${i}`,
        roomId: GENERAL,
        id,
        cid: `before-${i}`,
      };
      redis.model.write({ kind: "message", message });
    }
    redis.found();
    return clients;
  }

  #planTalk(client: Client): void {
    const { random, scheduler } = this;
    const rooms = client.person.id <= 2 ? this.rooms : [GENERAL];
    for (let moments = random.int(2, 7); moments > 0; moments--) {
      const at = random.between(1_000, LIVELY_MS);
      // Somebody who writes on, or three lines at once.
      for (let lines = random.pick([1, 1, 2, 3, 5]); lines > 0; lines--) {
        scheduler.after(at + lines * random.pick([0, 30, 700]), () => {
          client.say(random.pick(rooms));
        });
      }
    }
  }

  #planChanges(client: Client): void {
    const { random, scheduler } = this;
    for (let count = random.pick([0, 0, 1, 3]); count > 0; count--) {
      scheduler.after(random.between(3_000, LIVELY_MS), () => {
        void client.changeOwn(random.pick(this.rooms));
      });
    }
  }

  #planFaults(): void {
    const { random, scheduler } = this;
    const kinds = FAULTS.filter(({ isLossy }) => this.#isLossy || isLossy === undefined);
    for (let count = random.int(1, 12); count > 0; count--) {
      const kind = weighted(kinds, random);
      scheduler.after(random.between(1_000, LIVELY_MS - 1_000), () => {
        this.#strike(kind);
      });
    }
  }

  #strike({ name, strike }: FaultKind): void {
    const struck = strike(this);
    if (struck === undefined) return;
    const { lastsMs, server } = struck;
    const until = this.scheduler.now + lastsMs;
    this.history.add({ type: "fault", fault: name, until, ...(server && { server }) });
  }

  /** Nothing breaks from now on; what was broken for a while ends by itself. */
  #heal(): void {
    this.history.add({ type: "healed" });
    this.#flaws = { lost: 0, doubled: 0 };
    for (const client of this.clients) {
      client.device.reappear(this.random.chance(0.5));
      client.start();
      client.retryFailed();
    }
  }

  async #rest(): Promise<void> {
    const { scheduler } = this;
    const end = scheduler.now + REST_MAX_MS;
    await scheduler.runUntil(scheduler.now + REST_MIN_MS);
    while (scheduler.now < end && !this.#isSettled()) {
      for (const client of this.clients) client.retryFailed();
      await scheduler.runUntil(scheduler.now + LOOK_MS);
    }
  }

  #isSettled(): boolean {
    const { data } = this.redis.model;
    const heads = new Map(
      this.rooms.map((room) => [room, data.room(room).messages.at(-1)?.id] as const),
    );
    return this.clients.every((client) =>
      client.isSettled(heads, (room) => this.isMember(room, client.person.id)),
    );
  }

  async #conclude(): Promise<void> {
    const { scheduler, history } = this;
    for (const client of this.clients) void client.loadAll();
    await scheduler.runUntil(scheduler.now + 20_000);
    for (const room of this.rooms) {
      const { messages } = this.redis.model.data.room(room);
      history.add({ type: "final", room, messages: [...messages] });
    }
    for (const client of this.clients) {
      client.conclude((room) => this.isMember(room, client.person.id));
    }
  }
}

/** One way, from a client to a server: a city, a country, a mobile phone. */
const LATENCIES_MS = [
  [2, 20],
  [20, 90],
  [5, 600],
] as const;

function weighted(kinds: readonly FaultKind[], random: Random): FaultKind {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  let at = random.next() * total;
  for (const kind of kinds) {
    at -= kind.weight;
    if (at < 0) return kind;
  }
  return random.pick(kinds);
}
