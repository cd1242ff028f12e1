/** Messages as servers of other kinds write them to a log, read without trust. */
import { LIMITS } from "#protocol/limits.ts";
import { countChars, hasInk } from "#protocol/message.ts";
import { userOf } from "#server/core/bridge/envelope.ts";

export interface RawMessage {
  readonly from: number;
  readonly text: string;
}

/**
 * Who says what, whatever order, spacing and escapes it is written in; where and when is for the log
 * to say. `undefined` for what is no message: not JSON, no author, nothing to see, or too long.
 */
export function readRaw(member: string): RawMessage | undefined {
  // Every character is at most six of an escape; a bound before anything is parsed.
  if (member.length > 6 * LIMITS.foreignMessageCharsMax + 10_000) return undefined;
  const raw = parse(member);
  const from = userOf(raw?.["from"]);
  const message = raw?.["message"];
  if (from === undefined || typeof message !== "string") return undefined;
  const text = message.toWellFormed().replaceAll(UNPRINTABLE, "");
  if (!hasInk(text) || countChars(text) > LIMITS.foreignMessageCharsMax) return undefined;
  return { from, text };
}

// The control characters that no author at a Klatch may use either.
// oxlint-disable-next-line no-control-regex -- because control characters are exactly what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;

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
