/** `npm run faults`: breaks real servers, Redis processes, disks and networks for a while, and reports what held. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "#bin/run/command.ts";
import type { Say } from "#bin/run/command.ts";
import { ROOT } from "#bin/run/project.ts";
import { seconds } from "#bin/run/steps.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { StartError } from "#server/start-error.ts";
import { FAULTS } from "#test/faults/catalogue/catalogue.ts";
import { FaultyDisk } from "#test/faults/world/disk.ts";
import { runFault } from "#test/faults/fault.ts";
import type { Fault, Verdict } from "#test/faults/fault.ts";
import { report } from "#test/faults/report.ts";
import { World } from "#test/faults/world/world.ts";

/** Close to the ten messages a second that one person may send. */
const WRITE_EVERY_MS = 130;

interface Options {
  readonly faults: readonly Fault[];
  /** How many blows of each, instead of its own number. */
  readonly rounds: number | undefined;
  readonly seed: number;
  readonly people: number;
  /** Where the report goes; none for a part of the faults, unless named. */
  readonly report: string | undefined;
  /** Where histories of failed series go. */
  readonly histories: string | undefined;
}

// Servers and Redis processes end with this one; a signal alone would not tell them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

await runCommand(async (say) => {
  const options = readOptions(process.argv.slice(2));
  const redis = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = redis.path;
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  say(`Seed ${options.seed}, Redis ${redis.version}.`);
  const began = performance.now();
  const verdicts: Verdict[] = [];
  const skipped = new Map<string, string>();
  for (const fault of options.faults) {
    const verdict = await series(fault, options, say).catch(failedToRun);
    if (typeof verdict === "string") skipped.set(fault.id, verdict);
    else verdicts.push(verdict);
    // Written after each series: whoever stops a long run has what was found until then.
    const { seed, people } = options;
    const took = seconds(began);
    const text = report({ verdicts, skipped, seed, people, redis: redis.version, took });
    if (options.report !== undefined) writeFileSync(options.report, text);
  }
  const failed = verdicts.filter(isBroken);
  say(`Seed ${options.seed}: ${verdicts.length} kinds of faults in ${seconds(began)}.`);
  for (const { id } of failed) say(`✗ ${id}`);
  return failed.length === 0 ? Number(process.exitCode ?? 0) : 1;
});

/** A series that could not even be run; the others can. */
function failedToRun(error: unknown): string {
  console.error(error);
  process.exitCode = 1;
  return "it could not be run";
}

/** Opens a world for one kind of fault, injects it so many times, and says how it went; or why it was not run. */
async function series(fault: Fault, options: Options, say: Say): Promise<Verdict | string> {
  const { needsDisk = false, ...needs } = fault.world ?? {};
  const disk = needsDisk ? FaultyDisk.make() : undefined;
  if (typeof disk === "string") {
    say(`- ${fault.id} is skipped: ${disk}.`);
    return disk;
  }
  const times = options.rounds ?? fault.times.long;
  const began = performance.now();
  await using world = await World.open({
    people: options.people,
    writeEveryMs: WRITE_EVERY_MS,
    ...needs,
    seed: options.seed,
    disk,
  });
  const progress = (time: number) => {
    const { acknowledged } = world.recorder;
    const line = `  ${fault.id} ${time}/${times}, ${acknowledged} acknowledged, ${seconds(began)}`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}  `);
    else if (time % 10 === 0) say(line);
  };
  const verdict = await runFault(world, fault, times, progress);
  if (process.stdout.isTTY) process.stdout.write("\r");
  tell(verdict, say, seconds(began));
  if (isBroken(verdict) && options.histories !== undefined) {
    const path = join(options.histories, `${fault.id}-${options.seed}.jsonl`);
    world.recorder.save(path);
    say(`  The history is in ${path}`);
  }
  return verdict;
}

function tell(verdict: Verdict, say: Say, took: string): void {
  const { id, title, times, acknowledged, outageMs, settleMs, violations, failures } = verdict;
  const mark = isBroken(verdict) ? "✗" : "✓";
  say(`${mark} ${id} ${title}: ${times} times, ${acknowledged} acknowledged, ${took}`);
  say(`  longest outage ${outageMs} ms, settled in ${settleMs} ms`);
  for (const { law, what } of violations.slice(0, 8)) say(`  ✗ ${law}: ${what}`);
  if (violations.length > 8) say(`  … ${violations.length} in all`);
  for (const failure of failures.slice(0, 8)) say(`  ✗ ${failure}`);
}

function isBroken({ violations, failures }: Verdict): boolean {
  return violations.length + failures.length > 0;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      seed: { type: "string" },
      people: { type: "string" },
      report: { type: "string" },
      histories: { type: "string" },
    },
  });
  const only = values.only?.split(",");
  const unknown = only?.filter((id) => !FAULTS.some((fault) => fault.id === id)) ?? [];
  if (unknown.length > 0) {
    const known = FAULTS.map(({ id }) => id).join(", ");
    throw new StartError(`There is no fault ${unknown.join(", ")}. There are: ${known}`);
  }
  return {
    // The heaviest blows first, in case a run is stopped early.
    faults: FAULTS.filter(({ id }) => only?.includes(id) ?? true).toSorted(
      (a, b) => Number(a.counts === undefined) - Number(b.counts === undefined),
    ),
    rounds: values.rounds === undefined ? undefined : wholeNumber("--rounds", values.rounds),
    seed: values.seed === undefined ? Date.now() % 1e6 : wholeNumber("--seed", values.seed),
    people: values.people === undefined ? 24 : wholeNumber("--people", values.people),
    report: values.report ?? (only === undefined ? join(ROOT, "docs/faults.md") : undefined),
    histories: values.histories,
  };
}

function wholeNumber(flag: string, text: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw new StartError(`${flag} is "${text}", but it must be a whole number.`);
}
