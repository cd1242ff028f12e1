/**
 * Strain: how much a stranger, and their network, ask of everybody else just now. It halves every 30
 * seconds; as it grows, a search costs work, and then there is a pause.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { Frame } from "#protocol/stranger.ts";

export const SEARCH_COST = 1;
export const REPORTED_COST = 10;

/** The shorter a chat was that one ended, the dearer. */
export function skipCost(lastedMs: number): number {
  return Math.min(6, 12_000 / Math.max(1, lastedMs));
}

/** A line, by the steps of its sealed size; nothing else that is passed on costs anything. */
export function lineCost(frame: Frame): number {
  if (frame.kind !== "line") return 0;
  const bytes = Math.floor((frame.box.length * 3) / 4);
  return 0.75 + 0.1 * Math.floor(bytes / LIMITS.sealedStepBytes);
}

/** What the two have gathered; see strain.lua. */
export interface Strain {
  readonly score: number;
  /** Skips within the last minute. */
  readonly skips: number;
  readonly networkScore: number;
  /** Pauses of strangers of this network that are remembered. */
  readonly offences: number;
  /** Until their pause is over; 0 if there is none. */
  readonly waitMs: number;
}

/** What of the strain is too much: then there is a pause, each time a longer one. */
export const PAUSE = {
  score: 36,
  /** More than this within a minute, too: no few skips are ever enough. */
  skips: LIMITS.strangerSkipsPerMinute,
  lengthsMs: [1, 5, 25, 120].map((minutes) => minutes * 60_000),
  /** With so many offences, all of the network pauses. */
  offences: 3,
} as const;

const OWN = { from: 12, step: 8 } as const;
const NETWORK = { from: 40, step: 20 } as const;
const FIRST_BITS = 14;
/** About a second of a phone. */
const BITS_OF_FEW = 18;
/** About five; for who lives beside somebody who was paused. */
const BITS_BESIDE = 20;
/** About twenty; for many skips. */
const BITS_MAX = 22;

/** Bits of the proof of work that a search costs now; 0 for none. Each step doubles it. */
export function proofBits({ score, skips, networkScore, offences }: Strain): number {
  const own = bitsOver(score, OWN, skips > PAUSE.skips ? BITS_MAX : BITS_OF_FEW);
  const network = bitsOver(networkScore, NETWORK, offences > 0 ? BITS_BESIDE : BITS_OF_FEW);
  return Math.max(own, network);
}

function bitsOver(score: number, { from, step }: { from: number; step: number }, most: number) {
  return score < from ? 0 : Math.min(most, FIRST_BITS + Math.floor((score - from) / step));
}
