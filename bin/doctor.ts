/** `npm run doctor`: looks the chat's Redis over, says what it can promise, and what keeps Klatch from being ready. */
import { findSocket } from "#bin/run/own-redis.ts";
import { runCommand } from "#bin/run/command.ts";
import { readConfig } from "#server/config.ts";
import { connect, withoutPassword } from "#server/redis/connect.ts";
import { readDurability } from "#server/redis/health/durability.ts";
import { inspect } from "#server/redis/health/inspection.ts";
import { settingFaults } from "#server/redis/health/probe.ts";
import { StartError } from "#server/start-error.ts";

/** Writes timed, one after the other. */
const WRITES = 50;

await runCommand(async () => {
  const config = readConfig(process.argv.slice(2), process.env);
  const url = config.redisUrl ?? `unix:${await findSocket(config.dataDir)}`;
  const redis = await connect(url, "klatch:doctor");
  try {
    const { name } = await inspect(redis);
    const { promise, replicas } = await readDurability(redis);
    const faults = await settingFaults(redis, config.durability);
    console.log(`${name} at ${withoutPassword(url)}, ${replicas} replicas`);
    for (const sentence of promise) console.log(`  ${sentence}`);
    console.log(`  A write takes ${await writeMs(redis)} ms (median of ${WRITES}).`);
    if (faults.length > 0) throw new StartError(...faults.map((fault) => `NOT READY: ${fault}`));
    console.log("Klatch can be ready with it.");
  } finally {
    redis.destroy();
  }
});

async function writeMs(redis: Awaited<ReturnType<typeof connect>>): Promise<string> {
  const times: number[] = [];
  for (let at = 0; at < WRITES; at++) {
    const startedAt = performance.now();
    await redis.set("klatch:probe:doctor", String(at), { expiration: { type: "EX", value: 60 } });
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((a, b) => a - b)[WRITES >> 1] ?? 0;
  return median.toFixed(2);
}
