/** The log of a Redis that lost its power in the middle of a write: its half transaction is taken away whole. */
import { closeSync, existsSync, fstatSync, ftruncateSync, fsyncSync } from "node:fs";
import { openSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Longer than any transaction of ours; a torn one begins within so many bytes of the end. */
const TAIL_BYTES = 1024 * 1024;
const MULTI = "*1\r\n$5\r\nMULTI\r\n";
const EXEC = "*1\r\n$4\r\nEXEC\r\n";

/**
 * Mends the log in the working folder of a Redis that does not run. Redis itself takes only the torn command away:
 * the commands before it stay in the file, join the next transaction that is written, and are there after the second
 * restart, although their message was never acknowledged and its client has sent it again by then. Damage of any other
 * kind is left for Redis to refuse. Answers how many bytes were taken away, 0 if the log ends as it should.
 */
export function mendTornLog(folder: string): number {
  const path = newestLog(join(folder, "appendonlydir"));
  if (path === undefined) return 0;
  const file = openSync(path, "r+");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    // Bytes as they are: one character each.
    const torn = tornBytes(tail.toString("latin1"));
    if (torn === 0) return 0;
    ftruncateSync(file, size - torn);
    fsyncSync(file);
    return torn;
  } finally {
    closeSync(file);
  }
}

/** The file that Redis writes to; the others were finished before it was begun. */
function newestLog(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => name.endsWith(".incr.aof"));
  const newest = names.toSorted((a, b) => numberOf(a) - numberOf(b)).at(-1);
  return newest === undefined ? undefined : join(folder, newest);
}

/** `appendonly.aof.12.incr.aof`: 12. */
function numberOf(name: string): number {
  return Number(/\.(?<number>\d+)\.incr\.aof$/u.exec(name)?.groups?.["number"] ?? 0);
}

/** How much of the end is a transaction that was begun and is nowhere ended, and bytes that were never filled. */
function tornBytes(tail: string): number {
  // A file may have grown on the disk before what belongs there was written.
  const written = tail.replace(/\0+$/u, "");
  const start = written.lastIndexOf(MULTI);
  const isTorn = start !== -1 && isUnended(written, start + MULTI.length);
  return tail.length - (isTorn ? start : written.length);
}

/** Whether whole commands, none of them EXEC, follow from here on, up to one that the end cuts off. */
function isUnended(log: string, from: number): boolean {
  let at = from;
  while (at < log.length) {
    if (log.startsWith(EXEC, at)) return false;
    const next = endOfCommand(log, at);
    // Neither whole nor torn: words that look like a transaction, or damage.
    if (next === undefined) return false;
    at = next;
  }
  return true;
}

/** Where the command that begins here ends, maybe beyond the end of the log; `undefined` if it is none. */
function endOfCommand(log: string, from: number): number | undefined {
  const count = readLength(log, from, "*");
  if (count === undefined) return undefined;
  let { at } = count;
  for (let left = count.length; left > 0 && at < log.length; left--) {
    const argument = readLength(log, at, "$");
    if (argument === undefined) return undefined;
    const end = argument.at + argument.length;
    if (!"\r\n".startsWith(log.slice(end, end + 2))) return undefined;
    at = end + 2;
  }
  return at;
}

/** `*3` or `$11`, up to behind its line; cut off anywhere it counts as what it could have become. */
function readLength(log: string, from: number, sign: "*" | "$") {
  const line = log.slice(from, from + 16);
  const whole = /^[*$](?<length>\d{1,10})\r\n/u.exec(line);
  if (whole !== null && line.startsWith(sign)) {
    return { length: Number(whole.groups?.["length"]), at: from + whole[0].length };
  }
  const isCut = from + line.length === log.length && /^(?:[*$](?:\d{0,10}\r?)?)?$/u.test(line);
  return isCut && (line === "" || line.startsWith(sign))
    ? { length: 0, at: log.length }
    : undefined;
}
