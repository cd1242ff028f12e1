/**
 * What lies inside a sealed line of strangers: one layout that the sender packs, the other end
 * reads, and a server reads when the line is reported.
 */
import { LIMITS } from "./limits.ts";
import { textProblem } from "./message.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** A line, before it is padded and sealed. */
export interface StrangerLine {
  /** 32 random bytes: the key of the line's mark (franking). */
  readonly opening: Bytes;
  /** 8 random bytes, chosen anew by each page that sends; with `number` it names the line. */
  readonly run: Bytes;
  /** Counts up from 0 in this run: the order of what was said. */
  readonly number: number;
  /** The first line of this run that is not known to have arrived; all before it were shown. */
  readonly oldest: number;
  readonly text: string;
}

const LINE = 1;
const OPENING_BYTES = 32;
const RUN_BYTES = 8;
const OPENING_AT = 1;
const RUN_AT = OPENING_AT + OPENING_BYTES;
const NUMBER_AT = RUN_AT + RUN_BYTES;
const OLDEST_AT = NUMBER_AT + 4;
const LENGTH_AT = OLDEST_AT + 4;
const TEXT_AT = LENGTH_AT + 2;
const NUMBER_MAX = 0xff_ff_ff_ff;

/**
 * The line as it is sealed: zeros fill it up to a multiple of 256 bytes. Byte 0 is 1; then the
 * opening key (32 bytes), the run (8), the number and the oldest (4 each, the high byte first), the
 * length of the text in bytes (2), the text in UTF-8.
 */
export function packLine(line: StrangerLine): Bytes {
  const text = new TextEncoder().encode(line.text);
  const plain = new Uint8Array(paddedLength(TEXT_AT + text.length));
  const view = new DataView(plain.buffer);
  plain[0] = LINE;
  plain.set(line.opening, OPENING_AT);
  plain.set(line.run, RUN_AT);
  view.setUint32(NUMBER_AT, line.number);
  view.setUint32(OLDEST_AT, line.oldest);
  view.setUint16(LENGTH_AT, text.length);
  plain.set(text, TEXT_AT);
  return plain;
}

/** The line in it; `undefined` for anything that `packLine` would not have made. */
export function readLine(plain: Bytes): StrangerLine | undefined {
  if (!isPadded(plain) || plain[0] !== LINE) return undefined;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const end = TEXT_AT + view.getUint16(LENGTH_AT);
  if (plain.length !== paddedLength(end) || plain.subarray(end).some((byte) => byte !== 0)) {
    return undefined;
  }
  const [number, oldest] = [view.getUint32(NUMBER_AT), view.getUint32(OLDEST_AT)];
  const text = textOf(plain.subarray(TEXT_AT, end));
  if (text === undefined || lineProblem(text) !== undefined) return undefined;
  if (oldest > number || number >= NUMBER_MAX) return undefined;
  const opening = plain.slice(OPENING_AT, RUN_AT);
  return { opening, run: plain.slice(RUN_AT, NUMBER_AT), number, oldest, text };
}

/** What is wrong with a line, in words for who wrote it; `undefined` if nothing is. */
export function lineProblem(text: string): string | undefined {
  return textProblem(text, LIMITS.strangerLineCharsMax);
}

/** The next multiple of the step. */
export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / LIMITS.sealedStepBytes) * LIMITS.sealedStepBytes;
}

/** Whether it has a length that something sealed may have. */
export function isPadded({ length }: Bytes): boolean {
  const steps = length / LIMITS.sealedStepBytes;
  return Number.isInteger(steps) && steps >= 1 && steps <= LIMITS.sealedStepsMax;
}

function textOf(bytes: Bytes): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
