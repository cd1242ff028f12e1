/**
 * The data folder: everything Klatch keeps on this machine, and the lock that lets one Klatch at a
 * time use it.
 */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "#server/start-error.ts";

/** A Klatch that is just ending gets this long to let go of the folder. */
const LOCK_WAIT_MS = 3_000;
const LOCK_RETRY_MS = 100;
const SQLITE_BUSY = 5;

export interface DataFolder {
  /** Absolute path, without symbolic links: the same folder always has the same name. */
  readonly path: string;
  /**
   * Lets another Klatch have the folder. The system does the same when the process ends, however it
   * ends.
   */
  release(): void;
}

/**
 * Creates the folder if need be (only its owner can look inside), and locks it for this process.
 * Throws a StartError if it cannot be written, or is in use by another Klatch and stays so for
 * `waitMs` (3,000).
 */
export async function openDataFolder(
  path: string,
  { waitMs = LOCK_WAIT_MS } = {},
): Promise<DataFolder> {
  const folder = createFolder(path);
  const lock = await takeLock(folder, waitMs);
  writeFileSync(pidFile(folder), `${process.pid}\n`);
  return { path: folder, release: () => lock.close() };
}

function createFolder(path: string): string {
  const wanted = resolve(path);
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const folder = realpathSync(wanted);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    throw notUsable(wanted, codeOf(error));
  }
}

function notUsable(folder: string, code: string): StartError {
  const cure = "Choose another with --data.";
  switch (code) {
    case "EEXIST":
    case "ENOTDIR":
      return new StartError(`The data folder ${folder} is not a folder. ${cure}`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new StartError(
        `The data folder ${folder} cannot be written. Give yourself the right to, or choose another with --data.`,
      );
    case "ENOSPC":
    case "EDQUOT":
      return new StartError(
        `There is no space left for the data folder ${folder}. Make some, or choose another with --data.`,
      );
    default:
      return new StartError(`The data folder ${folder} cannot be used (${code}). ${cure}`);
  }
}

/**
 * Locks `lock.db` in the folder. A lock of the kernel, not a file with a number in it, because it
 * is gone the moment its process is gone; SQLite has one that works on every system.
 */
async function takeLock(folder: string, waitMs: number): Promise<DatabaseSync> {
  const until = Date.now() + waitMs;
  for (;;) {
    const lock = tryLock(folder);
    if (lock !== undefined) return lock;
    if (Date.now() >= until) throw inUse(folder);
    // oxlint-disable-next-line no-await-in-loop -- because it waits for its turn
    await sleep(LOCK_RETRY_MS);
  }
}

function tryLock(folder: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The data folder ${folder} cannot be locked (${why}).`,
      "Give yourself the right to write everything in it, or choose another with --data.",
    );
  }
}

function inUse(folder: string): StartError {
  const pid = readPid(folder);
  const who = pid === undefined ? "" : ` (pid ${pid})`;
  return new StartError(
    `The data folder ${folder} is in use by another Klatch${who}. ` +
      "Stop that one, or give this one its own with --data.",
  );
}

/** Who wrote its number there last: a hint for people, never a lock. */
function readPid(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(folder), "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

function pidFile(folder: string): string {
  return join(folder, "klatch.pid");
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
