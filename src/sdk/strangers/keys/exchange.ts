/**
 * The exchange of keys at each `open`: role 0 commits itself to its key, role 1 shows its own, role
 * 0 shows what it is committed to. So neither end, nor anybody between them, can choose a key to
 * fit the other one's.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Frame, Role } from "#protocol/stranger.ts";
import { concat, fromBase64, isSame, toBase64, utf8 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import { CHAIN_BYTES, Ratchet } from "./ratchet.ts";
import { safetyPhrase } from "./safety-phrase.ts";
import { SealedChannel } from "./sealed-channel.ts";

export type ExchangeFrame = Extract<Frame, { readonly kind: "commit" | "key" }>;

export interface ExchangeParts {
  /** The pair's id. */
  readonly pair: string;
  readonly role: Role;
  readonly epoch: number;
}

/** Both have each other's key. */
export interface Agreed {
  readonly channel: SealedChannel;
  /** Four words, the same at both ends unless somebody sits between them. */
  readonly phrase: readonly string[];
}

/** What a step brings: frames to pass on, and at the end the channel. `cheated`: end the chat. */
export interface Step {
  readonly say: readonly ExchangeFrame[];
  readonly agreed?: Agreed;
  readonly cheated?: true;
}

/** A P-256 public key, not compressed: 4, then x and y. */
export const KEY_BYTES = 65;
const DIGEST_BYTES = 32;
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const NOTHING: Step = { say: [] };
const CHEATED: Step = { say: [], cheated: true };

export class Exchange {
  readonly #parts: ExchangeParts;
  /** The public half of the own pair. */
  readonly #shown: Bytes;
  /** Uses the private half; gone as soon as that is done. */
  #secretWith: SecretWith | undefined;
  /** Role 1: what the other one is committed to. */
  #digest: Bytes | undefined;
  #their: Bytes | undefined;

  private constructor(parts: ExchangeParts, shown: Bytes, secretWith: SecretWith) {
    this.#parts = parts;
    this.#shown = shown;
    this.#secretWith = secretWith;
  }

  /** Makes a fresh pair of keys, whose private half nothing can read. */
  static async begin(parts: ExchangeParts): Promise<Exchange> {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    const shown = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    return new Exchange(parts, shown, (their) => secretOf(privateKey, their));
  }

  /** What to say now, or again when it may have been lost. */
  opening(): readonly ExchangeFrame[] {
    const { role, epoch } = this.#parts;
    const key: ExchangeFrame = { kind: "key", epoch, key: toBase64(this.#shown) };
    if (role === 1) return this.#digest === undefined ? [] : [key];
    if (this.#their !== undefined) return [key];
    return [{ kind: "commit", epoch, digest: toBase64(sha256(this.#shown)) }];
  }

  /** Takes what the other end said. Repetitions change nothing and are answered again. */
  hear(frame: ExchangeFrame): Promise<Step> {
    if (frame.epoch !== this.#parts.epoch) return Promise.resolve(NOTHING);
    return frame.kind === "commit"
      ? Promise.resolve(this.#hearCommit(frame.digest))
      : this.#hearKey(frame.key);
  }

  #hearCommit(text: string): Step {
    const digest = fromBase64(text);
    // Role 0 commits itself; to hear it from the other end is its own echo, or a forgery.
    if (this.#parts.role === 0 || digest?.length !== DIGEST_BYTES) return CHEATED;
    if (this.#digest !== undefined && !isSame(this.#digest, digest)) return CHEATED;
    this.#digest = digest;
    return { say: this.opening() };
  }

  async #hearKey(text: string): Promise<Step> {
    const { role } = this.#parts;
    const their = fromBase64(text);
    if (their?.length !== KEY_BYTES || isSame(their, this.#shown)) return CHEATED;
    if (this.#their !== undefined) {
      // Ours was lost, or theirs came twice.
      return isSame(this.#their, their) ? { say: role === 0 ? this.opening() : [] } : CHEATED;
    }
    if (role === 1) {
      if (this.#digest === undefined) return CHEATED;
      if (!isSame(sha256(their), this.#digest)) return CHEATED;
    }
    this.#their = their;
    const secret = await this.#secretWith?.(their);
    this.#secretWith = undefined;
    if (secret === undefined) return CHEATED;
    return { say: role === 0 ? this.opening() : [], agreed: this.#agree(their, secret) };
  }

  #agree(their: Bytes, secret: Bytes): Agreed {
    const { pair, role, epoch } = this.#parts;
    const [key0, key1] = role === 0 ? [this.#shown, their] : [their, this.#shown];
    const salt = fromBase64(pair) ?? utf8(pair);
    const info = (use: string) => concat(utf8(`klatch strangers ${use} ${epoch}\n`), key0, key1);
    const chain = (from: Role) =>
      new Ratchet(hkdf(sha256, secret, salt, info(`from ${from}`), CHAIN_BYTES));
    const chains = { 0: chain(0), 1: chain(1) };
    const other: Role = role === 0 ? 1 : 0;
    secret.fill(0);
    const channel = new SealedChannel({
      ...this.#parts,
      sending: chains[role],
      receiving: chains[other],
    });
    return { channel, phrase: safetyPhrase({ pair, epoch, key0, key1 }) };
  }
}

/** The shared secret; `undefined` if that is no key of this curve. */
type SecretWith = (their: Bytes) => Promise<Bytes | undefined>;

/** WebCrypto refuses what is not a point of the curve; the curve has no points of small order. */
async function secretOf(own: CryptoKey, their: Bytes): Promise<Bytes | undefined> {
  try {
    const key = await crypto.subtle.importKey("raw", their, CURVE, false, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ ...CURVE, public: key }, own, 256));
  } catch {
    return undefined;
  }
}
