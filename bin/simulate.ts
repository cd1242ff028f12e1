/**
 * `npm run simulate`: runs as many simulated worlds as wanted, and says which break a law of
 * delivery; with `--only`, tells the whole story of one.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runCommand } from "#bin/run/command.ts";
import type { Say } from "#bin/run/command.ts";
import { StartError } from "#server/start-error.ts";
import type { BatchReport } from "#test/simulation/run/batch.ts";
import { runWorlds } from "#test/simulation/run/pool.ts";
import { runWorld } from "#test/simulation/run/run-world.ts";
import { sketch } from "#test/simulation/world/history.ts";

const USAGE = [
  "npm run simulate -- [--worlds 10000] [--seed 1] [--threads N]   many worlds, seeds counted up",
  "npm run simulate -- --only SEED                                  all that happens in one world",
];

await runCommand(async (say) => {
  const flags = readFlags(process.argv.slice(2));
  if (flags.only !== undefined) return tell(flags.only, say);
  return run(flags, say);
});

interface Flags {
  readonly worlds: number;
  readonly seed: number;
  readonly threads: number;
  readonly only: number | undefined;
}

function readFlags(args: readonly string[]): Flags {
  const mistakes: string[] = [];
  const values = parse(args, mistakes);
  const whole = (name: keyof Flags, least: number, otherwise: number) => {
    const text = values[name];
    if (text === undefined) return otherwise;
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least) return number;
    mistakes.push(`--${name} takes a whole number from ${least}, not "${text}".`);
    return otherwise;
  };
  const flags = {
    worlds: whole("worlds", 1, 10_000),
    seed: whole("seed", 0, 1),
    threads: whole("threads", 1, availableParallelism()),
    only: values.only === undefined ? undefined : whole("only", 0, 0),
  };
  if (mistakes.length > 0) throw new StartError(...mistakes, ...USAGE);
  return flags;
}

function parse(args: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  try {
    const options = { worlds: text, seed: text, threads: text, only: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return {};
  }
}

/** Everything that happens in one world, a line each, and what it breaks. */
async function tell(seed: number, say: Say): Promise<number> {
  const report = await runWorld(seed, {
    onHistory: ({ all }) => {
      for (const happened of all) {
        const at = (happened.at / 1_000).toFixed(3).padStart(8);
        say(`${at} s  ${happened.type.padEnd(10)}  ${sketch(happened)}`);
      }
    },
  });
  const { violations, acknowledged, hash } = report;
  say(`World ${seed}: ${acknowledged} messages acknowledged, history ${hash.toString(16)}.`);
  for (const violation of violations) say(`✗ ${violation}`);
  if (violations.length === 0) say("Nothing is broken.");
  return violations.length === 0 ? 0 : 1;
}

async function run({ worlds, seed, threads }: Flags, say: Say): Promise<number> {
  say(`${worlds} worlds from seed ${seed} on, over ${threads} threads …`);
  const began = performance.now();
  const told = new Set<number>();
  /** Into a file, a line for every tenth will do. */
  let tenths = 0;
  const onProgress = (so: BatchReport) => {
    for (const { seed: bad, violations } of so.failures) {
      if (told.has(bad)) continue;
      told.add(bad);
      clearLine();
      say(`✗ world ${bad}: ${violations[0] ?? ""}`);
    }
    const line = `${so.worlds} of ${worlds} worlds, ${perSecond(so, began)}/s`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
    else if (Math.floor((so.worlds / worlds) * 10) > tenths) say(line);
    tenths = Math.floor((so.worlds / worlds) * 10);
  };
  const report = await runWorlds({ seed, worlds, threads, onProgress });
  clearLine();
  conclude(report, began, say);
  return report.failures.length === 0 ? 0 : 1;
}

function conclude(report: BatchReport, began: number, say: Say): void {
  const { worlds, acknowledged, faults, failures } = report;
  const width = Math.max(...Object.keys(faults).map((name) => name.length));
  for (const [name, count] of Object.entries(faults)) {
    say(`  ${name.padEnd(width)}  ${String(count).padStart(9)}`);
  }
  const took = ((performance.now() - began) / 1_000).toFixed(0);
  const rate = perSecond(report, began);
  say(`${worlds} worlds in ${took} s (${rate}/s), ${acknowledged} messages acknowledged.`);
  if (failures.length === 0) {
    say("No world broke a law.");
    return;
  }
  const seeds = failures.map(({ seed }) => seed);
  say(`${failures.length} worlds broke a law: ${seeds.slice(0, 20).join(", ")}`);
  say(`See one: npm run simulate -- --only ${seeds[0] ?? 0}`);
}

function perSecond({ worlds }: BatchReport, began: number): string {
  return (worlds / ((performance.now() - began) / 1_000)).toFixed(0);
}

function clearLine(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
}
