/** Proof of work: a number whose SHA-256 after the nonce begins with so many zero bits. */
import { sha256 } from "@noble/hashes/sha2.js";
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge } from "#protocol/stranger.ts";
import { utf8 } from "./bytes.ts";

/** How long one slice of work may hold up whatever else wants to run here, in milliseconds. */
const SLICE_MS = 12;
const TRIES_A_LOOK = 64;

/** Whether this number, in decimal digits, answers the challenge. */
export function isAnswer({ nonce, bits }: Challenge, answer: string): boolean {
  return zeroBits(sha256(utf8(`${nonce}.${answer}`))) >= bits;
}

/**
 * Works in slices, so that it can be stopped and nothing beside it stands still.
 *
 * @param onProgress told the chance, 0 to 1, of having been done by now
 * @throws when `signal` is aborted, or the challenge is harder than any that is asked for
 */
export async function prove(
  challenge: Challenge,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  if (challenge.bits > LIMITS.proofBitsMax) throw new RangeError("That challenge is too hard.");
  let tried = 0;
  for (;;) {
    signal.throwIfAborted();
    for (const end = Date.now() + SLICE_MS; Date.now() < end;) {
      for (let n = 0; n < TRIES_A_LOOK; n++, tried++) {
        if (isAnswer(challenge, String(tried))) return String(tried);
      }
    }
    onProgress(1 - Math.exp(-tried / 2 ** challenge.bits));
    // oxlint-disable-next-line no-await-in-loop -- because a pause between slices is the point
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resume) => {
    setTimeout(resume, 0);
  });
}

function zeroBits(digest: Uint8Array): number {
  let bits = 0;
  for (const byte of digest) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}
