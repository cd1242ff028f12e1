/** Pairing by several processes at once, one of which is killed: `npm run pairing` does it for long. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzPairing } from "#test/pairing/fuzz.ts";
import { startForgetfulRedis } from "#test/support/forgetful-redis.ts";

test("[SP1] nobody is in two chats, with themselves, or alone in one, whoever is killed", async () => {
  await using redis = await startForgetfulRedis();
  const result = await fuzzPairing(redis, {
    operations: 20_000,
    processes: 2,
    killEveryMs: 1_000,
    untilGone: false,
    say: () => undefined,
  });
  assert.deepEqual(result.wrong, []);
  assert.ok(result.kills > 0, "some were killed");
  assert.ok(result.pairs > 500 && result.mostPaired > 20, JSON.stringify(result));
});
