/** Servers and Redis processes of the strangers' bench, and the people in it. */
import type { RedisProcess } from "#test/support/redis-process.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";
import { allKeys, openLink } from "#test/forget/places.ts";
import { lifeOf } from "#test/forget/lives.ts";
import { BenchStranger, meet } from "./stranger.ts";
import type { Met } from "./stranger.ts";

const AT_ONCE = 25;

export interface BenchWorld extends AsyncDisposable {
  readonly servers: StrangerServers;
  readonly forgetful: RedisProcess;
  /** Somebody comes back with the token of their tab. */
  back(url: string, token: string): Promise<BenchStranger>;
  /** Everybody is gone. */
  leave(): void;
  /** So many have entered, half of them at each server. */
  people(count: number): Promise<BenchStranger[]>;
  /** So many pairs, each over both servers. */
  pairs(count: number): Promise<Met[]>;
  /** Keys of people, not of figures. */
  keys(): Promise<number>;
}

export async function openBenchWorld(): Promise<BenchWorld> {
  const servers = await strangerServers();
  const everybody: BenchStranger[] = [];
  const back = async (url: string, token: string) => {
    const stranger = await BenchStranger.enter(url, token);
    everybody.push(stranger);
    return stranger;
  };
  const leave = () => {
    for (const each of everybody) each.leave();
  };
  const people = async (count: number) => {
    const urls = [servers.one.url, servers.two.url];
    const all: BenchStranger[] = [];
    while (all.length < count) {
      const from = all.length;
      const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, (_, at) =>
        BenchStranger.enter(urls[(from + at) % 2] ?? ""),
      );
      all.push(...(await Promise.all(some)));
    }
    everybody.push(...all);
    return all;
  };
  const pairs = async (count: number) => {
    const met: Met[] = [];
    while (met.length < count) {
      const size = Math.min(AT_ONCE, count - met.length);
      const all = await people(2 * size);
      const some = Array.from({ length: size }, (_, at) => twoOf(all, at));
      met.push(...(await Promise.all(some.map(([one, two]) => meet(one, two)))));
    }
    return met;
  };
  const keys = async () => {
    const link = await openLink(servers.forgetful.socket);
    const all = await allKeys(link);
    link.destroy();
    return all.filter((key) => lifeOf(key)?.stays !== true).length;
  };
  return {
    servers,
    forgetful: servers.forgetful,
    back,
    leave,
    people,
    pairs,
    keys,
    [Symbol.asyncDispose]: async () => {
      leave();
      await servers[Symbol.asyncDispose]();
    },
  };
}

/** The pair at this place: neighbours are at different servers. */
export function twoOf(all: readonly BenchStranger[], at: number): [BenchStranger, BenchStranger] {
  const [one, two] = all.slice(2 * at, 2 * at + 2);
  if (one === undefined || two === undefined) throw new RangeError(`There is no pair ${at}.`);
  return [one, two];
}
