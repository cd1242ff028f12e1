/**
 * How every command runs: it prints lines, ends in words for people, and ends with the launcher
 * that started it.
 */
import { StartError } from "#server/start-error.ts";

/** Takes lines for people. */
export type Say = (line: string) => void;

const LAUNCHER_LOOK_MS = 500;

/**
 * Runs a command; what it gives is the exit code, 0 if nothing. A StartError is printed line by
 * line and ends with code 1; any other error is a fault of ours, and is shown with its trace.
 */
export async function runCommand(work: (say: Say) => Promise<number | void>): Promise<void> {
  endWithLauncher();
  try {
    process.exitCode = (await work(say)) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof StartError)) throw error;
    for (const line of error.lines) console.error(line);
  }
}

function say(line: string): void {
  console.log(line);
}

/**
 * If the launcher is killed, it cannot tell us to end, and nobody else knows us: so we watch it,
 * and end as if told to. Started by hand, or by something in between, our parent may come and go.
 */
function endWithLauncher(): void {
  const launcher = Number(process.env["KLATCH_LAUNCHER"]);
  delete process.env["KLATCH_LAUNCHER"];
  if (process.ppid !== launcher) return;
  const timer = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LAUNCHER_LOOK_MS);
  timer.unref();
}
