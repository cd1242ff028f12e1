/** What checkers ask of a history more than once, gathered in one pass. */
import type { Message } from "#protocol/message.ts";
import type { Ended, Happened, Happening, Lost, Said } from "#test/simulation/world/history.ts";

/** Gives each breach in words; nothing if there is none. */
export type Checker = (facts: Facts) => readonly string[];

type At<Kind extends Happening> = Kind & { readonly at: number };

export interface Facts {
  readonly happened: readonly Happened[];
  /** Each room's log at the end. */
  readonly finals: ReadonlyMap<string, readonly Message[]>;
  /** Messages at the end, by room and cid. */
  readonly finalByCid: ReadonlyMap<string, Message>;
  readonly losses: readonly At<Lost>[];
  /** `room id` of each message that a declared fault lost, and `room cid`. */
  readonly lostIds: ReadonlySet<string>;
  readonly lostCids: ReadonlySet<string>;
  /** By cid, in the order of writing. */
  readonly said: ReadonlyMap<string, At<Said>>;
  /** Cids that were refused and said again later: their place is that of either time. */
  readonly triedAgain: ReadonlySet<string>;
  /** Cids of which only a closed device knew. */
  readonly forgotten: ReadonlySet<string>;
  readonly ended: readonly Ended[];
}

export function gather(happened: readonly Happened[]): Facts {
  const finals = new Map<string, readonly Message[]>();
  const finalByCid = new Map<string, Message>();
  const losses: At<Lost>[] = [];
  const lostIds = new Set<string>();
  const lostCids = new Set<string>();
  const said = new Map<string, At<Said>>();
  const triedAgain = new Set<string>();
  const forgotten = new Set<string>();
  const ended: Ended[] = [];
  for (const each of happened) {
    if (each.type === "said") {
      if (said.has(each.cid)) triedAgain.add(each.cid);
      said.set(each.cid, each);
    } else if (each.type === "forgotten") {
      for (const cid of each.cids) forgotten.add(cid);
    } else if (each.type === "lost") {
      losses.push(each);
      for (const { roomId, id, cid } of each.messages) {
        lostIds.add(`${roomId} ${id}`);
        lostCids.add(`${roomId} ${cid}`);
      }
    } else if (each.type === "final") {
      finals.set(each.room, each.messages);
      for (const message of each.messages) {
        finalByCid.set(`${each.room} ${message.cid}`, message);
      }
    } else if (each.type === "ended") ended.push(each);
  }
  return {
    happened,
    finals,
    finalByCid,
    losses,
    lostIds,
    lostCids,
    said,
    triedAgain,
    forgotten,
    ended,
  };
}
