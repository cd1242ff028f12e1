/** What a fault is, and how a series of them is run and judged. */
import { check } from "#test/checkers/checkers.ts";
import type { Violation } from "#test/checkers/checkers.ts";
import { digest } from "#test/checkers/history.ts";
import type { Digest } from "#test/checkers/history.ts";
import type { World, WorldOptions } from "./world/world.ts";

export interface Fault {
  /** Its number in the fault matrix, like `F10`. */
  readonly id: string;
  readonly title: string;
  /** How many blows: in `npm test` (0: not there), and in `npm run faults`. */
  readonly times: { readonly short: number; readonly long: number };
  /** What kind of blow each injection is, for the totals. */
  readonly counts?: "server kill" | "Redis kill" | "power loss";
  /** What its world needs to be like. */
  readonly world?: Partial<WorldOptions> & { readonly needsDisk?: boolean };
  /** Judges a history by other laws than all of them. */
  readonly judge?: (digest: Digest) => Judgement;
  /** Milliseconds from one injection to the next, at least and at most; default 100 to 600. */
  readonly restMs?: readonly [number, number];
  /**
   * One injection, healed again when it resolves. It may strike several at once, each on its own,
   * and then answers how many; otherwise it counts as one. Rejects if what must be true at once is
   * not.
   *
   * @param time injections before this one
   */
  readonly inject: (world: World, time: number) => Promise<number | void>;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** What else the report should say. */
  readonly note?: string;
}

/** What came of a series of faults. */
export interface Verdict {
  readonly id: string;
  readonly title: string;
  /** Blows. */
  readonly times: number;
  readonly counts: Fault["counts"];
  readonly acknowledged: number;
  readonly violations: readonly Violation[];
  readonly note: string | undefined;
  /** Promises of single injections that were not kept, and processes that ended by themselves. */
  readonly failures: readonly string[];
  /** Longest time without an acknowledgement for anyone who wrote, in milliseconds. */
  readonly outageMs: number;
  /** From the last fault until everything was sent and heard. */
  readonly settleMs: number;
}

/**
 * Injects one fault until it has struck so many times, while people write; waits until all is
 * settled, and judges the whole history. `onTime` hears how many there were so far.
 */
export async function runFault(
  world: World,
  fault: Fault,
  times: number,
  onTime: (time: number) => void = () => undefined,
): Promise<Verdict> {
  const failures: string[] = [];
  const { recorder } = world;
  const [lowMs, highMs] = fault.restMs ?? [100, 600];
  const from = recorder.operations.length;
  const before = recorder.acknowledged;
  world.write();
  let blows = 0;
  for (let time = 0; blows < times; time++) {
    await world.pause(lowMs, highMs);
    recorder.fault("fault", `${fault.id} ${time}`);
    try {
      blows += (await fault.inject(world, time)) ?? 1;
    } catch (error) {
      blows++;
      failures.push(`${fault.id}, time ${time}: ${describe(error)}`);
    }
    world.heal();
    recorder.fault("heal", `${fault.id} ${time}`);
    onTime(blows);
  }
  await world.pause(300, 600);
  const stoppedAt = recorder.now;
  const settleMs = await world.settle();
  await world.conclude();
  const all = digest(recorder.operations);
  const refused = world.people.flatMap(({ name, failed }) =>
    failed.map(({ text, error }) => `"${text}" of ${name} was refused: ${error?.code}`),
  );
  const { id, title, counts } = fault;
  const { violations, note } = fault.judge?.(all) ?? { violations: check(all) };
  return {
    id,
    title,
    counts,
    times: blows,
    acknowledged: recorder.acknowledged - before,
    violations,
    note,
    failures: [...failures, ...refused, ...world.servers.flatMap(({ surprises }) => surprises)],
    outageMs: longestOutage(digest(recorder.operations.slice(from)), stoppedAt),
    settleMs,
  };
}

/**
 * The longest time from giving a message, or the acknowledgement before it, to the next
 * acknowledgement.
 */
function longestOutage({ sends }: Digest, until: number): number {
  const last = new Map<string, number>();
  let longest = 0;
  const answered = [...sends.values()].flatMap(({ first, ok }) => (ok ? [{ first, ok }] : []));
  for (const { first, ok } of answered.sort((a, b) => a.ok.t - b.ok.t)) {
    const since = last.get(first.proc) ?? first.t;
    if (since < until) longest = Math.max(longest, ok.t - since);
    last.set(first.proc, ok.t);
  }
  return longest;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
