/** Rooms: their ids and what is said of one to a member. */

/**
 * `"0"` is General; `"min:max"` a private chat of two, by user ids; others come with rooms people
 * make.
 */
export type RoomId = string;

export const GENERAL: RoomId = "0";
export const GENERAL_NAME = "General";

const SHAPE = /^(?:\d{1,16}(?::\d{1,16})?)$/u;

/**
 * Whether `value` may be a room's id. Braces never pass: they would move companion keys to another
 * slot.
 */
export function isRoomId(value: string): boolean {
  return SHAPE.test(value);
}
