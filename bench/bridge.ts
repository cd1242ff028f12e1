/** The bridge bench: what it costs a message that servers of other kinds are told of it, and are looked after. */
import { median } from "./load/percentile.ts";
import type { SendsResult } from "./load/sends.ts";
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import { percent, short, table, times } from "./report/table.ts";
import type { BenchRun } from "./run/options.ts";
import { measureSends } from "./send.ts";
import { BRIDGED, KLATCH } from "./subjects/subjects.ts";

const CHATS = 1_000;
const ROUNDS = 5;
const SECONDS = 4;

/** Runs the bench and gives its report. */
export async function benchBridge(run: BenchRun): Promise<string> {
  const { say, rounds = ROUNDS, seconds = SECONDS, clients = 2 * CHATS } = run;
  const load = loadBefore();
  const chats = Math.max(1, clients >> 1);
  const series = [KLATCH, BRIDGED].map((subject) => ({ subject, results: [] as SendsResult[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const { subject, results } of series) {
      const result = await measureSends(subject, { chats, servers: 1, measureMs: 1000 * seconds });
      results.push(result);
      say(`round ${round}, ${subject.label}: ${short(result.sendsPerS)} sends/s`);
    }
  }
  const head = ["", "sends/s", "ms p50 / p99", "server busy", "client busy"];
  const rows = series.map(({ subject, results }) => {
    const mid = (of: (result: SendsResult) => number) => median(results.map(of));
    return [
      subject.label,
      short(mid((result) => result.sendsPerS)),
      times({ p50: mid(({ ackMs }) => ackMs.p50), p99: mid(({ ackMs }) => ackMs.p99) }),
      percent(mid((result) => result.serverBusy)),
      percent(mid((result) => result.clientBusy)),
    ];
  });
  const text = [
    circumstances(run.redis, load),
    `${chats} private chats, one server; ${rounds} rounds of ${seconds} s each, alternating; medians.`,
    "",
    table(head, rows),
  ].join("\n");
  if (run.keep) keep("bridge", text);
  return text;
}
