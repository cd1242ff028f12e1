/**
 * Messages as they lie in the log: JSON, the tutorial's four fields first. Also read: what other
 * programs wrote.
 */
import type { Call, Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { Draft } from "#server/core/delivery/message-log.ts";
import { isEmoji } from "#protocol/message.ts";
import { isPosition } from "#protocol/position.ts";

/** The JSON of a message in three parts, between which the script puts the date and the id. */
export function jsonParts({ by: from, room }: RoomAccess, draft: Draft): [string, string, string] {
  const { cid, text, replyTo, mentions, calls } = draft;
  const words = JSON.stringify(text);
  const named = mentions !== undefined && mentions.length > 0 ? mentions : undefined;
  return [
    `{"from":${from},"date":`,
    `,"message":${words},"roomId":${JSON.stringify(room)},"id":"`,
    `",${JSON.stringify({ cid, replyTo, mentions: named, calls }).slice(1)}`,
  ];
}

/**
 * The JSON of a changed message in two parts, between which the script puts the place of the
 * change.
 */
export function changedJsonParts(
  { from, date, roomId, id, cid, ...rest }: Message,
  text: string | undefined,
  mentions: readonly number[] = [],
): [string, string] {
  if (text === undefined) return parts({ from, date, message: "", roomId, id, cid }, "deleted");
  const { edited: _, mentions: __, message: ___, ...kept } = rest;
  const named = mentions.length > 0 && { mentions };
  return parts({ from, date, message: text, roomId, id, cid, ...kept, ...named }, "edited");
}

/** The JSON of a message with other reactions, or another pin, in two parts as above. */
export function markedJsonParts(message: Message, marks: Marks): [string, string] {
  const { reactions: _, pinned: __, marked: ___, ...kept } = message;
  const isReacted = Object.keys(marks.reactions).length > 0;
  return parts(
    {
      ...kept,
      ...(isReacted && { reactions: marks.reactions }),
      ...(marks.pinned !== undefined && { pinned: marks.pinned }),
    },
    "marked",
  );
}

export interface Marks {
  readonly reactions: Readonly<Record<string, readonly number[]>>;
  readonly pinned: number | undefined;
}

/** The tutorial's four fields first, whatever order they were read in. */
function parts(message: Message, field: "edited" | "deleted" | "marked"): [string, string] {
  const { from, date, message: text, roomId, id, cid, ...rest } = message;
  const json = JSON.stringify({ from, date, message: text, roomId, id, cid, ...rest });
  return [`${json.slice(0, -1)},"${field}":"`, `"}`];
}

/**
 * Reads a member of the log. Programs of other kinds write no id and no cid, string ids, other
 * field orders; their score is their place. What cannot be read as a message at all is skipped
 * (`undefined`), never fatal.
 */
export function readStored(member: string, score: string, room: string): Message | undefined {
  const raw = parse(member);
  if (raw === undefined) return undefined;
  const { message, id, cid, date } = raw;
  const from = Number(raw["from"]);
  if (typeof message !== "string" || !Number.isSafeInteger(from)) return undefined;
  const place = typeof id === "string" && isPosition(id) ? id : positionOf(score);
  // At infinity, or far beyond our time: seconds were meant, but something else was written.
  if (!isPosition(place)) return undefined;
  return {
    from,
    date: typeof date === "number" && Number.isFinite(date) ? Math.floor(date) : Math.floor(+score),
    message,
    roomId: room,
    id: place,
    cid: typeof cid === "string" ? cid : "",
    ...placeOf(raw, "replyTo"),
    ...mentionsOf(raw),
    ...reactionsOf(raw),
    ...placeOf(raw, "marked"),
    ...placeOf(raw, "edited"),
    ...placeOf(raw, "deleted"),
  };
}

/**
 * Whether what lies in a log has its id, which is its score. What a server of another kind wrote has
 * none until it is adopted: where the bridge is at work, it is no message before.
 */
export function isSettled(member: string, score: string | number): boolean {
  // A quote in a text is escaped, so this can only be a field.
  const id = /,"id":"(?<id>\d{1,10}\.\d{6})"/u.exec(member)?.groups?.["id"];
  return id !== undefined && Number(id) === Number(score);
}

/** Read as carefully as the rest: other programs may write such fields and mean something else. */
function mentionsOf({ mentions, calls, pinned }: Readonly<Record<string, unknown>>) {
  const ids = Array.isArray(mentions) ? mentions.filter(isUserId) : [];
  return {
    ...(ids.length > 0 && { mentions: ids }),
    ...(isCall(calls) && { calls }),
    ...(isUserId(pinned) && { pinned }),
  };
}

function reactionsOf({ reactions }: Readonly<Record<string, unknown>>) {
  if (!isRecord(reactions)) return {};
  const read = Object.entries(reactions).flatMap(([emoji, ids]) =>
    Array.isArray(ids) && isEmoji(emoji) ? [[emoji, ids.filter(isUserId)] as const] : [],
  );
  return read.length > 0 ? { reactions: Object.fromEntries(read) } : {};
}

function isCall(value: unknown): value is Call {
  return value === "room" || value === "here";
}

function isUserId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function placeOf(
  raw: Readonly<Record<string, unknown>>,
  field: "edited" | "deleted" | "replyTo" | "marked",
) {
  const place = raw[field];
  return typeof place === "string" && isPosition(place) ? { [field]: place } : {};
}

/**
 * A score as a position. Scores print with float noise, so this is only for messages that carry no
 * id.
 */
export function positionOf(score: string): Position {
  const micros = Math.round(Number(score) * 1_000_000);
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros - seconds * 1_000_000).padStart(6, "0")}`;
}

function parse(member: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(member);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
