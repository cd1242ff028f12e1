/**
 * A Redis process: it is up, paused or down, dies in several ways, and comes back with what its
 * file still holds.
 */
import type { Topic } from "#server/core/delivery/bus.ts";
import type { History } from "#test/simulation/world/history.ts";
import type { Random } from "#test/simulation/kernel/random.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";
import type { ModelBug } from "#test/simulation/seeded-bugs.ts";
import type { Write } from "./dataset.ts";
import { ModelRedis } from "./model-redis.ts";

/** What must hear that Redis died, and what it publishes. */
export interface RedisLink {
  /** Redis is gone: nothing under way arrives. */
  broken(): void;
}

export interface Subscriber extends RedisLink {
  published(topic: Topic, payload: string): void;
}

export interface RedisProcessParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly history: History;
  /** `always`: nothing is answered before it is on disk. `everysec`: a second later it is. */
  readonly flush: "always" | "everysec";
  readonly bug: ModelBug | undefined;
}

/** How much of the append-only file a death leaves. */
export type Death =
  | "redis-crash"
  | "redis-power-loss"
  | "redis-failover"
  | "redis-restore"
  | "redis-emptied";

/** 15 January 2027, in microseconds since 1970. */
export const EPOCH_MICROS = 1_800_000_000_000_000;

export class RedisProcess {
  readonly model: ModelRedis;
  readonly #parts: RedisProcessParts;
  readonly #links = new Set<RedisLink>();
  readonly #subscribers = new Map<Topic, Set<Subscriber>>();
  readonly #waiting: (() => void)[] = [];
  #isUp = true;
  #isPaused = false;
  #life = 0;
  #flushed = 0;
  #foundedAt = 0;
  /** Writes that stand for accounts made before the world began. */
  #founded: readonly Write[] = [];
  #clockOffsetMicros = 0;

  constructor(parts: RedisProcessParts) {
    this.#parts = parts;
    this.model = this.#createModel();
    if (parts.flush === "everysec") this.#flushEverySecond();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /**
   * Everything written so far was there before the world began, and its people can be restored by
   * hand.
   */
  found(): void {
    this.#foundedAt = this.model.written;
    this.#flushed = this.#foundedAt;
    const { people, rooms } = this.model.data;
    const members = [...rooms].flatMap(([room, data]) =>
      [...data.members].map((user): Write => ({ kind: "member", room, user, holds: true })),
    );
    const everybody = [...people.values()].map((person): Write => ({ kind: "person", person }));
    this.#founded = [...everybody, ...members];
  }

  attach(link: RedisLink): void {
    this.#links.add(link);
  }

  detach(link: RedisLink): void {
    this.#links.delete(link);
    for (const subscribers of this.#subscribers.values()) {
      for (const each of subscribers) if (each === link) subscribers.delete(each);
    }
  }

  subscribe(topic: Topic, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(subscriber));
  }

  unsubscribe(topic: Topic, subscriber: Subscriber): void {
    this.#subscribers.get(topic)?.delete(subscriber);
  }

