/** What both of a server's links to Redis stand on. */
import type { Random } from "#test/simulation/kernel/random.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";

/**
 * The process that owns a link: what comes in waits while it is stalled, and is not heard once it
 * is dead.
 */
export interface Host {
  enter(step: () => void): void;
  /** As `Clock.after`. */
  after(ms: number, task: () => void): () => void;
}

export interface LinkParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly latencyMs: () => number;
  readonly host: Host;
}

/** After this long a command's fate is unknown, as on the real links. */
export const COMMAND_MS = 5_000;

/** The next try to connect. */
export function reconnectMs(random: Random): number {
  return random.between(50, 1_000);
}
