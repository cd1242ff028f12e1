/** Klatch's own two Redis processes: one that keeps everything, and one that keeps nothing. */
import { chmodSync, lstatSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StartError } from "#server/start-error.ts";
import { planEmbedded } from "#server/redis/embedded/config.ts";
import { mustHoldInstance } from "#server/redis/embedded/instance-file.ts";
import type { RedisBinary } from "#server/redis/embedded/launch.ts";
import { EmbeddedProcess, type EmbeddedRedisEvent } from "#server/redis/embedded/process.ts";

export type { RedisBinary, EmbeddedRedisEvent };

/** A log longer than this is put aside at the next start; one old one is kept. */
const LOG_BYTES_MAX = 1024 * 1024;

export interface EmbeddedRedis {
  /** Path of the durable one's unix socket. */
  readonly durable: string;
  /** Path of the forgetful one's unix socket. */
  readonly forgetful: string;
  readonly version: string;
  /** Ends both; takes at most five seconds. */
  close(): Promise<void>;
}

/**
 * Starts both and resolves when both answer with all their data read. They stop with this process;
 * if it is killed, the next start ends what is left of them. One that dies is started again.
 *
 * `dataDir` is the locked data folder, by its real path. `say` hears of long waits, in lines for
 * people; `signal` gives up a start that is still under way. Throws a StartError if one cannot
 * start, or the durable one has lost what it held.
 */
export async function startEmbeddedRedis(options: {
  readonly binary: RedisBinary;
  readonly dataDir: string;
  readonly say: (line: string) => void;
  readonly onEvent: (event: EmbeddedRedisEvent) => void;
  readonly signal?: AbortSignal;
}): Promise<EmbeddedRedis> {
  const { dataDir, signal, ...parts } = options;
  const plans = planEmbedded(dataDir);
  for (const plan of Object.values(plans)) {
    privateFolder(plan.folder);
    privateFolder(dirname(plan.socket));
    if (plan.log !== undefined) putAside(plan.log);
  }
  const durable = new EmbeddedProcess({ ...parts, plan: plans.durable });
  const forgetful = new EmbeddedProcess({ ...parts, plan: plans.forgetful });
  const close = closing(durable, forgetful);
  const giveUp = () => void close();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    signal?.throwIfAborted();
    const [version] = await Promise.all([durable.start(), forgetful.start()]);
    await mustHoldInstance(plans.durable.socket, dataDir, parts.say);
    return { durable: plans.durable.socket, forgetful: plans.forgetful.socket, version, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/**
 * One way to end them all, also used in the moment in which this process ends for whatever reason.
 */
function closing(...processes: readonly EmbeddedProcess[]): () => Promise<void> {
  const endNow = () => {
    for (const each of processes) each.endNow();
  };
  process.once("exit", endNow);
  return async () => {
    await Promise.all(processes.map((each) => each.close()));
    process.off("exit", endNow);
  };
}

/**
 * Makes a folder that only we can enter. One in /tmp may have been put there by someone else:
 * refused.
 */
function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const me = process.getuid?.();
  if (!found.isDirectory() || (me !== undefined && found.uid !== me)) {
    throw new StartError(
      `The folder ${folder} belongs to someone else.`,
      "Remove it, or choose another data folder with --data.",
    );
  }
  chmodSync(folder, 0o700);
}

function putAside(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(log, `${log}.1`);
}