  /** Carries out what has arrived over a link, now or after a pause. */
  take(step: () => void): void {
    if (!this.#isUp) return;
    if (this.#isPaused) this.#waiting.push(step);
    else step();
  }

  /**
   * Stops for a while, as a process does that swaps or is stopped; everything that arrives waits.
   */
  pause(ms: number): void {
    if (!this.#isUp || this.#isPaused) return;
    const life = this.#life;
    this.#isPaused = true;
    this.#parts.scheduler.after(ms, () => {
      if (life !== this.#life) return;
      this.#isPaused = false;
      for (const step of this.#waiting.splice(0)) step();
    });
  }

  /** The clock jumps. */
  stepClock(ms: number): void {
    this.#clockOffsetMicros += Math.round(ms * 1_000);
  }

  /** Dies, and is up again after `downMs` with what this kind of death leaves. */
  die(death: Death, downMs: number): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#isPaused = false;
    this.#life++;
    this.#waiting.length = 0;
    for (const link of this.#links) link.broken();
    this.#links.clear();
    this.#subscribers.clear();
    this.#parts.scheduler.after(downMs, () => {
      this.#reload(death);
      this.#isUp = true;
    });
  }

  #reload(death: Death): void {
    const { random, history } = this.#parts;
    const before = snapshot(this.model);
    const lost = this.model.reload(this.#kept(death));
    // A replica's machine has its own idea of the time.
    if (death === "redis-failover") this.stepClock(random.between(-4_000, 4_000));
    if (death === "redis-emptied") this.#foundAgain();
    this.#flushed = this.model.written;
    const messages = lost.flatMap((write) => (write.kind === "message" ? [write.message] : []));
    const changes = lost.flatMap((write) => (write.kind === "change" ? [write.message] : []));
    if (lost.length > 0) history.add({ type: "lost", fault: death, messages, changes });
    this.#tellDifference(before);
  }

  /** Somebody brings the accounts back by hand. */
  #foundAgain(): void {
    for (const write of this.#founded) this.model.write(write);
    this.#foundedAt = this.model.written;
  }

  #kept(death: Death): number {
    const { random, flush } = this.#parts;
    const { written } = this.model;
    const least = this.#foundedAt;
    switch (death) {
      case "redis-crash":
        return written;
      case "redis-power-loss":
        return flush === "always" ? written : Math.max(least, this.#flushed);
      case "redis-failover":
        // Replication is asynchronous: mostly all of it is there, sometimes the end is not.
        return Math.max(least, written - random.pick([0, 1, 1, 2, 3, 5, 8]));
      case "redis-restore":
        return random.int(least, written);
      case "redis-emptied":
        return 0;
    }
  }

  #micros(): number {
    const { now } = this.#parts.scheduler;
    return EPOCH_MICROS + Math.floor(now * 1_000) + this.#clockOffsetMicros;
  }

  /** Sessions and members that a reload brought back or took away. */
  #tellDifference(before: Snapshot): void {
    const after = snapshot(this.model);
    const { history } = this.#parts;
    for (const session of difference(before.sessions, after.sessions)) {
      history.add({ type: "session", session, holds: after.sessions.has(session) });
    }
    for (const key of difference(before.members, after.members)) {
      const [room = "", user = ""] = key.split(" ");
      const holds = after.members.has(key);
      history.add({ type: "membership", room, user: Number(user), holds });
    }
  }

  #flushEverySecond(): void {
    this.#parts.scheduler.after(1_000, () => {
      if (this.#isUp && !this.#isPaused) this.#flushed = this.model.written;
      this.#flushEverySecond();
    });
  }

  #createModel(): ModelRedis {
    const { scheduler, random, history, bug } = this.#parts;
    return new ModelRedis({
      bug,
      micros: () => this.#micros(),
      publish: (topic, payload) => {
        for (const each of this.#subscribers.get(topic) ?? []) each.published(topic, payload);
      },
      onWrite: (write) => {
        if (write.kind === "message") history.add({ type: "stored", message: write.message });
        if (write.kind === "change") history.add({ type: "stored", message: write.message });
        if (write.kind === "member") history.add({ ...write, type: "membership" });
        if (write.kind !== "session") return;
        const { session, user } = write;
        history.add({ type: "session", session, holds: user !== undefined });
      },
      later: (step) => {
        const life = this.#life;
        scheduler.after(random.between(0, 400), () => {
          if (life === this.#life && this.#isUp) step();
        });
      },
    });
  }
}

interface Snapshot {
  readonly sessions: ReadonlySet<string>;
  /** `room user`. */
  readonly members: ReadonlySet<string>;
}

/** What only one of them has. */
function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  return [...one, ...other].filter((each) => !one.has(each) || !other.has(each));
}

function snapshot({ data }: ModelRedis): Snapshot {
  const members = [...data.rooms].flatMap(([room, each]) =>
    [...each.members].map((user) => `${room} ${user}`),
  );
  return { sessions: new Set(data.sessions.keys()), members: new Set(members) };
}
