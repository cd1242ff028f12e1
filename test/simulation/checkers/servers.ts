/** What servers deliver: one unbroken chain, and to nobody who may not hear it. */
import type { Happened } from "#test/simulation/world/history.ts";
import type { Checker } from "./facts.ts";

/**
 * DL6: from the opening of a room on, each event a server delivers there names the one before it.
 */
export const unbroken: Checker = ({ happened }) => {
  const broken: string[] = [];
  const last = new Map<string, string>();
  for (const each of happened) {
    if (each.type === "opened") last.delete(`${each.server} ${each.room}`);
    if (each.type !== "delivered") continue;
    const { server, room, events } = each;
    const key = `${server} ${room}`;
    for (const { id, prev } of events) {
      const before = last.get(key);
      if (before !== undefined && before !== prev) {
        broken.push(
          `chain: ${server} delivered ${id} of room ${room}, after ${before}, not ${prev}`,
        );
      }
      last.set(key, id);
    }
  }
  return broken;
};

/** DL7: whoever was shown what Redis then lost, and lives on, is told of a fork. */
export const forksTold: Checker = ({ happened, ended, lostIds }) => {
  if (lostIds.size === 0) return [];
  const shownAt = new Map<string, { readonly at: number; readonly id: string }>();
  const toldAt = new Map<string, number>();
  for (const each of happened) {
    if (each.type !== "told") continue;
    const { client, life, room, event } = each;
    const key = `${client} ${life} ${room}`;
    if (event.type === "fork") toldAt.set(key, each.at);
    if (!lostIds.has(`${room} ${event.id}`)) continue;
    shownAt.set(key, { at: each.at, id: event.id });
  }
  const broken: string[] = [];
  for (const { client, life, room, isMember } of ended) {
    const key = `${client} ${life} ${room}`;
    const shown = shownAt.get(key);
    if (!isMember || shown === undefined || (toldAt.get(key) ?? -1) >= shown.at) continue;
    broken.push(`fork: nobody told ${client} that ${shown.id} of room ${room} was lost`);
  }
  return broken;
};

/**
 * C6: a connection hears a room only if its person was a member when it asked, or became one before
 * it was answered.
 */
export const members: Checker = ({ happened }) => {
  const broken: string[] = [];
  const changes = new Map<string, { readonly at: number; readonly holds: boolean }[]>();
  for (const each of happened) {
    if (each.type === "membership") {
      const key = `${each.room} ${each.user}`;
      const known = changes.get(key) ?? [];
      changes.set(key, known);
      known.push(each);
    } else if (each.type === "heard") {
      const known = changes.get(`${each.room} ${each.user}`) ?? [];
      const before = known.findLast(({ at }) => at <= each.joinAskedAt);
      const since = known.some(({ at, holds }) => at > each.joinAskedAt && holds);
      if (before?.holds === true || since) continue;
      broken.push(
        `private: ${each.user}, no member, heard room ${each.room} on ${each.server} at ${each.at}`,
      );
    }
  }
  return broken;
};

/**
 * News of an ended session arrives within this where nothing is broken; where something is, the
 * next look at all sessions finds it.
 */
const NEWS_MS = 1_000;
const LOOK_MS = 21_000;
/**
 * A fault is felt a little longer than it lasts: a command waits five seconds, a link needs one to
 * come back.
 */
const AFTERMATH_MS = 7_000;

/**
 * SE1: who hears a room on a session that has ended hears it only as long as no server could know.
 */
export const sessions: Checker = ({ happened }) => {
  const broken: string[] = [];
  const endedAt = new Map<string, number>();
  const faults = happened.filter((each) => each.type === "fault" && each.until >= each.at);
  for (const each of happened) {
    if (each.type === "session") {
      if (each.holds) endedAt.delete(each.session);
      else endedAt.set(each.session, each.at);
    } else if (each.type === "heard") {
      const end = endedAt.get(each.session);
      if (end === undefined || each.at <= end + NEWS_MS) continue;
      if (each.at <= deadline(faults, each.server, end)) continue;
      const late = Math.round(each.at - end);
      broken.push(`private: ${each.session} heard room ${each.room} ${late} ms after its end`);
    }
  }
  return broken;
};

/** When a server must have noticed an end at the latest. */
function deadline(faults: readonly Happened[], server: string, end: number): number {
  const isNear = (fault: Happened) => fault.at <= end + NEWS_MS && over(fault) >= end;
  if (!faults.some(isNear)) return end + NEWS_MS;
  let quietSince = end;
  for (const fault of faults) {
    if (fault.type !== "fault") continue;
    if (fault.server !== undefined && fault.server !== server) continue;
    if (over(fault) < quietSince) continue;
    if (fault.at > quietSince + LOOK_MS) break;
    quietSince = over(fault);
  }
  return quietSince + LOOK_MS;
}

function over(fault: Happened): number {
  return fault.type === "fault" ? fault.until + AFTERMATH_MS : fault.at;
}
