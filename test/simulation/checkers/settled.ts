/**
 * In the end everything has come to rest: sent in the order it was written, or known to be refused
 * or lost.
 */
import type { Entry } from "#sdk/index.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Checker } from "./facts.ts";

/**
 * C5: what one client wrote in one room is there in that order. What was lost and sent again has a
 * new place.
 */
export const fifo: Checker = ({ said, triedAgain, forgotten, lostCids, finalByCid }) => {
  const broken: string[] = [];
  const last = new Map<string, { readonly id: string; readonly cid: string }>();
  for (const { client, room, cid } of said.values()) {
    const message = finalByCid.get(`${room} ${cid}`);
    if (message === undefined || forgotten.has(cid) || triedAgain.has(cid)) continue;
    if (lostCids.has(`${room} ${cid}`)) continue;
    const key = `${client} ${room}`;
    const before = last.get(key);
    if (before !== undefined && comparePositions(before.id, message.id) > 0) {
      broken.push(`fifo: ${client} wrote ${before.cid} before ${cid}; room ${room} turned them`);
    }
    last.set(key, message);
  }
  return broken;
};

/**
 * C8: everyone is connected and up to date, and every message is stored, refused, or known to
 * nobody any more.
 */
export const live: Checker = ({ happened, said, forgotten, lostCids, finalByCid, ended }) => {
  const broken: string[] = [];
  const isMember = new Map<string, boolean>();
  for (const end of ended) {
    isMember.set(`${end.client} ${end.room}`, end.isMember);
    if (end.link !== "open") broken.push(`live: ${end.client} is ${end.link}`);
    if (end.isMember && end.state !== "live") {
      broken.push(`live: ${end.client} is ${end.state} in room ${end.room}`);
    }
  }
  const last = new Map<string, readonly Entry[]>();
  for (const each of happened) {
    if (each.type === "shown") last.set(`${each.client} ${each.room}`, each.entries);
  }
  for (const { client, room, cid } of said.values()) {
    if (finalByCid.has(`${room} ${cid}`)) continue;
    if (forgotten.has(cid) || lostCids.has(`${room} ${cid}`)) continue;
    const key = `${client} ${room}`;
    const line = last.get(key)?.find((entry) => entry.cid === cid);
    // Who is no member any more may see why their message was not taken.
    if (line?.state === "failed" && isMember.get(key) !== true) continue;
    broken.push(`live: ${cid} of ${client} in room ${room} is ${line?.state ?? "nowhere"}`);
  }
  return broken;
};

export const caught: Checker = ({ happened }) =>
  happened.flatMap((each) => (each.type === "uncaught" ? [`uncaught: ${each.error}`] : []));
