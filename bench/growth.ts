/** How the cost of a message grows with the number of sockets that hear it, as a picture. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "#bin/run/project.ts";
import { FAN_OUT_SUBJECTS, measureFanOut } from "./fan-out.ts";
import { median } from "./load/percentile.ts";
import { drawChart } from "./report/chart.ts";
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import { short, table } from "./report/table.ts";
import { choose } from "./run/options.ts";
import type { BenchRun } from "./run/options.ts";

const SOCKETS = [100, 200, 500, 1_000, 2_000];
const ROUNDS = 3;
const SECONDS = 2;
const PICTURE = "docs/fan-out.svg";

/** Runs the bench, draws the picture if results are kept, and gives the report. */
export async function benchGrowth(run: BenchRun): Promise<string> {
  const { say, rounds = ROUNDS, seconds = SECONDS } = run;
  const load = loadBefore();
  const subjects = choose(FAN_OUT_SUBJECTS, run.only);
  const sockets = SOCKETS.filter((count) => count <= (run.clients ?? Infinity));
  const costs = subjects.map((subject) => ({ subject, points: [] as [number, number][] }));
  for (const listeners of sockets) {
    const found = costs.map(() => [] as number[]);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { subject }] of costs.entries()) {
        const size = { listeners, measureMs: 1000 * seconds, singles: 0 };
        const { messagesPerS } = await measureFanOut(subject, size);
        found[index]?.push(1e6 / messagesPerS);
      }
    }
    for (const [index, { subject, points }] of costs.entries()) {
      const micros = median(found[index] ?? []);
      points.push([listeners, micros]);
      say(`${listeners} sockets, ${subject.label}: ${short(micros)} µs a message`);
    }
  }
  const rows = costs.map(({ subject, points }) => [
    subject.label,
    ...points.map(([, micros]) => short(micros)),
  ]);
  const head = ["µs a message, by sockets", ...sockets.map((count) => count.toLocaleString("en"))];
  const text = [
    circumstances(run.redis, load),
    `One room, saturated, ${rounds} rounds of ${seconds} s each, alternating; medians.`,
    "",
    table(head, rows),
  ].join("\n");
  if (run.keep) {
    keep("growth", text);
    const lines = costs.map(({ subject, points }) => ({ label: subject.label, points }));
    writeFileSync(join(ROOT, PICTURE), drawChart({ ...CHART, lines }));
  }
  return text;
}

const CHART = {
  title: "What one message costs, by how many hear it",
  xLabel: "sockets in the room",
  yLabel: "microseconds a message, saturated",
};
