/** What breaks, and how soon all is well again: the goals G7 to G9, between sockets. */
import { percentile } from "#bench/load/percentile.ts";
import { short, times } from "#bench/report/table.ts";
import type { Goal } from "./goals.ts";
import type { Met } from "./stranger.ts";
import type { BenchStranger } from "./stranger.ts";
import { ownInterest } from "./stranger.ts";
import type { BenchWorld } from "./world.ts";

const RETRY_MS = 200;
const PATIENCE_MS = 25_000;

/** Pages that are loaded again, each at the server where it was. */
export async function reloads(world: BenchWorld, pairs: readonly Met[]): Promise<Goal> {
  const back: number[] = [];
  for (const { one, two, pair } of pairs) {
    const away = two.next("away");
    one.leave();
    await away;
    const ms = await returned(world, world.servers.one.url, { token: one.token, pair });
    if (ms !== undefined) back.push(ms);
  }
  const inTime = back.filter((ms) => ms <= 1000).length;
  return {
    goal: "G9",
    asked: "reload: ≥ 99.9 % back with the same partner within 1 s",
    measured:
      `${inTime} of ${pairs.length} within 1 s, ` +
      `${times({ p50: percentile(back, 0.5), p99: percentile(back, 0.99) })} ms p50 / p99`,
    isMet: inTime >= 0.999 * pairs.length,
  };
}

/** The server of one side of all these pairs is killed; its people come back at the other one. */
export async function killedServer(world: BenchWorld, pairs: readonly Met[]): Promise<Goal> {
  const { one, two } = world.servers;
  // One says something, and is told at once. Of the others each second comes back before anybody
  // has noticed; then there is nothing to tell.
  const [talker, ...others] = pairs;
  if (talker === undefined) throw new RangeError("Nobody is there.");
  const slow = others.filter((_, at) => at % 2 === 0);
  const quick = others.filter((_, at) => at % 2 === 1);
  const cut = pairs.map((met) => met.one.next("disconnect"));
  const away = slow.map((met) => met.two.next("away"));
  const atOnce = talker.two.next("away");
  const began = performance.now();
  await one.stop("SIGKILL");
  await talker.two.relay(talker.pair, 1).catch(() => undefined);
  const atOnceMs = (await atOnce).at - began;
  await Promise.all(cut);
  const comeBack = (some: readonly Met[]) =>
    Promise.all(
      some.map((met) => returned(world, two.url, { token: met.one.token, pair: met.pair })),
    );
  const first = comeBack([talker, ...quick]);
  const told = (await Promise.all(away)).map(({ at }) => at - began);
  const back = [...(await first), ...(await comeBack(slow))];
  const resumed = back.filter((ms) => ms !== undefined && ms <= 20_000).length;
  const slowest = Math.max(...told);
  return {
    goal: "G7",
    asked:
      "server killed: partners told ≤ 12 s, ≤ 1 s when they say something; ≥ 99 % of its chats back ≤ 20 s",
    measured:
      `told after ${short(slowest / 1000)} s at most, ${short(atOnceMs)} ms with a line; ` +
      `${resumed} of ${pairs.length} chats back`,
    isMet: slowest <= 12_000 && atOnceMs <= 1000 && resumed >= 0.99 * pairs.length,
  };
}

/** The Redis of strangers ends and comes back with nothing; who waited is found by others. */
export async function lostRedis(world: BenchWorld, count: number): Promise<Goal> {
  const all = await world.people(2 * count);
  const waiting = all.slice(0, count).map((who) => ({ who, interest: ownInterest() }));
  await Promise.all(waiting.map(({ who, interest }) => who.search(interest)));
  await world.forgetful.kill();
  await world.forgetful.restart();
  const began = performance.now();
  const found = await Promise.all(
    waiting.map(async ({ who, interest }, at) => {
      const seeker = all[count + at];
      const opened = Promise.all([who.next("open"), seeker?.next("open")]).catch(() => undefined);
      // Refused as long as the servers have not found their Redis again.
      await insist(async () => seeker?.search(interest));
      return (await opened) === undefined ? undefined : performance.now() - began;
    }),
  );
  const well = found.filter((ms) => ms !== undefined);
  const slowest = Math.max(...well);
  for (const each of all) each.leave();
  return {
    goal: "G8",
    asked: "Redis restarted: who waited waits again ≤ 5 s, nobody is stuck",
    measured: `${well.length} of ${count} who waited were met, the last ${short(slowest / 1000)} s after it was back`,
    isMet: well.length === count && slowest <= 5_000,
  };
}

/** Milliseconds until both are there again; `undefined` if it does not come to that. */
async function returned(
  world: BenchWorld,
  url: string,
  { token, pair }: { readonly token: string; readonly pair: string },
): Promise<number | undefined> {
  const began = performance.now();
  try {
    let back: BenchStranger | undefined;
    await insist(async () => (back = await world.back(url, token)));
    const opened = await back?.next("open");
    return opened?.notice["pair"] === pair ? opened.at - began : undefined;
  } catch {
    return undefined;
  }
}

async function insist(task: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await task();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    }
  }
}
