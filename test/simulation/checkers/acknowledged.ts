/**
 * What was acknowledged: it stays, and what a fault lost all the same is sent again by whoever
 * still has it.
 */
import type { Checker, Facts } from "./facts.ts";

/** A message that its author's own device showed as stored. */
interface Acknowledged {
  readonly client: string;
  /**
   * The life of the program that sent it, and was told so; `undefined` if a later one found it in
   * the log.
   */
  readonly life: number | undefined;
  readonly room: string;
  readonly cid: string;
}

export function acknowledged({ happened, said }: Facts): readonly Acknowledged[] {
  const found = new Map<string, Acknowledged>();
  const looked = new WeakSet();
  const sentIn = new Map<string, number>();
  for (const each of happened) {
    if (each.type !== "shown") continue;
    const { client, life, room } = each;
    for (const entry of each.entries) {
      // A line that has not changed is the same object.
      if (looked.has(entry)) continue;
      looked.add(entry);
      const { cid, state } = entry;
      if (said.get(cid)?.client !== client) continue;
      if (state !== "stored") sentIn.set(cid, life);
      else if (!found.has(cid)) {
        const isSender = sentIn.get(cid) === life;
        found.set(cid, { client, life: isSender ? life : undefined, room, cid });
      }
    }
  }
  return [...found.values()];
}

/**
 * C1: what was acknowledged is in the log at the end, unless a fault that may lose things has lost
 * it.
 */
export const durable: Checker = (facts) =>
  acknowledged(facts)
    .filter(({ room, cid }) => !facts.finalByCid.has(`${room} ${cid}`))
    .filter(({ room, cid }) => !facts.lostCids.has(`${room} ${cid}`))
    .map(({ client, room, cid }) => `durable: ${cid} of ${client} is not in room ${room}`);

/** What Redis lost is sent again, if the program that was told of its storing lives on. */
export const sentAgain: Checker = (facts) => {
  const alive = new Set(
    facts.ended
      .filter(({ isMember }) => isMember)
      .map((end) => `${end.client} ${end.life} ${end.room}`),
  );
  return acknowledged(facts)
    .filter(({ client, life, room }) => alive.has(`${client} ${life} ${room}`))
    .filter(({ room, cid }) => facts.lostCids.has(`${room} ${cid}`))
    .filter(({ room, cid }) => !facts.finalByCid.has(`${room} ${cid}`))
    .map(
      ({ client, room, cid }) => `sent again: ${client} did not say ${cid} in room ${room} again`,
    );
};

/** An edit or deletion that was acknowledged stays, unless it, or its message, was lost. */
export const changed: Checker = ({ happened, finals, losses, lostIds }) => {
  const broken: string[] = [];
  const lost = new Set(
    losses.flatMap(({ changes }) => changes.map(({ roomId, id }) => `${roomId} ${id}`)),
  );
  for (const each of happened) {
    if (each.type !== "changing" || !each.isDone) continue;
    const key = `${each.room} ${each.message}`;
    if (lost.has(key) || lostIds.has(key)) continue;
    const now = finals.get(each.room)?.find(({ id }) => id === each.message);
    const isThere =
      each.text === undefined ? now?.deleted !== undefined : (now?.deleted ?? now?.edited);
    if (isThere === undefined || isThere === false) {
      broken.push(`durable: a change of ${each.message} by ${each.client} is gone`);
    }
  }
  return broken;
};
