/** The strangers bench: how soon two meet, how fast frames pass, and how soon all is well after a break. */
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import type { BenchRun } from "./run/options.ts";
import { killedServer, lostRedis, reloads } from "./strangers/breaks.ts";
import type { Goal } from "./strangers/goals.ts";
import { goalsTable } from "./strangers/goals.ts";
import { leaving, pairing, talking } from "./strangers/pace.ts";
import { baseline, churn, lastResort, repeats, script } from "./strangers/waits.ts";
import { openBenchWorld } from "./strangers/world.ts";

const SECONDS = 8;
/** Pairs a second: what a machine of two cores carries beside those who measure. */
const RATES = [25, 50, 100] as const;

export interface StrangersSize {
  readonly rates: readonly number[];
  readonly seconds: number;
  /** Pairs that talk, and messages a second. */
  readonly pairs: number;
  readonly messagesPerS: number;
  readonly waiters: number;
  readonly broken: number;
}

const SIZE: StrangersSize = {
  rates: RATES,
  seconds: SECONDS,
  pairs: 200,
  messagesPerS: 1_000,
  waiters: 50_000,
  broken: 100,
};

/** Measures all goals once; each is told as soon as it is known. */
export async function measureStrangers(
  size: StrangersSize,
  onGoal: (goal: Goal) => void,
): Promise<void> {
  await using world = await openBenchWorld();
  for (const goal of await script(world, size.waiters)) onGoal(goal);
  for (const rate of size.rates) onGoal(await pairing(world, rate, size.seconds));
  const pairs = await world.pairs(size.pairs);
  for (const share of [4, 1]) {
    onGoal(await talking(pairs, size.messagesPerS / share, size.seconds));
  }
  onGoal(await leaving(pairs));
  for (const { one, two } of pairs) for (const each of [one, two]) each.leave();
  onGoal(await lastResort(world));
  onGoal(await repeats(world, 60));
  for (const spreadMs of [2_000, 0]) onGoal(await churn(world, size.broken, spreadMs));
  onGoal(await reloads(world, await world.pairs(size.broken)));
  await world.pairs(size.broken);
  onGoal(await baseline(world));
  onGoal(await lostRedis(world, size.broken));
  onGoal(await killedServer(world, await world.pairs(size.broken)));
}

/** Runs the bench and gives its report. */
export async function benchStrangers(run: BenchRun): Promise<string> {
  const load = loadBefore();
  const goals: Goal[] = [];
  await measureStrangers({ ...SIZE, seconds: run.seconds ?? SECONDS }, (goal) => {
    goals.push(goal);
    run.say(
      `${goal.isMet ? "✓" : "✗"} ${goal.goal} ${goal.measured} (load ${loadBefore().toFixed(1)})`,
    );
  });
  const text = [
    circumstances(run.redis, load),
    "Two servers, one Redis that forgets, and up to 1,600 people in one program, all on this machine; " +
      `load average at the end ${loadBefore().toFixed(1)}.`,
    "",
    goalsTable(goals),
  ].join("\n");
  if (run.keep) keep("strangers", text);
  return text;
}
