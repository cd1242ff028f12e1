/** Who waits, for whom and how long: the goals G4 and G10 to G13. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LANGUAGES } from "#protocol/stranger.ts";
import { percentile } from "#bench/load/percentile.ts";
import { short } from "#bench/report/table.ts";
import { patientLink } from "#server/redis/connect.ts";
import { RedisLobbyStore } from "#server/redis/strangers/redis-lobby-store.ts";
import { until } from "#test/support/until.ts";
import type { Goal } from "./goals.ts";
import { ownInterest } from "./stranger.ts";
import type { BenchWorld } from "./world.ts";
import { twoOf } from "./world.ts";

const BATCH = 2_000;
const TRIES = 4_000;

/** The script that pairs, with so many who wait, each in five queues of their own. */
export async function script(world: BenchWorld, waiters: number): Promise<readonly Goal[]> {
  const link = patientLink(world.servers.forgetful.strangerUrl, "bench");
  await link.connect();
  const store = new RedisLobbyStore(link, "bench");
  const uids = Array.from({ length: waiters + 2 * TRIES }, () => id(16));
  const waiting = uids.slice(0, waiters);
  await inBatches(uids, (uid) => store.enter(uid, undefined, id(32)));
  await inBatches(waiting, (uid) => look(store, uid, queuesOf(uid, QUEUES)));
  const goals: Goal[] = [];
  for (const queues of [1, QUEUES]) {
    await world.forgetful.cli("CONFIG", "RESETSTAT");
    const ms: number[] = [];
    let found = 0;
    // One in two finds somebody.
    for (let at = 0; at < TRIES; at++) {
      const uid = uids.pop() ?? "";
      const began = performance.now();
      const { state } = await look(store, uid, queuesOf((at % 2 && waiting.pop()) || uid, queues));
      ms.push(performance.now() - began);
      if (state === "paired") found++;
    }
    const { meanUs, p50Us, p999Us } = await scriptTimes(world);
    const left = Number(await world.forgetful.cli("DBSIZE"));
    goals.push({
      goal: "G4",
      asked: "the script that pairs, with 50 k who wait: mean ≤ 50 µs, longest ≤ 2 ms",
      measured:
        `${waiters} wait (${left} keys), ${TRIES} searches in ${queues} of their queues, ${found} found somebody: ` +
        `mean ${meanUs.toFixed(0)}, median ${p50Us.toFixed(0)}, 99.9 % ${p999Us.toFixed(0)} µs by Redis' own count; ` +
        `${short(percentile(ms, 0.5))} / ${short(Math.max(...ms))} ms median / longest to the caller`,
      isMet: meanUs <= 50 && p999Us <= 2_000,
    });
  }
  await world.forgetful.cli("FLUSHALL");
  link.destroy();
  return goals;
}

const QUEUES = 5;

function queuesOf(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `interest:${name}.${at}`);
}

function look(store: RedisLobbyStore, uid: string, queues: readonly string[]) {
  const ids = { uid, ticket: id(9), pair: id(16) };
  return store.search({
    ...ids,
    since: 0,
    depth: 32,
    mayRepeat: false,
    interests: queues,
    queues,
  });
}

/** People who share neither an interest nor a language: in the end anyone will do. */
export async function lastResort(world: BenchWorld): Promise<Goal> {
  const all = await world.people(LANGUAGES.length);
  const began = performance.now();
  const met = all.map(async (who, at) => {
    const opened = who.next("open");
    await who.ask("search", { interests: [ownInterest()], language: LANGUAGES[at] });
    return (await opened).at - began;
  });
  const slowest = Math.max(...(await Promise.all(met)));
  for (const each of all) each.leave();
  return {
    goal: "G10",
    asked: "with two or more who would do in the end, nobody waits longer than 13 s",
    measured: `${all.length} who share neither interests nor a language: ${short(slowest / 1000)} s at most`,
    isMet: slowest <= 13_000,
  };
}

/** More, and those who end chats would be taken for people who skip, and given work first. */
const ROUNDS = 2;
/** From then on somebody met lately is better than nobody. */
const REPEAT_MS = 12_000;

/** All look for the same, again and again. */
export async function repeats(world: BenchWorld, count: number): Promise<Goal> {
  const all = await world.people(count);
  const interest = ownInterest();
  const met = new Map<string, string[]>();
  const partners = new Set<string>();
  let pairs = 0;
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    met.clear();
    await Promise.all(
      all.map(async (who, at) => {
        const opened = who.next("open");
        const began = performance.now();
        await who.search(interest);
        const { notice, at: openedAt } = await opened;
        const pair = String(notice["pair"]);
        const waited = openedAt - began;
        met.set(pair, [...(met.get(pair) ?? []), `${at} ${waited < REPEAT_MS}`]);
      }),
    );
    for (const [pair, both] of met) {
      const [a = "", b = ""] = both.toSorted();
      const name = `${a.split(" ")[0]} ${b.split(" ")[0]}`;
      pairs++;
      if (partners.has(name) && (a.endsWith("true") || b.endsWith("true"))) wrong++;
      partners.add(name);
      await all[Number(a.split(" ")[0])]?.ask("end", { pair });
    }
  }
  for (const each of all) each.leave();
  return {
    goal: "G11",
    asked: "the same two within 15 minutes while another one is there: never",
    measured: `${pairs} pairs of ${count} people who all look for the same: ${wrong}`,
    isMet: wrong === 0,
  };
}

