/**
 * A disk that can be slow, full, and cut from power, under a real Redis: power-loss.c and what to
 * do with its ledger.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mendTornLog } from "#server/redis/embedded/torn-log.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import type { Random } from "./random.ts";

/** What a cut of the power took. */
export interface Loss {
  /** Bytes that were written and not flushed. */
  readonly bytes: number;
  /** Whether a part of them was left: a torn write. */
  readonly isTorn: boolean;
}

export class FaultyDisk {
  readonly #folder = tempFolder();
  readonly #library: string;
  readonly #ledger = join(this.#folder, "ledger");
  readonly #slow = join(this.#folder, "slow");
  readonly #full = join(this.#folder, "full");

  private constructor(library: string) {
    this.#library = library;
  }

  /** Compiles the shim; `undefined`, or why not, where that cannot be. */
  static make(): FaultyDisk | string {
    if (process.platform !== "linux") return "the simulated disk works on Linux only";
    const library = join(tempFolder(), "power-loss.so");
    const source = join(import.meta.dirname, "power-loss.c");
    try {
      const flags = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC"];
      execFileSync("cc", [...flags, "-o", library, source], { stdio: "pipe" });
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      return isMissing ? "there is no C compiler (cc)" : `power-loss.c: ${String(error)}`;
    }
    return new FaultyDisk(library);
  }

  /** Starts a Redis on this disk. */
  start(args: readonly string[] = []): Promise<RedisProcess> {
    const env = {
      LD_PRELOAD: this.#library,
      KLATCH_LEDGER: this.#ledger,
      KLATCH_SLOW_US: this.#slow,
      KLATCH_FULL: this.#full,
    };
    return startRedis({ args, env });
  }

  /** From now on each flush takes so much longer; 0 ends that. */
  set slowMs(ms: number) {
    if (ms > 0) writeFileSync(this.#slow, String(ms * 1_000));
    else rmSync(this.#slow, { force: true });
  }

  /** Whether writing fails with "no space left on device". */
  set isFull(isFull: boolean) {
    if (isFull) writeFileSync(this.#full, "");
    else rmSync(this.#full, { force: true });
  }

  /**
   * After a kill: takes away all that was not flushed. With `torn`, a random part of it is left, as
   * when the power goes while a write is under way.
   */
  losePower(redis: RedisProcess, torn?: Random): Loss {
    const flushed = this.#flushed();
    let bytes = 0;
    for (const path of filesIn(join(redis.folder, "appendonlydir"))) {
      const { ino, size } = statSync(path);
      const safe = Math.min(size, flushed.get(ino) ?? 0);
      const left = torn === undefined ? safe : safe + Math.floor(torn.next() * (size - safe));
      bytes += size - left;
      if (left < size) truncateSync(path, left);
    }
    // What is left is on the disk now, whether it was flushed or not.
    for (const path of filesIn(join(redis.folder, "appendonlydir"))) {
      const { ino, size } = statSync(path);
      writeFileSync(this.#ledger, `${ino} ${size}\n`, { flag: "a" });
    }
    return { bytes, isTorn: torn !== undefined };
  }

  #flushed(): ReadonlyMap<number, number> {
    const sizes = new Map<number, number>();
    if (!existsSync(this.#ledger)) return sizes;
    for (const line of readFileSync(this.#ledger, "utf8").split("\n")) {
      const [inode, size] = line.split(" ");
      if (size !== undefined) sizes.set(Number(inode), Number(size));
    }
    return sizes;
  }
}

/** What Klatch does before it starts its own Redis: takes a torn transaction off the end of the log, whole. */
export function repairLog(redis: RedisProcess): void {
  mendTornLog(redis.folder);
}

/** The incremental files of the AOF, where writes go; newest last. */
export function appendFiles(redis: RedisProcess): readonly string[] {
  const all = filesIn(join(redis.folder, "appendonlydir"));
  return all.filter((path) => path.endsWith(".incr.aof")).sort();
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}
