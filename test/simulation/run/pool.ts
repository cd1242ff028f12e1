/** Runs many worlds, spread over threads. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SeededBug } from "#test/simulation/seeded-bugs.ts";
import type { Batch, BatchReport } from "./batch.ts";

export interface PoolOptions {
  /** The first seed. */
  readonly seed: number;
  readonly worlds: number;
  readonly threads: number;
  /** So many of the first are run twice, to see that a seed replays exactly; default: none. */
  readonly twice?: number;
  readonly bug?: SeededBug;
  /** Stops at the first world that fails. */
  readonly isHasty?: boolean;
  readonly onProgress?: (so: BatchReport) => void;
}

const BATCH = 25;

/** Rejects only if a thread dies; worlds that fail are in the report, by seed. */
export async function runWorlds(options: PoolOptions): Promise<BatchReport> {
  const total = new Total();
  const batches = plan(options);
  let isOver = false;
  const work = async () => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), {
      workerData: { bug: options.bug },
    });
    try {
      for (let batch = batches.next(); !isOver && !batch.done; batch = batches.next()) {
        // oxlint-disable-next-line require-post-message-target-origin -- because it has none
        worker.postMessage(batch.value);
        // oxlint-disable-next-line no-unsafe-type-assertion -- because it sends only these
        const [report] = (await once(worker, "message")) as [BatchReport];
        total.add(report);
        options.onProgress?.(total.report());
        isOver ||= options.isHasty === true && report.failures.length > 0;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.threads }, work));
  return total.report();
}

function* plan({ seed, worlds, twice = 0 }: PoolOptions): Generator<Batch, undefined> {
  for (let at = 0; at < worlds; at += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, worlds - at) }, (_, i) => seed + at + i);
    yield { seeds, isTwice: at < twice };
  }
}

class Total {
  #worlds = 0;
  #acknowledged = 0;
  readonly #faults = new Map<string, number>();
  readonly #failures: BatchReport["failures"][number][] = [];

  add({ worlds, acknowledged, faults, failures }: BatchReport): void {
    this.#worlds += worlds;
    this.#acknowledged += acknowledged;
    this.#failures.push(...failures);
    for (const [fault, count] of Object.entries(faults)) {
      this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + count);
    }
  }

  report(): BatchReport {
    return {
      worlds: this.#worlds,
      acknowledged: this.#acknowledged,
      faults: Object.fromEntries([...this.#faults].sort(([a], [b]) => (a < b ? -1 : 1))),
      failures: this.#failures.toSorted((a, b) => a.seed - b.seed),
    };
  }
}
