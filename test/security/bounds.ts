/** One below a bound, at it, and one above it. */
import type { ErrorCode } from "#protocol/errors.ts";

export type Tried = readonly [what: string, size: number, refused?: ErrorCode];

/** Around an upper bound. */
export const upTo = (most: number, what: string, refused: ErrorCode): readonly Tried[] => [
  [what, most - 1],
  [what, most],
  [what, most + 1, refused],
];

/** Around a lower bound. */
export const atLeast = (least: number, what: string, refused: ErrorCode): readonly Tried[] => [
  [what, least - 1, refused],
  [what, least],
  [what, least + 1],
];
