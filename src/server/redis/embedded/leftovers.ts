/**
 * Redis processes that an earlier Klatch left behind when it was killed: found by their command
 * line, and ended.
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { StartError } from "#server/start-error.ts";
import { command } from "#server/redis/embedded/command.ts";
import type { EmbeddedPlan } from "#server/redis/embedded/config.ts";

/** How long a process may take to end by itself, and then to be gone after it was killed. */
const GRACE_MS = 5_000;
const POLL_MS = 20;

/**
 * Ends whatever still runs in the plan's folder, so that two processes never write the same files.
 * Nothing acknowledged is lost: it was flushed before it was acknowledged.
 * Throws a StartError if a process cannot be ended.
 */
export async function endLeftovers(plan: EmbeddedPlan, say: (line: string) => void): Promise<void> {
  const pids = await findLeftovers(plan.folder);
  if (pids.length > 0) {
    say(`Ending the ${plan.name} Redis that an earlier run left behind …`);
    await Promise.all(pids.map((pid) => endProcess(pid, plan.folder)));
  }
  await shutDownUnseen(plan, say);
}

/**
 * The processes that were started with `--dir <folder>`. That is asked of the system, not read from
 * a file: a number in a file may by now belong to someone else.
 */
export async function findLeftovers(folder: string): Promise<readonly number[]> {
  if (process.platform !== "linux") return findByPs(folder);
  const names = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const checked = await Promise.all(
    names.map(async (name) => ((await runsIn(Number(name), folder)) ? [Number(name)] : [])),
  );
  return checked.flat();
}

/** Whether the process runs in the folder, now. A zombie has no command line any more. */
async function runsIn(pid: number, folder: string): Promise<boolean> {
  if (process.platform !== "linux") return (await findByPs(folder)).includes(pid);
  try {
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return args.some((arg, index) => arg === "--dir" && args[index + 1] === folder);
  } catch {
    return false;
  }
}

async function findByPs(folder: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "pid=,command="]);
  const lines = stdout.split("\n").filter((line) => line.includes(` --dir ${folder} --`));
  return lines.map((line) => Number.parseInt(line, 10));
}

/**
 * SIGTERM ends it cleanly; SIGCONT, in case it was stopped, lets it notice; SIGKILL if it hangs.
 */
async function endProcess(pid: number, folder: string): Promise<void> {
  signal(pid, "SIGTERM");
  signal(pid, "SIGCONT");
  if (await isGone(pid, folder)) return;
  signal(pid, "SIGKILL");
  if (await isGone(pid, folder)) return;
  throw new StartError(
    `Redis (pid ${pid}) of an earlier run still uses ${folder} and cannot be ended.`,
    `End it (kill -9 ${pid}), or choose another data folder with --data.`,
  );
}

async function isGone(pid: number, folder: string): Promise<boolean> {
  const until = Date.now() + GRACE_MS;
  while (Date.now() < until) {
    // oxlint-disable-next-line no-await-in-loop -- because it watches one process end
    if (!(await runsIn(pid, folder))) return true;
    // oxlint-disable-next-line no-await-in-loop -- because it watches one process end
    await sleep(POLL_MS);
  }
  return false;
}

/** A Redis of another container is not among our processes, but may answer on a shared socket. */
async function shutDownUnseen(plan: EmbeddedPlan, say: (line: string) => void): Promise<void> {
  try {
    await command(plan.socket, ["PING"]);
  } catch (error) {
    if (isNobody(error)) return;
  }
  say(`Ending the ${plan.name} Redis that answers on ${plan.socket} …`);
  // It answers by closing the connection.
  await command(plan.socket, ["SHUTDOWN", "NOSAVE"], GRACE_MS).catch(() => undefined);
  const stillThere = await command(plan.socket, ["PING"]).then(
    () => true,
    (error: unknown) => !isNobody(error),
  );
  if (!stillThere) return;
  throw new StartError(
    `Another Redis answers on ${plan.socket} and does not stop.`,
    "End it, or choose another data folder with --data.",
  );
}

/** No socket there, or one that nobody listens on any more. */
function isNobody(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ECONNREFUSED";
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended, or is not ours to end; isGone tells which.
  }
}
