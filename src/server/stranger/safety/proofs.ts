/**
 * Proof of work: challenges that any of our servers can check without having kept them, each bound
 * to one network, good for two minutes and once.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge, Proof } from "#protocol/stranger.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Throttle } from "#server/core/throttle.ts";
import type { Secrets } from "#server/stranger/secrets.ts";
import type { SafetyStore } from "./safety-store.ts";

interface Parts {
  readonly secrets: Pick<Secrets, "key">;
  readonly store: Pick<SafetyStore, "spend">;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

const KEY_MS = 24 * 3600_000;
/** All of Klatch together takes so many; a flood of proofs is as good as none. */
const ALL = { burst: LIMITS.proofBurst, everyMs: 1000 / LIMITS.proofsPerSecond } as const;

export class Proofs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async challenge(network: string, bits: number): Promise<Challenge> {
    const until = this.#parts.clock.now() + LIMITS.proofLifeMs;
    const said = `${until}.${bits}.${randomBytes(12).toString("base64url")}`;
    return { nonce: `${said}.${await this.#sign(said, network)}`, bits };
  }

  /** Whether the work was done; a second time it was not. Rejects with `busy` in a flood. */
  async isGood(network: string, { nonce, answer }: Proof): Promise<boolean> {
    const { store, throttle, clock } = this.#parts;
    const parts = SHAPE.exec(nonce)?.groups;
    if (parts === undefined) return false;
    const { said = "", until, bits, mac = "" } = parts;
    if (Number(until) <= clock.now() || zeroBits(nonce, answer) < Number(bits)) return false;
    const own = Buffer.from(await this.#sign(said, network));
    const shown = Buffer.from(mac);
    if (own.length !== shown.length || !timingSafeEqual(own, shown)) return false;
    const waitMs = await throttle.take("proofs", ALL);
    if (waitMs > 0) throw new ChatError("busy", "Very many are looking just now.", waitMs);
    return store.spend(said, LIMITS.proofLifeMs);
  }

  async #sign(said: string, network: string): Promise<string> {
    const key = await this.#parts.secrets.key("proofs", KEY_MS);
    return createHmac("sha256", key).update(`${said} ${network}`).digest("base64url");
  }
}

const SHAPE = /^(?<said>(?<until>\d{13,15})\.(?<bits>\d{1,2})\.[\w-]{16})\.(?<mac>[\w-]{43})$/u;

/** Zero bits with which the answer's digest begins. */
export function zeroBits(nonce: string, answer: string): number {
  const digest = createHash("sha256").update(`${nonce}.${answer}`).digest();
  const at = digest.findIndex((byte) => byte !== 0);
  return at === -1 ? digest.length * 8 : at * 8 + Math.clz32(digest[at] ?? 0) - 24;
}
