/** Marks: what reactions and the pin of a message become when somebody adds or takes one. */
import { LIMITS } from "#protocol/limits.ts";
import type { Message } from "#protocol/message.ts";
import type { Marks } from "./stored-message.ts";

/** With or without this person's reaction; `undefined` if that is how it is. */
export function react(
  { reactions = {}, pinned }: Message,
  by: number,
  emoji: string,
  isOn: boolean,
): Marks | "too-many" | undefined {
  const people = reactions[emoji] ?? [];
  if (people.includes(by) === isOn) return undefined;
  if (isOn) {
    const mine = Object.values(reactions).filter((ids) => ids.includes(by)).length;
    const isNew = people.length === 0;
    if (mine >= LIMITS.reactionsPerPersonMax) return "too-many";
    if (isNew && Object.keys(reactions).length >= LIMITS.reactionsMax) return "too-many";
    return { reactions: { ...reactions, [emoji]: [...people, by] }, pinned };
  }
  const { [emoji]: _, ...others } = reactions;
  const left = people.filter((id) => id !== by);
  return { reactions: left.length === 0 ? others : { ...reactions, [emoji]: left }, pinned };
}

/** Pinned by this person, or by nobody; `undefined` if that is how it is. */
export function pin(
  { reactions = {}, pinned }: Message,
  by: number,
  isOn: boolean,
): Marks | undefined {
  if ((pinned !== undefined) === isOn) return undefined;
  return { reactions, pinned: isOn ? by : undefined };
}
