/** The places of events: each is given once, whatever was lost and whatever the clock does. */
import type { Checker } from "./facts.ts";

/** No event gets a place that another one had, not even one that was lost. */
export const places: Checker = ({ happened }) => {
  const broken: string[] = [];
  const given = new Set<string>();
  for (const each of happened) {
    if (each.type !== "stored") continue;
    const { roomId, id, edited, deleted, cid } = each.message;
    const place = `${deleted ?? edited ?? id} in room ${roomId}`;
    if (given.has(place)) broken.push(`places: ${place} is given again, now to ${cid}`);
    given.add(place);
  }
  return broken;
};
