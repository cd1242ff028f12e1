/** Where a stranger waits, and for how long only there: interests first, then the language, then anyone. */
import type { Wish } from "./stranger.ts";

/** How far a search has widened. */
export type Stage = 0 | 1 | 2;

/** When it widens, in ms since it began. */
const LANGUAGE_AFTER_MS = 5_000;
const ANYONE_AFTER_MS = 12_000;

export function stageAt(waitedMs: number): Stage {
  if (waitedMs >= ANYONE_AFTER_MS) return 2;
  return waitedMs >= LANGUAGE_AFTER_MS ? 1 : 0;
}

/** Until the next stage, in ms; `undefined` after the last. */
export function nextStageIn(waitedMs: number): number | undefined {
  const next = [LANGUAGE_AFTER_MS, ANYONE_AFTER_MS].find((at) => at > waitedMs);
  return next === undefined ? undefined : next - waitedMs;
}

/**
 * Queues of a search, best first. Who names no interest begins with the language; who speaks any,
 * with anyone.
 */
export function queuesOf(
  { language, onlyInterests }: Wish,
  interests: readonly string[],
  stage: Stage,
) {
  const queues = interests.map((interest) => `interest:${interest}`);
  const hasInterests = queues.length > 0;
  if (onlyInterests && hasInterests) return queues;
  const isAnyLanguage = language === "any";
  if (!isAnyLanguage && (stage >= 1 || !hasInterests)) queues.push(`language:${language}`);
  if (stage >= 2 || (isAnyLanguage && (stage >= 1 || !hasInterests))) queues.push("anyone");
  return queues;
}

/** An interest as it is compared: without case, outer blanks and ways to write the same letter. */
export function canonicalInterest(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}
