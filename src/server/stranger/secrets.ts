/**
 * Keyed digests with keys that all servers share and Redis forgets: of interests, so that no word
 * lies in Redis, and of marks, so that a report can be checked.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Role, Stamp } from "#protocol/stranger.ts";
import type { Clock } from "#server/core/clock.ts";
import type { LobbyStore } from "./lobby-store.ts";
import { canonicalInterest } from "./queues.ts";

const DAY_MS = 24 * 3600_000;
/** How long a key is used before Redis is asked again. */
const KNOWN_MS = 60_000;

export class Secrets {
  readonly #store: Pick<LobbyStore, "secret">;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly key: Buffer; readonly at: number }>();

  constructor(store: Pick<LobbyStore, "secret">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Digests of interests; equal for equal ones, and worth nothing a day later. */
  async interests(words: readonly string[]): Promise<readonly string[]> {
    if (words.length === 0) return [];
    const key = await this.key("interests", DAY_MS);
    return words.map((word) =>
      createHmac("sha256", key).update(canonicalInterest(word)).digest("base64url").slice(0, 16),
    );
  }

  /** The word that this mark passed here; `role` is whose line it is. */
  async stamp(pair: string, role: Role, mark: string, at = this.#seconds()): Promise<Stamp> {
    const key = await this.key(`stamps:${Math.floor((at * 1000) / DAY_MS)}`, 2 * DAY_MS);
    const mac = createHmac("sha256", key).update(`${pair} ${role} ${mark} ${at}`);
    return { at, mac: mac.digest("base64url") };
  }

  /** Whether one of our servers gave this stamp. */
  async isGenuine(pair: string, role: Role, mark: string, stamp: Stamp): Promise<boolean> {
    const age = this.#seconds() - stamp.at;
    if (age < -60 || age * 1000 > DAY_MS) return false;
    const own = await this.stamp(pair, role, mark, stamp.at);
    const [a, b] = [Buffer.from(own.mac), Buffer.from(stamp.mac)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  /**
   * A network without its address: equal for two days at most, then nobody can tell. One address of
   * version 4, or the 64 bits of version 6 that belong to one line.
   */
  async network(address: string): Promise<string> {
    const day = Math.floor(this.#clock.now() / DAY_MS);
    const key = await this.key(`networks:${day}`, 2 * DAY_MS);
    return createHmac("sha256", key).update(networkOf(address)).digest("base64url").slice(0, 22);
  }

  async key(name: string, lifeMs: number): Promise<Buffer> {
    const known = this.#known.get(name);
    const now = this.#clock.now();
    if (known !== undefined && now - known.at < KNOWN_MS) return known.key;
    const key = await this.#store.secret(name, lifeMs);
    for (const [old, { at }] of this.#known) if (now - at >= KNOWN_MS) this.#known.delete(old);
    this.#known.set(name, { key, at: now });
    return key;
  }

  /** After Redis has lost everything, and our keys with it. */
  forget(): void {
    this.#known.clear();
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

/** `203.0.113.7`, or the first half of `2001:db8:1:2::3` in full. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(?<four>[\d.]+)$/iu.exec(address)?.groups?.["four"];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = parts(head);
  const right = parts(tail);
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const all = [...left, ...Array.from({ length: gap }, () => "0"), ...right];
  return all
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(":");
}

const parts = (text = "") => text.split(":").filter(Boolean);

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
