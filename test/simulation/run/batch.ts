/** What the pool and its threads tell each other. */

export interface Batch {
  readonly seeds: readonly number[];
  /** Run each world twice and compare what happened. */
  readonly isTwice: boolean;
}

export interface Failure {
  readonly seed: number;
  readonly violations: readonly string[];
}

export interface BatchReport {
  readonly worlds: number;
  /** Messages that were acknowledged to their authors. */
  readonly acknowledged: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}
