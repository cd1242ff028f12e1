/** The fan-out bench: what it costs that everyone in one room hears everything. */
import { GENERAL } from "#protocol/room.ts";
import type { FanOutPlan, FanOutResult } from "./load/fan-out.ts";
import { median } from "./load/percentile.ts";
import { choose } from "./run/options.ts";
import type { BenchRun } from "./run/options.ts";
import { makePeople } from "./run/people.ts";
import { runProgram } from "./run/program.ts";
import { ADAPTER, BARE, KLATCH, TUTORIAL } from "./subjects/subjects.ts";
import type { Subject } from "./subjects/subjects.ts";
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import { percent, short, table, times } from "./report/table.ts";
import { startRedis } from "#test/support/redis-process.ts";

export const FAN_OUT_SUBJECTS: readonly Subject[] = [KLATCH, BARE, ADAPTER, TUTORIAL];

const LISTENERS = 1_000;
/** Each person may send 10 a second, and 40 at once; so many of them are never held back. */
const SENDERS = 1_000;
const ROUNDS = 5;
const SECONDS = 4;
const WARM_MS = 1_500;
const SINGLES = 200;
/** A few, many, and one from everybody on their way: what drowns in many is measured with a few. */
const WINDOWS = [16, 256, 1_000];

export interface FanOutSize {
  readonly listeners: number;
  readonly senders?: number;
  readonly measureMs: number;
  readonly warmMs?: number;
  readonly singles: number;
}

/** Measures one subject once, in processes and on a Redis of its own. */
export async function measureFanOut(subject: Subject, size: FanOutSize): Promise<FanOutResult> {
  const { listeners, senders = SENDERS, measureMs, warmMs = WARM_MS, singles } = size;
  await using redis = await startRedis();
  const people = await makePeople(redis.url, Math.max(listeners, senders));
  await using server = await subject.start(redis, 0);
  const seats = people.map(({ id, token }) => ({ id, token, room: GENERAL, port: server.port }));
  return await runProgram<FanOutResult>("load/fan-out.ts", {
    dialect: subject.dialect,
    listeners: seats.slice(0, listeners),
    senders: seats.slice(0, senders),
    windows: WINDOWS.filter((window) => window <= (subject.windowMax ?? Infinity)),
    warmMs,
    measureMs,
    singles,
    pids: [server.pid],
  } satisfies FanOutPlan);
}

/** One result of each subject for each round. */
type Results = ReadonlyMap<Subject, readonly FanOutResult[]>;

/** Runs the bench and gives its report. */
export async function benchFanOut(run: BenchRun): Promise<string> {
  const { say, rounds = ROUNDS, seconds = SECONDS, clients: listeners = LISTENERS } = run;
  const load = loadBefore();
  const subjects = choose(FAN_OUT_SUBJECTS, run.only);
  const results = new Map(subjects.map((subject) => [subject, [] as FanOutResult[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      const size = { listeners, measureMs: 1000 * seconds, singles: SINGLES };
      const result = await measureFanOut(subject, size);
      results.get(subject)?.push(result);
      const rate = `${short(result.deliveriesPerS)} deliveries/s`;
      say(`round ${round}, ${subject.label}: ${rate}, load average ${loadBefore().toFixed(1)}`);
    }
  }
  const text = [
    circumstances(run.redis, load),
    `One room, ${listeners} sockets, ${rounds} rounds of ${seconds} s each, alternating; medians.`,
    "",
    fanOutTable(results),
    "",
    ...comparisons(results),
  ].join("\n");
  if (run.keep) keep("fan-out", text);
  return text;
}

function fanOutTable(results: Results): string {
  const head = [
    "",
    "deliveries/s",
    "messages/s",
    "on their way",
    "in a frame",
    "bytes each",
    "ms p50 / p99",
    "one at a time: deliveries/s",
    "ms to all p50 / p99",
    "server busy",
    "client busy",
    "client could take",
  ];
  const rows = [...results].map(([{ label }, all]) => {
    const mid = (of: (result: FanOutResult) => number) => median(all.map(of));
    return [
      label,
      short(mid((result) => result.deliveriesPerS)),
      short(mid((result) => result.messagesPerS)),
      mid(({ window }) => window).toFixed(0),
      short(mid((result) => result.messagesPerFrame)),
      mid((result) => result.bytesPerDelivery).toFixed(0),
      times({ p50: mid(({ floodMs }) => floodMs.p50), p99: mid(({ floodMs }) => floodMs.p99) }),
      short(mid((result) => result.singleDeliveriesPerS)),
      times({ p50: mid(({ singleMs }) => singleMs.p50), p99: mid(({ singleMs }) => singleMs.p99) }),
      percent(mid((result) => result.serverBusy)),
      percent(mid((result) => result.clientBusy)),
      short(mid(({ deliveriesPerS, clientBusy }) => deliveriesPerS / clientBusy)),
    ];
  });
  return table(head, rows);
}

/** Klatch against each of the others, round by round, since only neighbours in time can be compared. */
function comparisons(results: Results): readonly string[] {
  const own = results.get(KLATCH) ?? [];
  return [...results]
    .filter(([subject]) => subject !== KLATCH && own.length > 0)
    .flatMap(([{ label }, all]) => [
      compare(`Klatch ÷ ${label}, saturated`, own, all, (result) => result.deliveriesPerS),
      compare(`Klatch ÷ ${label}, one at a time`, own, all, (it) => it.singleDeliveriesPerS),
    ]);
}

/** A line with the median and the range of the ratios of each round. */
export function compare<R>(
  what: string,
  own: readonly R[],
  others: readonly R[],
  of: (result: R) => number,
): string {
  const ratios = own.flatMap((result, round) => {
    const other = others[round];
    return other === undefined ? [] : [of(result) / of(other)];
  });
  const range = `${short(Math.min(...ratios))} to ${short(Math.max(...ratios))}`;
  return `- ${what}: **${short(median(ratios))}** (${range})`;
}
