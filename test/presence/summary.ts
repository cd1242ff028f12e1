/** What measuring presence often has given, in lines to read. */
import { median, percentile } from "#bench/load/percentile.ts";
import { table } from "#bench/report/table.ts";
import type { Event, Measured } from "./crashes.ts";
import { BOUNDS } from "./crashes.ts";

const WORDS: Readonly<Record<Event, string>> = {
  crash: "a server is killed",
  window: "the last of two windows is closed",
  restart: "Redis is killed and started again, somebody gone meanwhile",
  loss: "Redis loses who is online",
};

// oxlint-disable-next-line no-unsafe-type-assertion -- because these are its keys
const EVENTS = Object.keys(BOUNDS) as Event[];

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

/** A table, and how often somebody was said to be offline who was there. */
export function summarize(all: readonly Measured[]): string {
  const rows = EVENTS.map((event) => {
    const ms = all.map((each) => each[event]);
    const figures = [Math.min(...ms), median(ms), percentile(ms, 0.95), Math.max(...ms)];
    return [WORDS[event], ...figures.map(seconds), seconds(BOUNDS[event])];
  });
  const head = ["until the truth is told, s", "min", "median", "p95", "max", "bound"];
  const falsely = all.reduce((sum, { falselyOffline }) => sum + falselyOffline, 0);
  return `${table(head, rows)}\n\n${all.length} of each; said to be offline who was there: ${falsely}.`;
}

/** What was too late, or false, in words; nothing if all is well. */
export function problems(all: readonly Measured[]): readonly string[] {
  return all.flatMap((each, at) => [
    ...EVENTS.filter((event) => each[event] > BOUNDS[event]).map(
      (event) => `${at + 1}: ${WORDS[event]}: ${seconds(each[event])} s`,
    ),
    ...(each.falselyOffline > 0 ? [`${at + 1}: ${each.falselyOffline} falsely offline`] : []),
  ]);
}
