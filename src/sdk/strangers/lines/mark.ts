/**
 * Marks (franking): with each line travels, outside, an HMAC under a key that lies inside. The
 * server stamps it without being able to read the line; who was sent the line can open the mark
 * later, and so prove what was said.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { readLine } from "#protocol/stranger-line.ts";
import type { StrangerLine } from "#protocol/stranger-line.ts";
import { fromBase64, isSame } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";

/** @param plain the padded line that holds `opening` */
export function markOf(plain: Bytes, opening: Bytes): Bytes {
  return hmac(sha256, opening, plain);
}

/** The line, if the mark is the one that its sender made for it. */
export function markedLine(plain: Bytes, mark: string | undefined): StrangerLine | undefined {
  const line = readLine(plain);
  const given = fromBase64(mark ?? "");
  if (line === undefined || given === undefined) return undefined;
  return isSame(markOf(plain, line.opening), given) ? line : undefined;
}
