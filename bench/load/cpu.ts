/** How busy processes were: a program that was not near 100 % of a core was not the limit. */
import { readFileSync } from "node:fs";

/** A tick of the kernel's accounting, on every Linux in use. */
const TICK_MS = 10;

/** CPU time this process and others have used, in milliseconds. */
export interface CpuTimes {
  readonly own: number;
  /** All of them together; 0 where the system does not tell. */
  readonly others: number;
}

export function cpuTimes(pids: readonly number[]): CpuTimes {
  const { user, system } = process.cpuUsage();
  const others = pids.map(ticksOf).reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
  return { own: (user + system) / 1000, others };
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in brackets, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
