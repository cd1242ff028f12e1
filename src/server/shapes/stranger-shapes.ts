/** The shapes of what strangers send; sizes are bounded here, meaning is checked where it is used. */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { shapeOf } from "#server/shapes/answers.ts";
import type { StrangersResult } from "#protocol/stranger.ts";
import { LANGUAGES, STRANGER_REPORT_REASONS } from "#protocol/stranger.ts";

const GCM_TAG_BYTES = 16;

/** So many bytes as base64url without padding. */
const bytes = (count: number) =>
  z.string().regex(new RegExp(`^[\\w-]{${base64Length(count)}}$`, "u"));
const id = bytes(16);
const epoch = z.int().min(0).max(1_000_000);
const role = z.union([z.literal(0), z.literal(1)]);

/** Only these lengths tell nothing but how many steps a text takes. */
const sealedLengths: ReadonlySet<number> = new Set(
  Array.from({ length: LIMITS.sealedStepsMax }, (_, step) =>
    base64Length((step + 1) * LIMITS.sealedStepBytes + GCM_TAG_BYTES),
  ),
);
const box = z
  .string()
  .regex(/^[\w-]+$/u)
  .refine((text) => sealedLengths.has(text.length), "must be a whole number of steps and a tag");

const seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const mark = bytes(32);

const frame = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("commit"), epoch, digest: bytes(32) }),
  z.object({ kind: z.literal("key"), epoch, key: bytes(65) }),
  z.object({ kind: z.literal("line"), epoch, seq, box, mark }),
  z.object({ kind: z.literal("ack"), epoch, seq, box }),
  z.object({ kind: z.literal("typing"), epoch, seq, box }),
]);

const stamp = z.object({ at: z.int().min(0), mac: bytes(32) });

const plain = z
  .string()
  .regex(/^[\w-]+$/u)
  .max(base64Length(LIMITS.sealedStepsMax * LIMITS.sealedStepBytes));

const proof = z.object({
  nonce: z.string().max(200),
  answer: z.string().regex(/^\d{1,15}$/u),
});

const interest = z.string().trim().min(1).max(LIMITS.interestCharsMax);

export const strangerShapes = {
  enter: z.object({ adult: z.literal(true), token: z.string().max(100).exactOptional() }),
  search: z.object({
    interests: z.array(interest).max(LIMITS.interestsMax),
    language: z.enum([...LANGUAGES, "any"]),
    onlyInterests: z.literal(true).exactOptional(),
    proof: proof.exactOptional(),
  }),
  stop: z.object({}),
  relay: z.object({ pair: id, frame }),
  end: z.object({ pair: id }),
  block: z.object({ pair: id }),
  report: z.object({
    pair: id,
    reason: z.enum(STRANGER_REPORT_REASONS),
    excerpt: z.array(z.object({ from: role, plain, mark, stamp })).max(LIMITS.excerptLinesMax),
  }),
} as const;

/** `GET /api/strangers`. */
export const strangersResult = shapeOf<StrangersResult>()(
  z.object({
    open: z.boolean().describe("Whether strangers can be met here just now."),
    reason: z.string().describe("Why not.").exactOptional(),
  }),
);

function base64Length(count: number): number {
  return Math.ceil((count * 4) / 3);
}
