/** `npm run presence-crashes`: kills servers again and again, and measures how soon others know who is gone. */
import { findRedis } from "#bin/provision/redis.ts";
import { runCommand } from "#bin/run/command.ts";
import { seconds } from "#bin/run/steps.ts";
import { StartError } from "#server/start-error.ts";
import { measure } from "#test/presence/crashes.ts";
import type { Measured } from "#test/presence/crashes.ts";
import { problems, summarize } from "#test/presence/summary.ts";

const TIMES = 24;
/** They mostly wait; more at once would measure this machine. */
const AT_ONCE = 6;
/** Kills are spread over this long after the start, past the first lease and into a beat. */
const SPREAD_MS = 20_000;

// Servers and Redis processes end with this one; a signal alone would not tell them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

await runCommand(async (say) => {
  const [times = String(TIMES)] = process.argv.slice(2);
  if (!/^[1-9]\d{0,3}$/u.test(times)) {
    throw new StartError("npm run presence-crashes -- [24]   how many servers are killed");
  }
  const redis = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = redis.path;
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  const began = performance.now();
  const all: Measured[] = [];
  const left = Array.from({ length: Number(times) }, (_, at) => (at * SPREAD_MS) / Number(times));
  const worker = async () => {
    for (let afterMs = left.pop(); afterMs !== undefined; afterMs = left.pop()) {
      all.push(await measure(afterMs));
      say(`${all.length} of ${times}, ${seconds(began)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  say(summarize(all));
  const found = problems(all);
  for (const problem of found) say(`✗ ${problem}`);
  return found.length === 0 ? 0 : 1;
});
