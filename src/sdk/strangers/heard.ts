/**
 * The shape and size of everything that the server says, looked at before any of it is used: it is
 * trusted neither with the page nor with its memory.
 */
import { LIMITS } from "#protocol/limits.ts";
import { hasInk } from "#protocol/message.ts";
import type {
  AwayNotice,
  Challenge,
  EndedNotice,
  Ending,
  EnterResult,
  Frame,
  FrameNotice,
  Mask,
  OpenNotice,
  Pair,
  RelayResult,
  SealedFrame,
  SearchResult,
  Stamp,
  Wait,
} from "#protocol/stranger.ts";

type Record = Readonly<globalThis.Record<string, unknown>>;

const ID_MAX = 64;
const NAME_MAX = 60;
/** Of base64: four characters for three bytes. */
const BOX_MAX = Math.ceil(((LIMITS.sealedStepBytes * LIMITS.sealedStepsMax + 16) * 4) / 3);
const SHORT_MAX = 128;

const ENDINGS: ReadonlySet<string> = new Set<Ending>([
  "left",
  "skipped",
  "lost",
  "timed-out",
  "reported",
  "restarting",
]);
const WAITS: ReadonlySet<string> = new Set<Wait>(["under-5-s", "under-15-s", "longer"]);

/** Each takes what arrived and gives what is known of it, nothing else, or `undefined`. */
export function readEntered(value: unknown): EnterResult | undefined {
  if (!isRecord(value) || !isToken(value["token"])) return undefined;
  if (value["pair"] === undefined) return { token: value["token"] };
  const pair = readPair(value["pair"]);
  return pair && { token: value["token"], pair };
}

export function readSearched(value: unknown): SearchResult | undefined {
  if (!isRecord(value)) return undefined;
  const { state, wait } = value;
  if (state === "waiting") return { state, ...(isWait(wait) && { wait }) };
  const challenge = readChallenge(value["challenge"]);
  return state === "proof" && challenge ? { state, challenge } : undefined;
}

export function readRelayed(value: unknown): RelayResult | undefined {
  if (!isRecord(value)) return undefined;
  const stamp = readStamp(value["stamp"]);
  return stamp ? { stamp } : {};
}

export function readPair(value: unknown): Pair | undefined {
  if (!isRecord(value)) return undefined;
  const { id, role, shared } = value;
  const [you, they] = [readMask(value["you"]), readMask(value["they"])];
  if (!isId(id) || (role !== 0 && role !== 1) || !you || !they) return undefined;
  if (!Array.isArray(shared) || shared.length > LIMITS.interestsMax) return undefined;
  if (!shared.every((each) => isText(each, LIMITS.interestCharsMax * 2))) return undefined;
  return { id, role, you, they, shared };
}

export function readOpen(value: unknown): OpenNotice | undefined {
  if (!isRecord(value)) return undefined;
  const { pair, epoch } = value;
  return isId(pair) && isCount(epoch) ? { pair, epoch } : undefined;
}

export function readAway(value: unknown): AwayNotice | undefined {
  if (!isRecord(value)) return undefined;
  const { pair, forMs } = value;
  if (!isId(pair) || typeof forMs !== "number" || !(forMs >= 0)) return undefined;
  return { pair, forMs: Math.min(forMs, LIMITS.strangerGraceMs) };
}

export function readEnded(value: unknown): EndedNotice | undefined {
  if (!isRecord(value)) return undefined;
  const { pair, reason } = value;
  return isId(pair) && isEnding(reason) ? { pair, reason } : undefined;
}

export function readFrameNotice(value: unknown): FrameNotice | undefined {
  if (!isRecord(value) || !isId(value["pair"])) return undefined;
  const [frame, stamp] = [readFrame(value["frame"]), readStamp(value["stamp"])];
  return frame && { pair: value["pair"], frame, ...(stamp && { stamp }) };
}

function readFrame(value: unknown): Frame | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, epoch, digest, key } = value;
  if (!isCount(epoch)) return undefined;
  switch (kind) {
    case "commit":
      return isText(digest, SHORT_MAX) ? { kind, epoch, digest } : undefined;
    case "key":
      return isText(key, SHORT_MAX) ? { kind, epoch, key } : undefined;
    case "line":
    case "ack":
    case "typing":
      return readSealed(kind, epoch, value);
    default:
      return undefined;
  }
}

function readSealed(
  kind: SealedFrame["kind"],
  epoch: number,
  { seq, box, mark }: Record,
): SealedFrame | undefined {
  if (!isCount(seq) || !isText(box, BOX_MAX)) return undefined;
  return { kind, epoch, seq, box, ...(isText(mark, SHORT_MAX) && { mark }) };
}

function readStamp(value: unknown): Stamp | undefined {
  if (!isRecord(value)) return undefined;
  const { at, mac } = value;
  return isCount(at) && isText(mac, SHORT_MAX) ? { at, mac } : undefined;
}

function readChallenge(value: unknown): Challenge | undefined {
  if (!isRecord(value)) return undefined;
  const { nonce, bits } = value;
  if (!isText(nonce, 512) || !isCount(bits) || bits > LIMITS.proofBitsMax) return undefined;
  return { nonce, bits };
}

function readMask(value: unknown): Mask | undefined {
  if (!isRecord(value)) return undefined;
  const { name, hue } = value;
  if (!isText(name, NAME_MAX) || !hasInk(name) || !isCount(hue) || hue > 359) return undefined;
  return { name, hue };
}

function isRecord(value: unknown): value is Record {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown, max: number): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= max;
}

/** The id is part of what is authenticated: it must not have a line break, for instance. */
function isId(value: unknown): value is string {
  return isText(value, ID_MAX) && /^[\w-]+$/u.test(value);
}

function isToken(value: unknown): value is string {
  return isText(value, 512);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isEnding(value: unknown): value is Ending {
  return typeof value === "string" && ENDINGS.has(value);
}

function isWait(value: unknown): value is Wait {
  return typeof value === "string" && WAITS.has(value);
}
