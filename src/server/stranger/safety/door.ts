/** The door: who may enter and who may search, and what that costs them just now. */
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge, Frame, Proof } from "#protocol/stranger.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Throttle } from "#server/core/throttle.ts";
import type { Secrets } from "#server/stranger/secrets.ts";
import type { Stranger } from "#server/stranger/stranger.ts";
import { Bans, momentOf } from "./bans.ts";
import type { Guest } from "./guests.ts";
import { Guests } from "./guests.ts";
import { Proofs } from "./proofs.ts";
import type { SafetyStore } from "./safety-store.ts";
import { SEARCH_COST, lineCost, proofBits, skipCost } from "./strain.ts";

export interface DoorParts {
  readonly secrets: Secrets;
  readonly store: SafetyStore;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

/** Where somebody comes from, before they are a stranger. */
export type Origin = Pick<Guest, "network" | "marks">;

const ENTERING = {
  burst: LIMITS.strangerEnterBurst,
  everyMs: 60_000 / LIMITS.strangerEntersPerMinute,
} as const;

export class Door {
  readonly #parts: DoorParts;
  readonly #bans: Bans;
  readonly #proofs: Proofs;
  readonly guests: Guests;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#bans = new Bans(parts);
    this.#proofs = new Proofs(parts);
    this.guests = new Guests(parts.clock);
  }

  /** Whoever may enter has a place then, which `arrived` or `turnedAway` settles. */
  async knock(address: string): Promise<Origin> {
    const { secrets, throttle } = this.#parts;
    const network = await secrets.network(address);
    if (!this.guests.take(network)) throw tooMany("Too many people of your network are here.");
    try {
      const waitMs = await throttle.take(`enters:${network}`, ENTERING);
      if (waitMs > 0) throw tooMany("Too many people of your network come at once.", waitMs);
      const marks = await this.#bans.marks(address);
      await this.#bans.mustNotBe(marks);
      return { network, marks };
    } catch (error) {
      this.guests.giveBack(network);
      throw error;
    }
  }

  arrived(stranger: Stranger, from: Origin): void {
    this.guests.add(stranger, from);
  }

  turnedAway({ network }: Origin): void {
    this.guests.giveBack(network);
  }

  /** Lets somebody search, asks for work first, or refuses. */
  async search(stranger: Stranger, proof: Proof | undefined): Promise<Challenge | undefined> {
    const guest = this.guests.of(stranger);
    if (guest === undefined) throw new ChatError("bad-request", "Enter first.");
    await this.#bans.mustNotBe(guest.marks);
    // Who waits already only says it in other words.
    if (stranger.state.kind === "waiting") return undefined;
    const { network } = guest;
    const hasWorked = proof !== undefined && (await this.#proofs.isGood(network, proof));
    const { cost, skips } = this.guests.bill(guest);
    const due = cost + (hasWorked ? 0 : SEARCH_COST);
    const strain = await this.#parts.store.strain(stranger.uid, network, due, skips);
    if (strain.waitMs > 0) throw this.#paused(strain.waitMs);
    const bits = proofBits(strain);
    return bits === 0 || hasWorked ? undefined : this.#proofs.challenge(network, bits);
  }

  /** A line was passed on; it is paid for at the next search. */
  said(stranger: Stranger, frame: Frame): void {
    const guest = this.guests.of(stranger);
    if (guest !== undefined) guest.owed += lineCost(frame);
  }

  /** They are about to end the chat they are in. */
  skips(stranger: Stranger): void {
    const guest = this.guests.of(stranger);
    const lastedMs = this.#lastedMs(stranger);
    if (guest === undefined || lastedMs === undefined) return;
    guest.owed += skipCost(lastedMs);
    guest.skips++;
  }

  /** The connection is gone: what is owed is paid at once, and leaving early is no cheaper. */
  left(stranger: Stranger): void {
    const guest = this.guests.of(stranger);
    if (guest === undefined) return;
    const lastedMs = this.#lastedMs(stranger);
    if (lastedMs !== undefined) guest.owed += skipCost(lastedMs);
    const { cost, skips } = this.guests.bill(guest);
    this.guests.leave(stranger);
    if (cost === 0) return;
    const { store, onError } = this.#parts;
    store.strain(stranger.uid, guest.network, cost, skips).catch((error: unknown) => {
      onError(error, "strain");
    });
  }

  #lastedMs(stranger: Stranger): number | undefined {
    const paired = stranger.pairedIn();
    if (paired?.isOpened !== true) return undefined;
    return this.#parts.clock.now() - paired.startedAt;
  }

  #paused(waitMs: number): ChatError {
    const until = this.#parts.clock.now() + waitMs;
    const minutes = Math.ceil(waitMs / 60_000);
    const words =
      "From here too many chats were ended too quickly, or people were reported, so there is a pause of " +
      `${minutes} minute${minutes === 1 ? "" : "s"}, until ${momentOf(until)}.`;
    return new ChatError("strangers-banned", words, waitMs, Math.ceil(until / 1000));
  }
}

function tooMany(words: string, waitMs = 60_000): ChatError {
  return new ChatError("too-many-requests", `${words} Please try again later.`, waitMs);
}
