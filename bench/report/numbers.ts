/** docs/numbers.md: each bench replaces its own section there, between two comments, and leaves the rest alone. */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import { ROOT } from "#bin/run/project.ts";
import { StartError } from "#server/start-error.ts";

const PAGE = join(ROOT, "docs/numbers.md");

/** Writes one section of the page; throws a StartError if the page has no place for it. */
export function keep(section: string, text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new StartError(`docs/numbers.md has no section ${section}.`);
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}

/** Where and when something was measured; `load` is the load average before it began. */
export function circumstances(redis: string, load: number): string {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const day = new Date().toISOString().slice(0, 10);
  return (
    `Measured ${day} on ${availableParallelism()} cores (${model}, ${platform()}), ` +
    `Node ${process.versions.node}, Redis ${redis}; load average before it ${load.toFixed(1)}.`
  );
}

/** What the machine was busy with already, in processes, averaged over a minute. */
export function loadBefore(): number {
  return loadavg()[0] ?? 0;
}
