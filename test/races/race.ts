/**
 * Races: things that several servers do at once over one real Redis, where a scheduler decides which
 * command starts next and which answer arrives next. What it decided can be told and played again.
 */
import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import type { Redis } from "#server/redis/connect.ts";
import { scripts } from "#server/redis/scripts.ts";
import { openRedis } from "#test/server/scripts/open-redis.ts";

/** Orders that are tried of each race; KLATCH_RACE_ORDERS tries more. */
export const ORDERS = Number(process.env["KLATCH_RACE_ORDERS"] ?? 100);

/** How something ended: with a value, or with the code of its refusal. */
export type Ended<T> = { readonly value: T } | { readonly code: string };

/** One order of one race. */
export class Race {
  readonly #redis: Redis;
  readonly #scheduler: fc.Scheduler;
  readonly #running: Set<Promise<unknown>>;
  /** What Redis did, in its order: `<server>: <script or command>`. */
  readonly done: string[] = [];

  constructor(redis: Redis, scheduler: fc.Scheduler, running: Set<Promise<unknown>>) {
    this.#redis = redis;
    this.#scheduler = scheduler;
    this.#running = running;
  }

  /** What a server has for a link to Redis: nothing is sent, and nothing answered, out of turn. */
  link(server: string): Redis {
    return new Proxy(this.#redis, {
      get: (redis, name) => {
        const found: unknown = Reflect.get(redis, name);
        if (typeof found !== "function" || typeof name === "symbol") return found;
        return (...args: readonly unknown[]) => {
          const what = `${server}: ${nameOf(name, args)}`;
          return this.#inTurn(what, (): unknown => Reflect.apply(found, redis, args));
        };
      },
    });
  }

  /** Lets all of this happen at once, in the order that the scheduler wants; and how each ended. */
  async all<T>(...acts: readonly (() => Promise<T>)[]): Promise<readonly Ended<T>[]> {
    const ended = acts.map((act) =>
      act().then(
        (value): Ended<T> => ({ value }),
        (error: unknown): Ended<T> => {
          const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
          if (typeof code !== "string") throw error;
          return { code };
        },
      ),
    );
    return this.#scheduler.waitFor(Promise.all(ended));
  }

  /** The place of a command among all that Redis did; -1 if it did not come to that. */
  at(what: string): number {
    return this.done.indexOf(what);
  }

  async #inTurn(what: string, call: () => unknown): Promise<unknown> {
    await this.#scheduler.schedule(Promise.resolve(), `start ${what}`);
    this.done.push(what);
    const answer = Promise.resolve(call());
    const settled = Promise.allSettled([answer]);
    this.#running.add(settled);
    const [result] = await settled;
    this.#running.delete(settled);
    await this.#scheduler.schedule(Promise.resolve(), `answer ${what}`);
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }
}

/** Plays a race in as many orders as wanted, each on an empty Redis; rejects with the order that went wrong. */
export async function play(race: (race: Race, redis: Redis) => Promise<void>): Promise<number> {
  const { redis, close } = await openRedis();
  const running = new Set<Promise<unknown>>();
  // What was started is done before anything else is: so the order is the scheduler's alone.
  const act: fc.SchedulerAct = async (go) => {
    await go();
    do await Promise.all([turn(), ...running]);
    while (running.size > 0);
  };
  const orders = new Set<string>();
  const once = async (scheduler: fc.Scheduler) => {
    await redis.flushAll();
    const one = new Race(redis, scheduler, running);
    await race(one, redis);
    orders.add(one.done.join("\n"));
  };
  try {
    await Promise.all(Object.values(scripts).map(({ source }) => redis.scriptLoad(source)));
    await fc.assert(fc.asyncProperty(fc.scheduler({ act }), once), { numRuns: ORDERS });
    return orders.size;
  } finally {
    await close();
  }
}

const NAMES = new Map(Object.entries(scripts).map(([name, { sha }]) => [sha, name]));

function nameOf(command: string, [first]: readonly unknown[]): string {
  return command === "evalSha" ? (NAMES.get(String(first)) ?? "?") : command;
}