/**
 * Three of ten tabs are killed while they wait: at any moment within `spreadMs`, as those come who
 * look for the same; with 0 at the very moment at which they come.
 */
export async function churn(world: BenchWorld, count: number, spreadMs: number): Promise<Goal> {
  const all = await world.people(3 * count);
  const before = await figures(world);
  const waves = Array.from({ length: count }, (_, at) => ({
    waiter: twoOf(all, at)[0],
    seeker: twoOf(all, at)[1],
    third: all[2 * count + at],
    interest: ownInterest(),
    isKilled: at % 10 < 3,
  }));
  await Promise.all(waves.map(({ waiter, interest }) => waiter.search(interest)));
  const again = await Promise.all(
    waves.map(async ({ waiter, seeker, third, interest, isKilled }) => {
      const met = seeker.next("open");
      const killed = sleep(Math.random() * spreadMs).then(() => {
        if (isKilled) waiter.leave();
        return undefined;
      });
      await sleep(Math.random() * spreadMs);
      await seeker.search(interest);
      await killed;
      // Who was found in time has talked; who was not is looked for by another one.
      if (third === undefined || (await Promise.race([met, sleep(200)])) !== undefined) return 0;
      const began = performance.now();
      await third.search(interest);
      return (await met).at - began;
    }),
  );
  const after = await figures(world);
  const pairs = after.pairs - before.pairs;
  const noShows = after.noShows - before.noShows;
  const killed = waves.filter(({ isKilled }) => isKilled).length;
  const slowest = Math.max(...again);
  for (const each of all) each.leave();
  const when = spreadMs === 0 ? "in the very moment in which somebody came" : "while they waited";
  return {
    goal: "G12",
    asked: "30 % of tabs killed while they wait: ≤ 1 % of pairs come to nothing, looked on ≤ 3 s",
    measured:
      `${killed} of ${count} killed ${when}: ${noShows} of ${pairs} pairs came to nothing; ` +
      `who was left was met by the next one within ${short(slowest / 1000)} s`,
    isMet: noShows <= 0.01 * pairs && slowest <= 3_000,
  };
}

/** Everybody leaves; only figures and keys that end stay. */
export async function baseline(world: BenchWorld): Promise<Goal> {
  const most = await world.keys();
  world.leave();
  const began = performance.now();
  const isOver = async () => (await world.keys()) === 0;
  await until(isOver, { timeoutMs: 120_000, everyMs: 500 }).catch(() => undefined);
  const seconds = (performance.now() - began) / 1000;
  return {
    goal: "G13",
    asked: "24 h: keys as many as people, back to none ≤ 90 s after they stop",
    measured:
      `${most} keys of people at the end of all of this, none ${seconds.toFixed(0)} s after they had left; ` +
      "not run for 24 h",
    isMet: seconds <= 90,
  };
}

async function figures(world: BenchWorld): Promise<{ pairs: number; noShows: number }> {
  const key = `{lobby}:count:${Math.floor(Date.now() / 3600_000)}`;
  const [pairs, noShows] = await Promise.all(
    ["pairs", "end:no-show"].map(async (name) =>
      Number(await world.forgetful.cli("HGET", key, name)),
    ),
  );
  return { pairs: pairs ?? 0, noShows: noShows ?? 0 };
}

async function scriptTimes(world: BenchWorld) {
  const stats = await world.forgetful.cli("INFO", "commandstats");
  const late = await world.forgetful.cli("INFO", "latencystats");
  const inLate = /_evalsha:p50=(?<p50>[\d.]+).*p99\.9=(?<p999>[\d.]+)/u.exec(late)?.groups;
  const mean = /cmdstat_evalsha:.*usec_per_call=(?<us>[\d.]+)/u.exec(stats)?.groups?.["us"];
  return { meanUs: Number(mean), p50Us: Number(inLate?.["p50"]), p999Us: Number(inLate?.["p999"]) };
}

async function inBatches<T>(all: readonly T[], work: (each: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += BATCH) {
    await Promise.all(all.slice(at, at + BATCH).map((each) => work(each)));
  }
}

const id = (bytes: number) => randomBytes(bytes).toString("base64url");
