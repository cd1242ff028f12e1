/**
 * Messages as they lie in the log: JSON, the tutorial's four fields first. Also read: what other
 * programs wrote.
 */
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { Draft } from "#server/core/message-log.ts";
import { isPosition } from "#protocol/position.ts";

/** The JSON of a message in three parts, between which the script puts the date and the id. */
export function jsonParts({ from, room, cid, text }: Draft): [string, string, string] {
  const words = JSON.stringify(text);
  return [
    `{"from":${from},"date":`,
    `,"message":${words},"roomId":${JSON.stringify(room)},"id":"`,
    `","cid":${JSON.stringify(cid)}}`,
  ];
}

/**
 * The JSON of a changed message in two parts, between which the script puts the place of the
 * change.
 */
export function changedJsonParts(message: Message, text: string | undefined): [string, string] {
  const { from, date, roomId, id, cid } = message;
  const kept = { from, date, message: text ?? "", roomId, id, cid };
  const field = text === undefined ? "deleted" : "edited";
  return [`${JSON.stringify(kept).slice(0, -1)},"${field}":"`, `"}`];
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
    ...placeOf(raw, "edited"),
    ...placeOf(raw, "deleted"),
  };
}

function placeOf(raw: Readonly<Record<string, unknown>>, field: "edited" | "deleted") {
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
