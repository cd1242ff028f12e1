/** `npm run bench -- <name>`: measures Klatch beside others, on this machine, in one run. */
import { constants } from "node:os";
import { benchBridge } from "#bench/bridge.ts";
import { benchFanOut } from "#bench/fan-out.ts";
import { benchGrowth } from "#bench/growth.ts";
import { benchJitter } from "#bench/jitter.ts";
import { readBenchOptions } from "#bench/run/options.ts";
import type { BenchRun } from "#bench/run/options.ts";
import { benchStrangers } from "#bench/strangers.ts";
import { benchSends } from "#bench/send.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { runCommand } from "#bin/run/command.ts";
import { StartError } from "#server/start-error.ts";

const BENCHES: Readonly<Record<string, (run: BenchRun) => Promise<string>>> = {
  jitter: benchJitter,
  "fan-out": benchFanOut,
  send: benchSends,
  growth: benchGrowth,
  bridge: benchBridge,
  strangers: benchStrangers,
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // Leaving in order, so that the Redis of the moment and its folder go, too.
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

await runCommand(async (say) => {
  const [name = "", ...args] = process.argv.slice(2);
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    throw new StartError(
      `Which bench? There are: ${Object.keys(BENCHES).join(", ")}.`,
      "  npm run bench -- jitter    what people are shown whose network comes and goes",
      "  npm run bench -- fan-out   what it costs that a thousand hear everything",
      "  npm run bench -- send      messages a second, stored and flushed to disk",
      "  npm run bench -- growth    how the cost grows with the number of listeners",
      "  npm run bench -- bridge    what it costs to tell servers of other kinds",
      "  npm run bench -- strangers how soon two strangers meet, and are together again after breaks",
      "Each takes --rounds, --seconds, --clients and --only; --keep writes docs/numbers.md.",
    );
  }
  const options = readBenchOptions(args);
  const redis = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = redis.path;
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  say(await bench({ ...options, say, redis: redis.version }));
});
