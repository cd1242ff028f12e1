/**
 * Time as the core sees it, so that a simulation can run it faster and a test can hold it still.
 */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `task` once after `ms`, unless the returned function is called before. */
  after(ms: number, task: () => void): () => void;
  /** Calls `task` when what is being handled now is done: the end of a tick. */
  soon(task: () => void): void;
}
