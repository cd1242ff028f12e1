/** `npm run forget`: looks for everything of strangers in every place where nothing may be left. */
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "#bin/run/command.ts";
import { ROOT } from "#bin/run/project.ts";
import { seconds } from "#bin/run/steps.ts";
import { findChromium } from "#bin/provision/chromium.ts";
import { findRedis } from "#bin/provision/redis.ts";
import type { Finding } from "#test/forget/findings.ts";
import { findingsTable, livesTable } from "#test/forget/report.ts";
import { lookForCanaries } from "#test/forget/run.ts";

const PAGE = join(ROOT, "docs/forgetting.md");

// Servers and Redis processes end with this one; a signal alone would not tell them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

await runCommand(async (say) => {
  const { values } = parseArgs({
    options: {
      short: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
    },
  });
  const redis = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = redis.path;
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  if (!values.short) process.env["KLATCH_TEST_CHROMIUM"] ??= await findChromium(say);
  const began = performance.now();
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => {
    findings.push(finding);
    const { promise, how, looked, hits } = finding;
    say(`${hits.length === 0 ? "✓" : "✗"} ${promise} ${how}: ${looked}, ${hits.length} hits`);
    for (const hit of hits.slice(0, 8)) say(`    ${hit}`);
  };
  await lookForCanaries({ isLong: !values.short, onFinding });
  const hits = findings.reduce((sum, each) => sum + each.hits.length, 0);
  const day = new Date().toISOString().slice(0, 10);
  const where = `${day}, Redis ${redis.version}, Node ${process.versions.node}, ${seconds(began)}`;
  const table = `Run ${where}: ${hits} hits.\n\n${findingsTable(findings)}`;
  say(`\n${table}`);
  if (values.keep) {
    put("lives", livesTable());
    put("findings", table);
  }
  return hits === 0 ? 0 : 1;
});

/** Writes one section of the page, between its two comments. */
function put(section: string, text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}
