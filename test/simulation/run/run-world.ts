/** Runs one world and says what it found. */
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import type { ModelBug } from "#test/simulation/seeded-bugs.ts";
import { check } from "#test/simulation/checkers/check.ts";
import { World } from "#test/simulation/world/world.ts";
import type { History } from "#test/simulation/world/history.ts";

export interface WorldReport {
  readonly seed: number;
  /** What broke, in words; nothing if all is well. */
  readonly violations: readonly string[];
  /** Of the whole history; the same in every run of the seed. */
  readonly hash: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** Messages acknowledged to their authors. */
  readonly acknowledged: number;
  readonly ms: number;
}

let errors: string[] = [];
let isListening = false;

/** `onHistory` is given everything that happened, for people. */
export async function runWorld(
  seed: number,
  { bug, onHistory }: { bug?: ModelBug | undefined; onHistory?: (history: History) => void } = {},
): Promise<WorldReport> {
  listenForErrors();
  const began = performance.now();
  const world = new World(seed, bug);
  await world.live();
  // Errors that nobody awaited are reported when the queues of this thread have run empty.
  await turn();
  for (const error of errors) world.history.add({ type: "uncaught", error });
  errors = [];
  const { history } = world;
  const { violations, acknowledged } = check(history.all);
  onHistory?.(history);
  const ms = performance.now() - began;
  return { seed, violations, hash: history.hash, faults: count(history), acknowledged, ms };
}

function listenForErrors(): void {
  if (isListening) return;
  isListening = true;
  process.on("unhandledRejection", (error) => {
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  });
}

function count(history: History): Record<string, number> {
  const faults: Record<string, number> = {};
  for (const happening of history.all) {
    if (happening.type !== "fault") continue;
    faults[happening.fault] = (faults[happening.fault] ?? 0) + 1;
  }
  return faults;
}
