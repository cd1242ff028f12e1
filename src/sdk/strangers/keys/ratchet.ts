/**
 * The ratchet of one direction: each frame has a key of its own, made from a chain that then moves
 * on and is overwritten. Who takes hold of the chain later cannot open what was sealed before.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { LIMITS } from "#protocol/limits.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";

const FRAME_KEY = Uint8Array.of(1);
const NEXT_CHAIN = Uint8Array.of(2);

/** Bytes of a chain, and of the key of a frame. */
export const CHAIN_BYTES = 32;

export class Ratchet {
  #chain: Bytes;
  #seq = 0;

  /** @param chain belongs to the ratchet from now on, which overwrites it */
  constructor(chain: Bytes) {
    this.#chain = chain;
  }

  /** The number of the next frame. */
  get seq(): number {
    return this.#seq;
  }

  /** The key of the next frame, once. */
  next(): { readonly seq: number; readonly key: Bytes } {
    if (this.#seq === Number.MAX_SAFE_INTEGER) throw new Error("This chain is forgotten.");
    const seq = this.#seq++;
    const key = derive(this.#chain, FRAME_KEY);
    this.#replace(derive(this.#chain, NEXT_CHAIN));
    return { seq, key };
  }

  /**
   * The key of frame `seq` if it is this one or a later one, never an earlier one. Nothing is
   * forgotten before `confirm`: a forged frame must not move the chain.
   */
  peek(seq: number): Ahead | undefined {
    const skipped = seq - this.#seq;
    if (!Number.isInteger(skipped) || skipped < 0 || skipped > LIMITS.lostFramesMax) {
      return undefined;
    }
    let chain: Bytes = this.#chain.slice();
    for (let n = 0; n < skipped; n++) chain = replaced(chain, derive(chain, NEXT_CHAIN));
    const key = derive(chain, FRAME_KEY);
    const next = replaced(chain, derive(chain, NEXT_CHAIN));
    const confirm = () => {
      // Forgotten meanwhile: nothing of it may come back.
      if (this.#seq > seq) {
        next.fill(0);
        return;
      }
      this.#replace(next);
      this.#seq = seq + 1;
    };
    return { key, confirm };
  }

  /** Overwrites what is left: nothing can be sealed or opened any more. */
  forget(): void {
    this.#chain.fill(0);
    this.#seq = Number.MAX_SAFE_INTEGER;
  }

  #replace(next: Bytes): void {
    this.#chain = replaced(this.#chain, next);
  }
}

/** A key ahead of the chain. */
export interface Ahead {
  readonly key: Bytes;
  /** The frame was genuine: the chain moves behind it. */
  readonly confirm: () => void;
}

function replaced(old: Bytes, next: Bytes): Bytes {
  old.fill(0);
  return next;
}

function derive(chain: Bytes, label: Uint8Array): Bytes {
  return hmac(sha256, chain, label);
}
