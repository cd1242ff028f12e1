/**
 * What clients show and tell: only what is stored, each once, in one order, and in the end the
 * whole log.
 */
import type { Entry } from "#sdk/index.ts";
import type { Message } from "#protocol/message.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Checker } from "./facts.ts";

/**
 * C3: a message is once in the log, and once in every list at every moment; lists are sorted by
 * place.
 */
export const once: Checker = ({ happened, finals }) => {
  const broken: string[] = [];
  for (const [room, messages] of finals) {
    const names = messages.map(({ from, cid }) => `${from} ${cid}`);
    for (const name of repeated(names)) broken.push(`once: ${name} is twice in room ${room}`);
  }
  for (const each of happened) {
    if (each.type !== "shown") continue;
    const { client, entries } = each;
    const cids = new Set(entries.map(({ cid }) => cid));
    if (cids.size < entries.length) broken.push(`once: ${client} shows a line twice`);
    let before: Entry | undefined;
    for (const entry of entries) {
      if (entry.id === undefined) continue;
      if (before?.id !== undefined && comparePositions(before.id, entry.id) >= 0) {
        broken.push(`order: ${client} shows ${entry.id} after ${before.id}`);
      }
      before = entry;
    }
  }
  return broken;
};

/** C2: nothing is shown or told as stored before it is, or other than it is. */
export const real: Checker = ({ happened }) => {
  const broken: string[] = [];
  const stored = new Set<string>();
  const looked = new WeakSet();
  for (const each of happened) {
    if (each.type === "stored") {
      const { roomId, id, message } = each.message;
      stored.add(version(roomId, id, message));
    } else if (each.type === "shown") {
      for (const entry of each.entries) {
        if (entry.id === undefined || looked.has(entry)) continue;
        looked.add(entry);
        if (stored.has(version(each.room, entry.id, entry.text))) continue;
        broken.push(`real: ${each.client} shows ${entry.id} (${entry.text}), which is not stored`);
      }
    } else if (each.type === "told" && each.event.data !== null) {
      const { id, message } = each.event.data;
      if (stored.has(version(each.room, id, message))) continue;
      broken.push(`real: ${each.client} was told ${id} (${message}), which is not stored`);
    }
  }
  return broken;
};

const version = (room: string, id: string, text: string): string => `${room} ${id} ${text}`;

/**
 * C4, live: a stream tells each message once and in order, except where it says that the order was
 * broken.
 */
export const told: Checker = ({ happened }) => {
  const broken: string[] = [];
  const last = new Map<string, string>();
  for (const each of happened) {
    if (each.type !== "told") continue;
    const { client, life, room, event } = each;
    const key = `${client} ${life} ${room}`;
    const before = last.get(key);
    if (event.type === "fork") last.delete(key);
    if (event.type !== "message") continue;
    last.set(key, event.id);
    if (before === undefined || comparePositions(before, event.id) < 0) continue;
    broken.push(`order: ${client} was told ${event.id} after ${before} in room ${room}`);
  }
  return broken;
};

/** C4, at the end: what a member's client shows is the log, all of it, as it is. */
export const whole: Checker = ({ happened, finals, ended }) => {
  const last = new Map<string, readonly Entry[]>();
  for (const each of happened) {
    if (each.type === "shown") last.set(`${each.client} ${each.room}`, each.entries);
  }
  const broken: string[] = [];
  for (const { client, room, isMember, hasOlder } of ended) {
    if (!isMember) continue;
    const entries = last.get(`${client} ${room}`) ?? [];
    const shown = entries.filter(({ state }) => state === "stored").map(lineOfEntry);
    const messages = finals.get(room) ?? [];
    const log = messages.slice(hasOlder ? messages.length - shown.length : 0).map(lineOfMessage);
    const at = log.findIndex((line, index) => line !== shown[index]);
    if (at === -1 && shown.length === log.length) continue;
    const place = at === -1 ? log.length : at;
    const [is, should] = [shown[place] ?? "nothing", log[place] ?? "nothing"];
    broken.push(`whole: ${client} shows ${is} in room ${room}, where ${should} is`);
  }
  return broken;
};

function lineOfEntry({ id, text, from, edited, deleted }: Entry): string {
  return `${id ?? ""} ${from} "${text}" ${edited ?? ""}/${deleted ?? ""}`;
}

function lineOfMessage({ id, message, from, edited, deleted }: Message): string {
  return `${id} ${from} "${message}" ${edited ?? ""}/${deleted ?? ""}`;
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
