/**
 * The safety phrase: four words that both ends compute from what they agreed on.
 *
 * What it shows: if somebody on the way gave each of the two a key of their own, the phrases differ,
 * except by a chance of one in 2³² that cannot be raised by trying, because role 0 is committed to
 * its key before it sees the other one.
 *
 * What it does not show: words compared in this same chat prove nothing, since whoever is between
 * the two can change them. It must be compared outside, aloud for instance, which strangers seldom
 * can. It says nothing of who the other one is, of whether they pass on what is said, or of what
 * the page that computes it was made to do.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import { SAFETY_WORDS } from "./safety-words.ts";

export interface PhraseParts {
  readonly pair: string;
  readonly epoch: number;
  /** The public keys of role 0, which the commitment binds, and of role 1. */
  readonly key0: Bytes;
  readonly key1: Bytes;
}

const WORDS = 4;

/** Four words, 32 bits; others after each reconnection, since the keys are others. */
export function safetyPhrase({ pair, epoch, key0, key1 }: PhraseParts): readonly string[] {
  const said = utf8(`klatch strangers phrase ${pair} ${epoch}\n`);
  const digest = sha256(concat(said, sha256(key0), key0, key1));
  return Array.from(digest.subarray(0, WORDS), (byte) => SAFETY_WORDS[byte] ?? "");
}
