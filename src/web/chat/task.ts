/** One thing at a time that a person has asked for: whether it is under way, and what went wrong. */
import { KlatchError } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";

export interface Task {
  readonly busy: boolean;
  /** What went wrong the last time, in words; empty if nothing did. */
  readonly trouble: string;
  /** Runs it, unless something is under way. Never rejects: `trouble` says why it failed. */
  run(step: () => Promise<void>): void;
  /** Says what is wrong, or with nothing, that all is well. */
  refuse(words: string | undefined): void;
}

export function useTask(): Task {
  const busy = useSignal(false);
  const trouble = useSignal("");
  const run = async (step: () => Promise<void>) => {
    busy.value = true;
    trouble.value = "";
    try {
      await step();
    } catch (error) {
      trouble.value = wordsOf(error);
    } finally {
      busy.value = false;
    }
  };
  return {
    busy: busy.value,
    trouble: trouble.value,
    run: (step) => {
      if (!busy.peek()) void run(step);
    },
    refuse: (words = "") => (trouble.value = words),
  };
}

/** Any failure in words for the person; the server's own where it gave some. */
export function wordsOf(error: unknown): string {
  if (error instanceof KlatchError) return error.message;
  return "Something went wrong on this page. Please try again.";
}
