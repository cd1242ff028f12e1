/** A question asked while one types, and the answer to the last of them. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { wordsOf } from "./task.ts";

/** Pause in typing after which the server is asked, in milliseconds. */
const PAUSE_MS = 120;

export interface Answer<Found> {
  /** The last answer, until there is a newer one. */
  readonly found: Found | undefined;
  readonly trouble: string;
}

/** @param ask not called for the same words twice in a row */
export function useAnswer<Found>(
  words: string,
  ask: (words: string) => Promise<Found>,
): Answer<Found> {
  const found = useSignal<Found | undefined>(undefined);
  const trouble = useSignal("");
  useEffect(() => {
    let isOver = false;
    const look = async () => {
      try {
        const answer = await ask(words);
        if (isOver) return;
        found.value = answer;
        trouble.value = "";
      } catch (error) {
        if (!isOver) trouble.value = wordsOf(error);
      }
    };
    // The first question is not typed, and so not waited for.
    const timer = setTimeout(() => void look(), found.peek() === undefined ? 0 : PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [words]);
  return { found: found.value, trouble: trouble.value };
}
