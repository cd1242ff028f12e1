/**
 * Seals and opens frames with AES-256-GCM: one channel for each `open`, with a ratchet for each
 * direction. What a frame is, whose, and where in the order, is authenticated with it.
 */
import type { Role, SealedFrame } from "#protocol/stranger.ts";
import { isPadded } from "#protocol/stranger-line.ts";
import { fromBase64, toBase64, utf8 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import type { Ratchet } from "./ratchet.ts";

export interface ChannelParts {
  readonly pair: string;
  readonly role: Role;
  readonly epoch: number;
  readonly sending: Ratchet;
  readonly receiving: Ratchet;
}

type Outside = Pick<SealedFrame, "kind" | "epoch" | "seq">;

/**
 * What became of a frame. `late`: it was opened before, or came after a later one. `far`: so many
 * before it are lost that only new keys help. `forged`: not what the other end sealed.
 */
export type Opened =
  | { readonly is: "genuine"; readonly plain: Bytes }
  | { readonly is: "late" | "far" | "forged" };

const FORGED: Opened = { is: "forged" };

export class SealedChannel {
  readonly #parts: ChannelParts;
  /** One frame after the other: the next one's key depends on whether this one was genuine. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  get epoch(): number {
    return this.#parts.epoch;
  }

  /** @param plain padded; overwritten by nobody, so that a line can be kept for a report */
  async seal(kind: SealedFrame["kind"], plain: Bytes, mark?: Bytes): Promise<SealedFrame> {
    const { sending, role } = this.#parts;
    // At once, so that frames have the order in which they were given.
    const { seq, key: bytes } = sending.next();
    const outside = { kind, epoch: this.epoch, seq };
    const key = await imported(bytes, "encrypt");
    const box = await crypto.subtle.encrypt(this.#algorithm(outside, role), key, plain);
    return {
      ...outside,
      box: toBase64(new Uint8Array(box)),
      ...(mark !== undefined && { mark: toBase64(mark) }),
    };
  }

  /** Opens a frame, after all that were given before it. */
  open(frame: SealedFrame): Promise<Opened> {
    const opened = this.#opening.then(() => this.#open(frame));
    this.#opening = opened;
    return opened;
  }

  /** Overwrites the keys. */
  forget(): void {
    this.#parts.sending.forget();
    this.#parts.receiving.forget();
  }

  async #open({ box, ...outside }: SealedFrame): Promise<Opened> {
    const { receiving, role, epoch } = this.#parts;
    const sealed = fromBase64(box);
    if (outside.epoch !== epoch || outside.seq < receiving.seq) return { is: "late" };
    if (sealed === undefined) return FORGED;
    const ahead = receiving.peek(outside.seq);
    if (ahead === undefined) return { is: "far" };
    const from: Role = role === 0 ? 1 : 0;
    try {
      const key = await imported(ahead.key, "decrypt");
      const opened = await crypto.subtle.decrypt(this.#algorithm(outside, from), key, sealed);
      const plain = new Uint8Array(opened);
      if (!isPadded(plain)) return FORGED;
      ahead.confirm();
      return { is: "genuine", plain };
    } catch {
      return FORGED;
    }
  }

  #algorithm({ kind, epoch, seq }: Outside, from: Role) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(4, BigInt(seq));
    const additionalData = utf8(
      ["klatch stranger frame", this.#parts.pair, from, epoch, seq, kind].join("\n"),
    );
    return { name: "AES-GCM", iv, additionalData, tagLength: 128 };
  }
}

async function imported(bytes: Bytes, use: "encrypt" | "decrypt") {
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [use]);
  bytes.fill(0);
  return key;
}
