/** The send bench: acknowledged messages a second in a thousand private chats, each stored and flushed to disk. */
import type { Seat } from "./load/dialect.ts";
import { median } from "./load/percentile.ts";
import type { SendsPlan, SendsResult } from "./load/sends.ts";
import { compare } from "./fan-out.ts";
import { choose } from "./run/options.ts";
import type { BenchRun } from "./run/options.ts";
import { countStored, makePeople, pairUp } from "./run/people.ts";
import { runProgram } from "./run/program.ts";
import type { AppendPlan } from "./subjects/append-program.ts";
import { KLATCH, TUTORIAL } from "./subjects/subjects.ts";
import type { Subject } from "./subjects/subjects.ts";
import { circumstances, keep, loadBefore } from "./report/numbers.ts";
import { percent, short, table, times } from "./report/table.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";

export const SEND_SUBJECTS: readonly Subject[] = [KLATCH, TUTORIAL];

const CHATS = 1_000;
const ROUNDS = 5;
const SECONDS = 4;
const WARM_MS = 2_000;
const WINDOW = 256;

export interface SendSize {
  readonly chats: number;
  /** How many servers share the work; the two people of a chat are on different ones, if there are two. */
  readonly servers: number;
  readonly measureMs: number;
  readonly warmMs?: number;
}

/** Measures one subject once; throws if less is stored than was acknowledged. */
export async function measureSends(subject: Subject, size: SendSize): Promise<SendsResult> {
  const { chats, servers: count, measureMs, warmMs = WARM_MS } = size;
  await using redis = await startRedis();
  await using stack = new AsyncDisposableStack();
  const servers = [];
  for (let index = 0; index < count; index++) {
    servers.push(stack.use(await subject.start(redis, index)));
  }
  const seats = await makeSeats(
    redis,
    chats,
    servers.map(({ port }) => port),
  );
  const result = await runProgram<SendsResult>("load/sends.ts", {
    dialect: subject.dialect,
    seats,
    window: Math.min(WINDOW, chats),
    warmMs,
    measureMs,
    pids: servers.map(({ pid }) => pid),
  } satisfies SendsPlan);
  const rooms = new Set(seats.map(({ room }) => room));
  const greetings = rooms.size;
  const stored = (await countStored(redis.url, [...rooms])) - greetings;
  if (stored !== result.acknowledged) {
    throw new Error(`${result.acknowledged} were acknowledged, ${stored} are stored.`);
  }
  return result;
}

/** What storing alone allows: messages a second that one program can append to the log. */
export async function measureAppends(size: SendSize): Promise<number> {
  const { chats, measureMs, warmMs = WARM_MS } = size;
  await using redis = await startRedis();
  const seats = await makeSeats(redis, chats, [0]);
  const plan: AppendPlan = {
    url: redis.url,
    seats,
    window: Math.min(WINDOW, chats),
    warmMs,
    measureMs,
  };
  return await runProgram<number>("subjects/append-program.ts", plan);
}

async function makeSeats(redis: RedisProcess, chats: number, ports: readonly number[]) {
  const people = await makePeople(redis.url, 2 * chats);
  const pairs = await pairUp(redis.url, people);
  return pairs.flatMap(({ room, people: both }): Seat[] =>
    both.map(({ id, token }, index) => ({
      id,
      token,
      room,
      port: ports[index % ports.length] ?? 0,
    })),
  );
}

interface Series {
  readonly label: string;
  readonly subject: Subject;
  readonly servers: number;
  readonly results: SendsResult[];
}

/** Runs the bench and gives its report. */
export async function benchSends(run: BenchRun): Promise<string> {
  const { say, rounds = ROUNDS, seconds = SECONDS, clients = 2 * CHATS } = run;
  const load = loadBefore();
  const chats = Math.max(1, clients >> 1);
  const series: readonly Series[] = [1, 2].flatMap((servers) =>
    choose(SEND_SUBJECTS, run.only).map((subject) => {
      const label = `${subject.label}, ${servers === 1 ? "one server" : `${servers} servers`}`;
      return { label, subject, servers, results: [] };
    }),
  );
  const size = { chats, measureMs: 1000 * seconds };
  const appends: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const { label, subject, servers, results } of series) {
      const result = await measureSends(subject, { ...size, servers });
      results.push(result);
      const rate = `${short(result.sendsPerS)} sends/s`;
      say(`round ${round}, ${label}: ${rate}, load average ${loadBefore().toFixed(1)}`);
    }
    appends.push(await measureAppends({ ...size, servers: 0 }));
  }
  const text = [
    circumstances(run.redis, load),
    `${chats} private chats, ${2 * chats} people, ${Math.min(WINDOW, chats)} messages on their way; ` +
      `${rounds} rounds of ${seconds} s each, alternating; medians. Redis flushes before it answers ` +
      `(\`appendfsync always\`) for all.`,
    "",
    sendTable(series),
    "",
    ...comparisons(series),
    `- The log alone, without sockets, from one program: ${short(median(appends))} messages/s.`,
  ].join("\n");
  if (run.keep) keep("send", text);
  return text;
}

function sendTable(series: readonly Series[]): string {
  const head = ["", "sends/s", "ms p50 / p99", "servers busy", "client busy", "client could take"];
  const rows = series.map(({ label, results }) => {
    const mid = (of: (result: SendsResult) => number) => median(results.map(of));
    return [
      label,
      short(mid((result) => result.sendsPerS)),
      times({ p50: mid(({ ackMs }) => ackMs.p50), p99: mid(({ ackMs }) => ackMs.p99) }),
      percent(mid((result) => result.serverBusy)),
      percent(mid((result) => result.clientBusy)),
      short(mid(({ sendsPerS, clientBusy }) => sendsPerS / clientBusy)),
    ];
  });
  return table(head, rows);
}

function comparisons(series: readonly Series[]): readonly string[] {
  return [1, 2].flatMap((servers) => {
    const own = series.find((each) => each.subject === KLATCH && each.servers === servers);
    const other = series.find((each) => each.subject === TUTORIAL && each.servers === servers);
    if (own === undefined || other === undefined) return [];
    const what = `${own.label} ÷ ${other.label}`;
    return [compare(what, own.results, other.results, (result) => result.sendsPerS)];
  });
}
