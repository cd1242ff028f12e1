/** The small sealed frames beside lines: what has arrived, and who is typing. */
import { isPadded, paddedLength } from "#protocol/stranger-line.ts";
import { toBase64 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";

/** All lines of this run before `next` were shown. */
export interface Arrived {
  readonly run: Bytes;
  readonly next: number;
}

const ARRIVED = 2;
const TYPING = 3;
const RUN_BYTES = 8;
const NEXT_AT = 1 + RUN_BYTES;

/** Byte 0 is 2; then the run (8 bytes) and the next number (4, the high byte first). */
export function packArrived({ run, next }: Arrived): Bytes {
  const plain = new Uint8Array(paddedLength(NEXT_AT + 4));
  plain[0] = ARRIVED;
  plain.set(run, 1);
  new DataView(plain.buffer).setUint32(NEXT_AT, next);
  return plain;
}

export function readArrived(plain: Bytes): Arrived | undefined {
  if (!isPadded(plain) || plain[0] !== ARRIVED) return undefined;
  const next = new DataView(plain.buffer, plain.byteOffset).getUint32(NEXT_AT);
  return { run: plain.slice(1, NEXT_AT), next };
}

/** Byte 0 is 3; byte 1 says whether it goes on (1) or has stopped (0). */
export function packTyping(isTyping: boolean): Bytes {
  const plain = new Uint8Array(paddedLength(2));
  plain.set([TYPING, isTyping ? 1 : 0]);
  return plain;
}

export function readTyping(plain: Bytes): boolean | undefined {
  const [kind, goesOn] = plain;
  if (!isPadded(plain) || kind !== TYPING || goesOn === undefined || goesOn > 1) return undefined;
  return goesOn === 1;
}

/** A run by its name. */
export function runName(run: Bytes): string {
  return toBase64(run);
}
