/** A room's log read in pages, each member once, however many have the same score. */
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";

/** Members in one page. */
export const PAGE = 200;

export interface Entry {
  readonly value: string;
  readonly score: number;
}

/** Upwards from a bound (`(score`, or `-inf`), or downwards from a score with what lies at it. */
export async function* readPages(
  redis: Redis,
  log: string,
  bound: string,
  direction: "up" | "down",
): AsyncGenerator<readonly Entry[]> {
  let [edge, count] = [bound, PAGE];
  let seen: ReadonlySet<string> = new Set();
  for (;;) {
    const range = {
      BY: "SCORE" as const,
      LIMIT: { offset: 0, count },
      ...(direction === "down" && { REV: true as const }),
    };
    const end = direction === "up" ? "+inf" : "-inf";
    // oxlint-disable-next-line no-await-in-loop -- because each page begins where the last one ended
    const found = await answered(redis.zRangeWithScores(log, edge, end, range));
    const before = seen;
    yield found.filter(({ value }) => !before.has(value));
    const [first, last] = [found[0], found.at(-1)];
    if (found.length < count || first === undefined || last === undefined) return;
    // A page may end between two of the same score: the next one begins with that score again.
    edge = scoreText(last.score);
    seen = new Set(found.map(({ value }) => value));
    count = first.score === last.score ? 2 * count : PAGE;
  }
}

export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score);
  return score > 0 ? "+inf" : "-inf";
}
