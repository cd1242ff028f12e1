/** The jitter test: what people are shown whose network comes and goes. */
import { GENERAL } from "#protocol/room.ts";
import type { JitterPlan, JitterResult } from "./jitter/load.ts";
import { choose } from "./run/options.ts";
import type { BenchRun } from "./run/options.ts";
import { makePeople } from "./run/people.ts";
import { runProgram } from "./run/program.ts";
import { KLATCH, MEMORY, RECOVERY } from "./subjects/subjects.ts";
import type { Subject } from "./subjects/subjects.ts";
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import { short, table, times } from "./report/table.ts";
import { startRedis } from "#test/support/redis-process.ts";

export const JITTER_SUBJECTS: readonly Subject[] = [KLATCH, MEMORY, RECOVERY];

const CLIENTS = 2_000;
const SECONDS = 60;
const MESSAGES_PER_S = 2;
const CUT_EVERY_MS = 15_000;
const AWAY_MS = 2_000;

export interface JitterSize {
  readonly clients: number;
  readonly seconds: number;
  readonly messagesPerS?: number;
  readonly cutEveryMs?: number;
  readonly awayMs?: number;
}

/** Runs the test with one subject. */
export async function measureJitter(subject: Subject, size: JitterSize): Promise<JitterResult> {
  const { clients, seconds } = size;
  const { messagesPerS = MESSAGES_PER_S, cutEveryMs = CUT_EVERY_MS, awayMs = AWAY_MS } = size;
  await using redis = await startRedis();
  // One more: the one who talks is never cut, and does not count.
  const people = await makePeople(redis.url, clients + 1);
  await using server = await subject.start(redis, 0);
  const { port } = server;
  return await runProgram<JitterResult>("jitter/load.ts", {
    kind: subject.dialect === "klatch" ? "klatch" : "socket.io",
    seats: people.map(({ id, token }) => ({ id, token, room: GENERAL, port })),
    seconds,
    messagesPerS,
    cutEveryMs,
    awayMs,
  } satisfies JitterPlan);
}

/** Runs the bench and gives its report. */
export async function benchJitter(run: BenchRun): Promise<string> {
  const { say, clients = CLIENTS, seconds = SECONDS } = run;
  const load = loadBefore();
  const rows: (readonly string[])[] = [];
  for (const subject of choose(JITTER_SUBJECTS, run.only)) {
    const result = await measureJitter(subject, { clients, seconds });
    const row = jitterRow(subject, result);
    say(row.join(" · "));
    rows.push(row);
  }
  const head = ["", "shown right", "missing", "twice", "out of order", "ms to catch up p50 / p99"];
  const text = [
    circumstances(run.redis, load),
    `${clients} clients in one room, ${MESSAGES_PER_S} messages a second for ${seconds} s; each client's ` +
      `TCP connection is destroyed about every ${CUT_EVERY_MS / 1000} s, for about ${AWAY_MS / 1000} s.`,
    "",
    table([...head, "breaks", "never made good"], rows),
  ].join("\n");
  if (run.keep) keep("jitter", text);
  return text;
}

function jitterRow({ label }: Subject, result: JitterResult): readonly string[] {
  const { right, all, missing, twice, outOfOrder, replayMs, cuts, neverWhole } = result;
  return [
    label,
    // Never rounded up to all.
    right === all ? "100 %" : `${(Math.floor((10_000 * right) / all) / 100).toFixed(2)} %`,
    String(missing),
    String(twice),
    String(outOfOrder),
    neverWhole * 2 > cuts ? "never" : times(replayMs),
    String(cuts),
    neverWhole === 0 ? "0" : `${neverWhole} (${short((100 * neverWhole) / cuts)} %)`,
  ];
}
