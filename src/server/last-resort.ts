/**
 * The last resort: errors that nobody caught. What they left undone is unknown, so the server ends
 * instead of going on half alive.
 */
import type { Log } from "./log.ts";

/**
 * From now on an error that nobody caught, thrown or rejected, is logged and `end` is called, each
 * time it happens; without this Node ends the process at once. The answer undoes that.
 */
export function catchTheRest(log: Log, end: () => void): () => void {
  const caught = (error: unknown, origin: string) => {
    log.fatal({ error, origin }, "an error that nobody caught; the server ends");
    end();
  };
  // Rejections come here too: Node makes uncaught exceptions of them.
  process.on("uncaughtException", caught);
  return () => {
    process.off("uncaughtException", caught);
  };
}
