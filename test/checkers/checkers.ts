/**
 * The laws of delivery as pure functions over a history; each gives what broke it, in words, or
 * nothing.
 */
import type { Digest, Line, View } from "./history.ts";

/** Which law was broken, and how. */
export interface Violation {
  readonly law: "durable" | "real" | "once" | "ordered" | "fifo" | "private" | "live";
  readonly what: string;
}

export type Checker = (digest: Digest) => readonly Violation[];

/** C1: what was acknowledged is in the log at the end, under the id that was answered. */
export const durable: Checker = ({ sends, finals }) => {
  const places = byCid(finals);
  const broken: Violation[] = [];
  for (const { cid, ok } of sends.values()) {
    if (ok === undefined) continue;
    const ids = places.get(`${ok.room} ${cid}`) ?? [];
    if (ids.length === 0) {
      const who = `${ok.proc}, acknowledged by ${ok.server ?? "a server"} at ${ok.t} ms`;
      broken.push({ law: "durable", what: `${cid} (${who}) is not in room ${ok.room}` });
    } else if (ok.id !== undefined && !ids.includes(ok.id)) {
      broken.push({ law: "durable", what: `${cid} was answered ${ok.id} but is at ${ids.join()}` });
    }
  }
  return broken;
};

/** C2: whatever was told or is shown is in the log at the end. */
export const real: Checker = ({ views, finals }) => {
  const broken: Violation[] = [];
  for (const { proc, room, heard, shown } of views) {
    const final = finals.get(room);
    if (final === undefined) continue;
    const ids = new Map(final.map(({ id, cid }) => [id, cid]));
    for (const { id, cid } of [...heard, ...(shown ?? [])]) {
      if (ids.get(id) === cid) continue;
      broken.push({ law: "real", what: `${proc} saw ${cid} at ${id}, which room ${room} has not` });
    }
  }
  return broken;
};

/** C3: a message is once in the log, and told and shown to each reader once. */
export const once: Checker = ({ views, finals }) => {
  const broken: Violation[] = [];
  for (const [room, final] of finals) {
    for (const twice of repeated(final)) {
      broken.push({ law: "once", what: `${twice} is twice in room ${room}` });
    }
  }
  for (const { proc, room, heard, shown } of views) {
    for (const twice of repeated(heard)) {
      broken.push({ law: "once", what: `${proc} was told of ${twice} twice in room ${room}` });
    }
    for (const twice of repeated(shown ?? [])) {
      broken.push({ law: "once", what: `${proc} shows ${twice} twice in room ${room}` });
    }
  }
  return broken;
};

/**
 * C4: all logs and readers have one order. A reader is told a contiguous part of the log, with no
 * more holes than it was told of; what it shows at the end is the log's end, without a hole. No id
 * names two messages.
 */
export const ordered: Checker = ({ views, finals }) => {
  const broken: Violation[] = [];
  for (const view of views) {
    const final = finals.get(view.room);
    if (final === undefined) continue;
    const at = new Map(final.map(({ id }, index) => [id, index]));
    broken.push(...disordered(view, at), ...misshown(view, final, at));
  }
  const names = new Map<string, string>();
  for (const view of views) {
    for (const { id, cid } of [...(finals.get(view.room) ?? []), ...view.heard]) {
      const known = names.get(`${view.room} ${id}`) ?? cid;
      names.set(`${view.room} ${id}`, known);
      if (known === cid) continue;
      broken.push({ law: "ordered", what: `id ${id} of room ${view.room}: ${known} and ${cid}` });
    }
  }
  return broken;
};

/** C5: what one client sent to one room is in the log in the order in which it was first sent. */
export const fifo: Checker = ({ sends, finals }) => {
  const broken: Violation[] = [];
  const places = byCid(finals);
  const last = new Map<string, { readonly cid: string; readonly id: string }>();
  for (const { cid, first } of sends.values()) {
    const [id] = places.get(`${first.room} ${cid}`) ?? [];
    if (id === undefined) continue;
    const key = `${first.proc} ${first.room}`;
    const before = last.get(key);
    if (before !== undefined && compare(before.id, id) > 0) {
      const what = `${first.proc} sent ${before.cid} before ${cid}; room ${first.room} turned them`;
      broken.push({ law: "fifo", what });
    }
    last.set(key, { cid, id });
  }
  return broken;
};

