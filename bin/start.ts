/** `npm start`: runs a server until it is told to stop. */
import { buildPage } from "#bin/provision/page.ts";
import { runCommand } from "#bin/run/command.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { SETTINGS } from "#server/config.ts";
import { startKlatch } from "#server/main.ts";

/** When told to stop, it has this long to finish what is under way. */
const STOP_MS = 9_500;

await runCommand(async (say) => {
  if (process.argv.includes("--help")) {
    for (const line of settingLines()) say(line);
    return;
  }
  const { signal: stop, fail } = stopSignal();
  try {
    const klatch = await startKlatch({
      args: process.argv.slice(2),
      env: process.env,
      say,
      findRedis: () => findRedis(say),
      // While developing, the page is built again at every change, into a folder of its own.
      page: async () => process.env["KLATCH_PAGE"] ?? buildPage(say),
      signal: stop,
      onFailure: fail,
    });
    say(`Klatch is running: ${klatch.url}`);
    await stopped(stop);
    say("Stopping …");
    await klatch.close();
    say("Stopped.");
  } catch (error) {
    // Whatever a start that was given up complains of is because it was.
    if (!stop.aborted) throw error;
    say("Stopped.");
  }
  // What would still hold the process is not worth waiting for.
  process.exit();
});

function settingLines(): readonly string[] {
  const flags = width(SETTINGS.map(({ flag }) => `--${flag}`));
  const variables = width(SETTINGS.map(({ variable }) => variable));
  return SETTINGS.map(({ flag, variable, default: usual, description }) => {
    const names = `--${flag}`.padEnd(flags) + variable.padEnd(variables);
    return `${names}${description}${usual === "" ? "" : ` (${usual})`}`;
  });
}

/** Of a column that holds these, and a space between it and the next. */
function width(names: readonly string[]): number {
  return Math.max(...names.map(({ length }) => length)) + 2;
}

/**
 * Aborted by the first signal to stop, or by `fail`, after which the exit code is 1. Further ones
 * change nothing: npm sends a Ctrl-C twice.
 */
function stopSignal(): { readonly signal: AbortSignal; readonly fail: () => void } {
  const stop = new AbortController();
  const begin = () => {
    if (stop.signal.aborted) return;
    setTimeout(() => process.exit(), STOP_MS).unref();
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, begin);
  const fail = () => {
    process.exitCode = 1;
    begin();
  };
  return { signal: stop.signal, fail };
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
}
