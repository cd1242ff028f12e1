/** A few of every fault on real processes, as `npm run faults` injects them by the dozen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { Fault } from "#test/faults/fault.ts";
import { runFault } from "#test/faults/fault.ts";
import { emptiedRedis } from "#test/faults/catalogue/emptied.ts";
import { innerError } from "#test/faults/catalogue/errors.ts";
import { flood } from "#test/faults/catalogue/floods.ts";
import * as redis from "#test/faults/catalogue/redis.ts";
import * as links from "#test/faults/catalogue/links.ts";
import * as servers from "#test/faults/catalogue/servers.ts";
import * as network from "#test/faults/catalogue/network.ts";
import * as resending from "#test/faults/catalogue/resending.ts";
import { cutLog, everysec } from "#test/faults/catalogue/lossy.ts";
import { FaultyDisk } from "#test/faults/world/disk.ts";
import { World } from "#test/faults/world/world.ts";
import type { WorldOptions } from "#test/faults/world/world.ts";

const SEED = 7;
/** A world on a busy machine takes its time; what is judged is not how long. */
const PATIENT = { timeout: 300_000 };

/** Injects each of these, in one world, as often as a test has time for. */
async function injectAll(
  context: TestContext,
  faults: readonly Fault[],
  options: Partial<WorldOptions> = {},
) {
  // Its own: when it is full, it is full for all.
  const disk = FaultyDisk.make();
  await using world = await World.open({
    seed: SEED,
    servers: 2,
    people: 8,
    disk: typeof disk === "string" ? undefined : disk,
    ...options,
  });
  for (const fault of faults) {
    const { id } = fault;
    if (fault.world?.needsDisk === true && typeof disk === "string") {
      context.diagnostic(`${id} is left out: ${disk}`);
      continue;
    }
    const { violations, failures, acknowledged } = await runFault(world, fault, fault.times.short);
    assert.deepEqual({ id, violations, failures }, { id, violations: [], failures: [] });
    assert.ok(acknowledged > 0, `${id}: nothing was acknowledged`);
  }
}

// They mostly wait, each in a world of its own.
describe("nothing is lost, doubled or turned, and everyone catches up", { concurrency: 7 }, () => {
  test("when servers are killed or stopped", PATIENT, (context) =>
    injectAll(context, [servers.serverKill, servers.serverStop]),
  );

  test(
    "when servers are replaced or freeze, and when something throws in them",
    PATIENT,
    (context) =>
      injectAll(context, [servers.rollingRestart, servers.frozenServer, innerError], {
        failpoints: true,
      }),
  );

  test("when Redis is killed or stands still, loses power, is full", PATIENT, (context) =>
    injectAll(context, [
      redis.redisKill,
      redis.powerLoss,
      redis.tornWrite,
      redis.standstill,
      redis.fullDisk,
      redis.fullMemory,
    ]),
  );

  test(
    "when Redis loses links, falls behind with its log, or comes back empty",
    PATIENT,
    (context) =>
      injectAll(context, [redis.rewrite, links.severed, links.fallenBehind, emptiedRedis]),
  );

  test("when lines are bad, and messages are given more than once", PATIENT, (context) =>
    injectAll(context, [
      network.badLine,
      flood,
      resending.lostAck,
      resending.insistence,
      resending.twoAtOnce,
    ]),
  );

  test("when lines go silent without an end", PATIENT, (context) =>
    injectAll(context, [links.silentLink, network.halfOpen]),
  );

  test(
    "and what Redis itself may lose, by its settings or by damage, is told",
    PATIENT,
    (context) =>
      injectAll(context, [everysec, cutLog], { redisArgs: ["--appendfsync", "everysec"] }),
  );
});
