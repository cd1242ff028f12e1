/** Positions: the id of an event, which is also its place in the room's one order. */

/**
 * `<seconds>.<microseconds>` of Redis time, e.g. `"1615480369.000123"`; strictly increasing within
 * a room.
 */
export type Position = string;

/** Before every event of every room. */
export const START: Position = "0.000000";

const SHAPE = /^(?:0|[1-9]\d{0,9})\.\d{6}$/u;

/** Whether `value` has the shape of a position; says nothing of whether that event exists. */
export function isPosition(value: string): boolean {
  return SHAPE.test(value);
}

/**
 * Orders two positions: negative, zero or positive, like `Array.prototype.sort` wants it.
 * Compared as text, since microseconds of today are too many digits for an exact float subtraction.
 */
export function comparePositions(a: Position, b: Position): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
