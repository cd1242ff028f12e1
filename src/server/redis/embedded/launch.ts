/** Starting one Redis process, and waiting until it has read all its data. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "#server/start-error.ts";
import { command, infoField, RedisReplyError } from "#server/redis/embedded/command.ts";
import type { EmbeddedPlan } from "#server/redis/embedded/config.ts";

/** A process that opens no socket for this long will not. */
const OPEN_MS = 30_000;
const POLL_MS = 20;
const LOADING_POLL_MS = 200;
/** How often a person hears that it is still reading its data. */
const LOADING_SAY_MS = 2_000;

/** A redis-server or valkey-server that can be run. */
export interface RedisBinary {
  readonly path: string;
  /** What it needs in its environment, e.g. where its libraries are. */
  readonly env?: Readonly<Record<string, string>>;
  /** As it says itself, e.g. `7.0.15`. */
  readonly version: string;
  /** The redis-cli or valkey-cli that belongs to it, if there is one. */
  readonly cli?: string;
}

/** A process that was started; it may be reading its data, be ready, or have ended. */
export interface Running {
  readonly child: ChildProcess;
  /** What it wrote to stderr: only complaints about its settings, before it has a log. */
  readonly complaint: () => string;
  /** Resolves when it has ended, with words for how. */
  readonly ended: Promise<string>;
}

/** Starts the process; `untilReady` tells when it can be used. */
export function launchRedis(binary: RedisBinary, plan: EmbeddedPlan): Running {
  const { PATH, TZ } = process.env;
  // A core file would hold the whole chat, and a stranger's too; so there is none.
  const child = spawn("sh", ["-c", 'ulimit -c 0; exec "$@"', "sh", binary.path, ...plan.args], {
    // A process group of its own: Ctrl-C is for Klatch, which still needs its Redis to finish.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...(PATH && { PATH }), ...(TZ && { TZ }), ...binary.env },
  });
  let complaint = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (part: string) => (complaint = (complaint + part).slice(-2_000)));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { child, ended, complaint: () => complaint };
}

/**
 * Resolves when it answers and has read its data, however long that takes. Throws a StartError if
 * it ends or stays silent, and the signal's reason if that gives up.
 */
export async function untilReady(
  running: Running,
  plan: EmbeddedPlan,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  let ended: string | undefined;
  void running.ended.then((how) => (ended = how));
  let openUntil = Date.now() + OPEN_MS;
  let sayAt = Date.now() + LOADING_SAY_MS;
  for (;;) {
    signal.throwIfAborted();
    if (ended !== undefined) throw cannotStart(plan, ended, running.complaint());
    if (Date.now() > openUntil) throw cannotStart(plan, "it does not answer", "");
    // oxlint-disable-next-line no-await-in-loop -- because each look follows the last one
    const state = await look(plan.socket, running.child.pid);
    if (state.at === "ready") return;
    if (state.at === "loading") {
      openUntil = Date.now() + OPEN_MS;
      if (Date.now() >= sayAt) {
        say(`Redis is reading its data: ${state.percent} % …`);
        sayAt = Date.now() + LOADING_SAY_MS;
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- because each look follows the last one
    await sleep(state.at === "loading" ? LOADING_POLL_MS : POLL_MS);
  }
}

type Look = { at: "silent" } | { at: "ready" } | { at: "loading"; percent: number };

/** How far the process is; a Redis that is not this process counts as silent. */
async function look(socket: string, pid: number | undefined): Promise<Look> {
  try {
    const info = await command(socket, ["INFO"]);
    if (infoField(info, "process_id") !== String(pid)) return { at: "silent" };
    if (infoField(info, "loading") === "0") return { at: "ready" };
    return { at: "loading", percent: Math.floor(Number(infoField(info, "loading_loaded_perc"))) };
  } catch (error) {
    return error instanceof RedisReplyError ? { at: "loading", percent: 0 } : { at: "silent" };
  }
}

function cannotStart(plan: EmbeddedPlan, how: string, complaint: string): StartError {
  const log = plan.log === undefined ? [] : lastLines(plan.log);
  const words = complaint.trim() === "" ? log : complaint.trim().split("\n").slice(-4);
  const first = `The ${plan.name} Redis did not start (${how}). It said:`;
  return new StartError(first, ...words.map((line) => `  ${line}`), cure(words.join("\n"), plan));
}

function cure(words: string, plan: EmbeddedPlan): string {
  if (words.includes("redis-check-aof") || words.includes("append only file")) {
    return (
      `Its files in ${plan.folder} are damaged. Copy that folder, then repair the file it names ` +
      "with redis-check-aof --fix, or bring back a backup."
    );
  }
  if (/no space left/iu.test(words)) return "The disk is full. Make space, then start again.";
  const where = plan.log === undefined ? "" : ` All it said is in ${plan.log}.`;
  return `Put that right and start again, or use a Redis of your own with REDIS_URL.${where}`;
}

function lastLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").trim().split("\n").slice(-4);
  } catch {
    return [];
  }
}
