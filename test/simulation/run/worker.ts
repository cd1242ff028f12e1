/** A thread that runs worlds, a batch for each message; with a mistake planted, if told so. */
import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { SeededBug } from "#test/simulation/seeded-bugs.ts";
import type { Batch, BatchReport } from "./batch.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the pool gives it
const { bug } = workerData as { readonly bug: SeededBug | undefined };

const planted = new Set<string>();

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const patches = bug?.patches?.filter(({ file }) => url.endsWith(file)) ?? [];
    if (patches.length === 0) return loaded;
    const given = loaded.source ?? "";
    let source = typeof given === "string" ? given : new TextDecoder().decode(given);
    for (const { file, from, to } of patches) {
      if (!source.includes(from)) throw new Error(`${file} has no "${from}" to change.`);
      source = source.replace(from, to);
      planted.add(file);
    }
    return { ...loaded, source };
  },
});

// Only now, so that what it loads can be changed.
const { runWorld } = await import("./run-world.ts");
for (const { file } of bug?.patches ?? []) {
  if (!planted.has(file)) throw new Error(`Nothing that runs is called ${file}.`);
}

parentPort?.on("message", (batch: Batch) => {
  // oxlint-disable-next-line require-post-message-target-origin -- because it has none
  void run(batch).then((report) => parentPort?.postMessage(report));
});

async function run({ seeds, isTwice }: Batch): Promise<BatchReport> {
  const faults: Record<string, number> = {};
  const failures: { seed: number; violations: readonly string[] }[] = [];
  let acknowledged = 0;
  for (const seed of seeds) {
    const report = await runWorld(seed, { bug: bug?.model });
    const violations = [...report.violations];
    if (isTwice) {
      const again = await runWorld(seed, { bug: bug?.model });
      if (again.hash !== report.hash) violations.push("replay: two runs have two histories");
    }
    acknowledged += report.acknowledged;
    for (const [fault, count] of Object.entries(report.faults)) {
      faults[fault] = (faults[fault] ?? 0) + count;
    }
    if (violations.length > 0) failures.push({ seed, violations });
  }
  return { worlds: seeds.length, acknowledged, faults, failures };
}
