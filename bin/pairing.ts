/** `npm run pairing [operations]`: the long fuzz of pairing strangers; a million operations unless told. */
import { runCommand } from "#bin/run/command.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { StartError } from "#server/start-error.ts";
import { fuzzPairing } from "#test/pairing/fuzz.ts";
import { startForgetfulRedis } from "#test/support/forgetful-redis.ts";

const PROCESSES = 4;
const KILL_EVERY_MS = 5_000;

// Redis and the processes end with this one; a signal alone would not tell them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

await runCommand(async (say) => {
  const operations = Number(process.argv[2] ?? 1_000_000);
  if (!Number.isSafeInteger(operations) || operations <= 0) {
    throw new StartError("How many operations? Like: npm run pairing -- 1000000");
  }
  const binary = await findRedis(say);
  process.env["KLATCH_TEST_REDIS"] = binary.path;
  const libraries = binary.env?.["LD_LIBRARY_PATH"];
  if (libraries !== undefined) process.env["KLATCH_TEST_REDIS_LIBRARIES"] = libraries;
  await using redis = await startForgetfulRedis();
  const options = {
    operations,
    processes: PROCESSES,
    killEveryMs: KILL_EVERY_MS,
    untilGone: true,
    say,
  };
  const result = await fuzzPairing(redis, options);
  say(`${result.operations} operations by ${PROCESSES} processes, ${result.kills} of them killed`);
  say(
    `${result.pairs} pairs, looked over ${result.audits} times, ${result.mostPaired} in pairs at most`,
  );
  say(`double, one-sided or with oneself: ${result.wrong.length}`);
  for (const line of result.wrong.slice(0, 20)) say(`  ${line}`);
  const seconds = ((result.goneAfterMs ?? 0) / 1000).toFixed(1);
  say(`all keys but figures gone ${seconds} s after everybody had vanished`);
  return result.wrong.length === 0 && (result.goneAfterMs ?? 0) <= 90_000 ? 0 : 1;
});