/** C6: nobody is told of a room that it may not hear (any more). */
export const confidential: Checker = ({ operations }) => {
  const broken: Violation[] = [];
  const may = new Set<string>();
  for (const operation of operations) {
    const key = `${operation.proc} ${operation.room}`;
    if (operation.f === "join") may.add(key);
    else if (operation.f === "kick") may.delete(key);
    else if (operation.f === "hear" && !may.has(key)) {
      const what = `${operation.proc} heard ${operation.cid} of room ${operation.room}`;
      broken.push({ law: "private", what });
    }
  }
  return broken;
};

/**
 * C8, after healing: every message was answered in the end, or its author heard it (who then need
 * not ask again); and every reader shows the log's last message.
 */
export const live: Checker = ({ sends, views, finals }) => {
  const broken: Violation[] = [];
  const heard = new Set(
    views.flatMap((view) => view.heard.map(({ cid }) => `${view.proc} ${cid}`)),
  );
  const shows = new Set(
    views.flatMap(({ proc, shown = [] }) => shown.map(({ cid }) => `${proc} ${cid}`)),
  );
  for (const { cid, first, last, ok } of sends.values()) {
    if (ok !== undefined || last.type === "fail") continue;
    if (heard.has(`${first.proc} ${cid}`) || shows.has(`${first.proc} ${cid}`)) continue;
    broken.push({ law: "live", what: `${first.proc} never got an answer for ${cid}` });
  }
  for (const { proc, room, shown } of views) {
    const head = finals.get(room)?.at(-1);
    if (shown === undefined || head === undefined || shown.at(-1)?.id === head.id) continue;
    const end = shown.at(-1)?.id ?? "nothing";
    broken.push({ law: "live", what: `${proc} shows room ${room} up to ${end}, not ${head.id}` });
  }
  return broken;
};

export const CHECKERS: readonly Checker[] = [
  durable,
  real,
  once,
  ordered,
  fifo,
  confidential,
  live,
];

/** Runs all of them. */
export function check(digest: Digest): readonly Violation[] {
  return CHECKERS.flatMap((checker) => checker(digest));
}

function disordered(view: View, at: ReadonlyMap<string, number>): readonly Violation[] {
  const { proc, room, heard, breaks } = view;
  const broken: Violation[] = [];
  let before: number | undefined;
  let holes = 0;
  for (const { id, cid } of heard) {
    const index = at.get(id);
    if (index === undefined) continue;
    if (before !== undefined && index <= before) {
      broken.push({ law: "ordered", what: `${proc} heard ${cid} of room ${room} out of order` });
    } else if (before !== undefined && index > before + 1) holes++;
    before = index;
  }
  if (holes > breaks.length) {
    const what = `${proc} has ${holes} holes in room ${room} and was told of ${breaks.length}`;
    broken.push({ law: "ordered", what });
  }
  return broken;
}

function misshown(
  { proc, room, shown }: View,
  final: readonly Line[],
  at: ReadonlyMap<string, number>,
): readonly Violation[] {
  const [first] = shown ?? [];
  if (shown === undefined || first === undefined) return [];
  const start = at.get(first.id);
  if (start === undefined) return [];
  const wrong = shown.find(({ id }, index) => final[start + index]?.id !== id);
  if (wrong === undefined) return [];
  return [{ law: "ordered", what: `${proc} shows ${wrong.cid} of room ${room} in a wrong place` }];
}

function repeated(lines: readonly Line[]): readonly string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { id, cid } of lines) {
    // Messages of other programs have an id only.
    for (const name of cid === "" ? [id] : [id, cid]) {
      if (seen.has(name)) twice.push(name);
      seen.add(name);
    }
  }
  return twice;
}

function byCid(finals: Digest["finals"]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const [room, final] of finals) {
    for (const { id, cid } of final) {
      const key = `${room} ${cid}`;
      const known = places.get(key);
      if (known === undefined) places.set(key, [id]);
      else known.push(id);
    }
  }
  return places;
}

/** As positions are compared; written again here, so that a mistake there cannot hide itself. */
function compare(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b);
}
