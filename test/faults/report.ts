/**
 * The report of a run: what was done to the chat, and what became of the messages it had
 * acknowledged.
 */
import { cpus, totalmem } from "node:os";
import type { Violation } from "#test/checkers/checkers.ts";
import { FAULTS } from "./catalogue/catalogue.ts";
import type { Verdict } from "./fault.ts";

export interface Run {
  readonly verdicts: readonly Verdict[];
  /** Faults that could not be run here, and why. */
  readonly skipped: ReadonlyMap<string, string>;
  readonly seed: number;
  readonly people: number;
  /** Version of Redis. */
  readonly redis: string;
  readonly took: string;
}

/** Faults of the matrix that have no test on real processes yet, and why. */
const NOT_RUN: readonly (readonly [string, string])[] = [
  ["F30 to F39", "replicas, Sentinel and Cluster, which Klatch does not use yet."],
];

const INTRODUCTION = `
Real servers, a real Redis, SDK clients that never stop writing, and every wire through a proxy that
can delay, swallow and cut. While faults are injected, everything that clients give and are told is
recorded; afterwards the history is compared with the logs in Redis, by the laws in
\`test/checkers/checkers.ts\`. \`npm run faults\` writes this page.
`.trim();

const LEGEND = `
*Longest outage*: the longest that anyone who was writing had to wait for an acknowledgement.
*Settled in*: how long after the last fault everything was sent and heard by all. Both hold the SDK's
own pauses of up to 20 s. A message counts as acknowledged when the acknowledgement itself has
arrived; one that its author heard, on a line that broke before that, does not.
`.trim();

const TORN = `
## A torn write

When the power goes in the middle of a write, the log of Redis ends with half a transaction. Redis
7.0 takes only the torn command away when it loads such a log. The commands before it stay in the
file, and join the first transaction that is written after them: a message that was never
acknowledged is not there after the restart, is sent again by its client, and is there twice after
the next restart. So Klatch looks at the end of the log before it starts its own Redis, and takes
half a transaction away whole; F12t and F16 do the same before Redis starts again. Damage anywhere
else is left for Redis to refuse. For a Redis of one's own, \`redis-check-aof --fix\` does it by hand.
`.trim();

/** Markdown for docs/faults.md. */
export function report(run: Run): string {
  const { verdicts, seed, people, redis, took } = run;
  const world = `${people} people, three servers, Redis ${redis}, Node ${process.versions.node}`;
  return [
    "# Faults on real processes",
    "",
    INTRODUCTION,
    "",
    `Seed ${seed}, ${world}, ${machine()}, ${took}.`,
    "",
    "| in all | |",
    "|---|--:|",
    ...totals(verdicts).map(([what, count]) => `| ${what} | ${count.toLocaleString("en")} |`),
    "",
    "| fault | what is done | times | acknowledged | broken laws | longest outage | settled in |",
    "|---|---|--:|--:|--:|--:|--:|",
    ...verdicts.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(row),
    "",
    LEGEND,
    ...notes(verdicts),
    "",
    TORN,
    ...whatBroke(verdicts),
    ...notRun(run),
    "",
  ].join("\n");
}

function totals(verdicts: readonly Verdict[]): readonly (readonly [string, number])[] {
  const sum = (count: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const kind = (name: Verdict["counts"]) =>
    sum(({ counts, times }) => (counts === name ? times : 0));
  const of = (law: Violation["law"]) =>
    sum(({ violations }) => violations.filter((each) => each.law === law).length);
  return [
    ["Server kills", kind("server kill")],
    ["Redis kills", kind("Redis kill")],
    ["Power losses", kind("power loss")],
    ["Faults of all kinds", sum(({ times }) => times)],
    ["Acknowledged messages", sum(({ acknowledged }) => acknowledged)],
    ["Lost after they were acknowledged", of("durable")],
    ["Seen, but not in the log", of("real")],
    ["Stored, told or shown twice", of("once")],
    ["Differences in order between any two", of("ordered") + of("fifo")],
    ["Heard by someone who may not", of("private")],
    ["Not sent or not heard in the end", of("live")],
  ];
}

function row(verdict: Verdict): string {
  const { id, title, times, acknowledged, outageMs, settleMs, violations, failures } = verdict;
  const broken = violations.length + failures.length;
  const cells = [
    id,
    title,
    times,
    acknowledged.toLocaleString("en"),
    broken,
    inSeconds(outageMs),
    inSeconds(settleMs),
  ];
  return `| ${cells.join(" | ")} |`;
}

function notes(verdicts: readonly Verdict[]): readonly string[] {
  const lines = verdicts.flatMap(({ id, note }) =>
    note === undefined ? [] : [`- ${id}: ${note}.`],
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

function whatBroke(verdicts: readonly Verdict[]): readonly string[] {
  const lines = verdicts.flatMap(({ id, violations, failures: failed }) => [
    ...violations.slice(0, 5).map(({ law, what }) => `- ${id}, ${law}: ${what}`),
    ...failed.slice(0, 5).map((what) => `- ${what.split("\n")[0]}`),
  ]);
  return lines.length === 0 ? [] : ["", "## What did not hold", "", ...lines];
}

function notRun({ verdicts, skipped }: Run): readonly string[] {
  const left = FAULTS.filter(({ id }) => !verdicts.some((verdict) => verdict.id === id));
  const lines = [
    ...left.map(({ id, title }) => `- ${id}, ${title}: ${skipped.get(id) ?? "left out"}.`),
    ...NOT_RUN.map(([id, why]) => `- ${id}: ${why}`),
  ];
  return lines.length === 0 ? [] : ["", "## Not run", "", ...lines];
}

function machine(): string {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
