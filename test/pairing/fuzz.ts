/**
 * The fuzz of pairing: several processes do to one lobby what servers do, one of them is killed again
 * and again, and at every moment each pair must be of two who know of each other.
 */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ForgetfulRedis } from "#test/support/forgetful-redis.ts";
import { audit, leftKeys } from "#test/pairing/audit.ts";
import type { Report } from "#test/pairing/worker.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const AUDIT_EVERY_MS = 100;

export interface FuzzOptions {
  readonly operations: number;
  readonly processes: number;
  readonly killEveryMs: number;
  /** Waits until nothing is left, and says how long that took. */
  readonly untilGone: boolean;
  readonly say: (line: string) => void;
}

export interface FuzzResult {
  readonly operations: number;
  readonly pairs: number;
  readonly kills: number;
  readonly audits: number;
  /** The most who were in pairs in one moment that was looked at. */
  readonly mostPaired: number;
  readonly wrong: readonly string[];
  /** Until all keys were gone after everybody had vanished, in ms. */
  readonly goneAfterMs: number | undefined;
}

export async function fuzzPairing(
  redis: ForgetfulRedis,
  options: FuzzOptions,
): Promise<FuzzResult> {
  const couples = new Map<string, string>();
  const wrong: string[] = [];
  let operations = 0;
  const hear = (report: Report) => {
    operations += report.operations;
    wrong.push(...report.wrong);
    for (const [pair, one, other] of report.pairs) {
      const couple = [one, other].toSorted((a, b) => (a < b ? -1 : 1)).join(" ");
      const before = couples.get(pair);
      if (before !== undefined && before !== couple)
        wrong.push(`double: ${pair} is ${before}, ${couple}`);
      couples.set(pair, couple);
    }
  };
  const workers = Array.from({ length: options.processes }, () => start(redis, hear));
  let [kills, audits, mostPaired] = [0, 0, 0];
  let killAt = performance.now() + options.killEveryMs;
  let sayAt = performance.now() + 5_000;
  while (operations < options.operations && wrong.length === 0) {
    const { paired, wrong: found } = await audit(redis);
    audits++;
    mostPaired = Math.max(mostPaired, paired);
    wrong.push(...found);
    const now = performance.now();
    if (now > killAt) {
      killAt = now + options.killEveryMs;
      const victim = workers.shift();
      victim?.kill("SIGKILL");
      kills++;
      workers.push(start(redis, hear));
    }
    if (now > sayAt) {
      sayAt = now + 5_000;
      options.say(`${operations} operations, ${couples.size} pairs, ${kills} killed`);
    }
    await sleep(AUDIT_EVERY_MS);
  }
  for (const worker of workers) worker.kill("SIGKILL");
  await Promise.all(workers.filter(isRunning).map((worker) => once(worker, "exit")));
  wrong.push(...(await audit(redis)).wrong);
  const goneAfterMs = options.untilGone ? await untilGone(redis) : undefined;
  return { operations, pairs: couples.size, kills, audits, mostPaired, wrong, goneAfterMs };
}

function start(redis: ForgetfulRedis, hear: (report: Report) => void): ChildProcess {
  const worker = fork(WORKER, [redis.strangerUrl]);
  worker.on("message", (report: Report) => {
    hear(report);
  });
  return worker;
}

async function untilGone(redis: ForgetfulRedis): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < 120_000) {
    if ((await leftKeys(redis)) === 0) break;
    await sleep(250);
  }
  return performance.now() - began;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
