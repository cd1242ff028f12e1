/** The table of a canary run, as `npm run forget` prints it and docs/forgetting.md holds it. */
import { LIVES } from "./lives.ts";
import type { Finding } from "./findings.ts";

/** One row a check; the same check at several moments is one row. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ promise, how, looked, hits }) =>
    [promise, how, looked, String(hits.length)].join(" | "),
  );
  return [
    "| promise | looked for in | how much | hits |",
    "|---|---|---|--:|",
    ...rows.toSorted(byPromise).map((row) => `| ${row} |`),
  ].join("\n");
}

/** The longest life of each key, and what it holds. */
export function livesTable(): string {
  const rows = LIVES.map(
    ({ key, maxMs, holds, stays }) =>
      `| \`{lobby}:${key}${key.endsWith(":") ? "…" : ""}\` | ${holds} | ${duration(maxMs)} | ${stays ? "yes" : "no"} |`,
  );
  return [
    "| key | holds | lives at most | may outlast everybody by 90 s |",
    "|---|---|--:|---|",
    ...rows,
  ].join("\n");
}

/** P2 before P10. */
function byPromise(a: string, b: string): number {
  return numberOf(a) - numberOf(b);
}

function numberOf(row: string): number {
  return Number(/^P(?<number>\d+)/u.exec(row)?.groups?.["number"]);
}

function duration(ms: number): string {
  const units = [
    [24 * 3600_000, "d"],
    [3600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ] as const;
  const [size, unit] = units.find(([each]) => ms >= each && ms % each === 0) ?? [1000, "s"];
  return `${ms / size} ${unit}`;
}
