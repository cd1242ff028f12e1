/** `npm run check`: all checks, with the Redis and the Chromium that are already here. */
import { runChecks } from "#bin/checks.ts";
import { runCommand } from "#bin/run/command.ts";

await runCommand(() => runChecks(process.env, process.argv.slice(2)));
