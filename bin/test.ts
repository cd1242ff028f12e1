/** `npm test`: installs what the tests need, builds the page, and runs all checks. */
import { buildPage } from "#bin/provision/page.ts";
import { runChecks } from "#bin/checks.ts";
import { runCommand } from "#bin/run/command.ts";
import { findChromium } from "#bin/provision/chromium.ts";
import { findRedis } from "#bin/provision/redis.ts";

await runCommand(async (say) => {
  const redis = await findRedis(say);
  const chromium = await findChromium(say);
  const page = await buildPage(say);
  say(`Testing with Redis ${redis.version} (${redis.path}) and ${chromium}.`);
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  const env = {
    ...process.env,
    KLATCH_TEST_REDIS: redis.path,
    ...(redis.cli !== undefined && { KLATCH_TEST_REDIS_CLI: redis.cli }),
    ...(libraries !== undefined && { KLATCH_TEST_REDIS_LIBRARIES: libraries }),
    KLATCH_TEST_CHROMIUM: chromium,
    KLATCH_PAGE: page,
  };
  return runChecks(env, process.argv.slice(2));
});
