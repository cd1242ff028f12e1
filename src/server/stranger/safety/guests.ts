/**
 * Guests: where the strangers at this server come from, as digests, and what they still owe. It is
 * kept in memory alone, and a little longer than they stay, since one can be reported after leaving.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Stranger } from "#server/stranger/stranger.ts";
import type { Mark } from "./safety-store.ts";

export interface Guest {
  readonly network: string;
  /** Today's first; see `Bans`. */
  readonly marks: readonly [Mark, ...Mark[]];
  /** Strain that is not yet paid, and skips in it. */
  owed: number;
  skips: number;
}

/** As long as one can be reported after leaving, and a little more for the news of it. */
const REMEMBERED_MS = 90_000;

export class Guests {
  readonly #clock: Clock;
  readonly #guests = new WeakMap<Stranger, Guest>();
  readonly #byUid = new Map<string, Guest>();
  readonly #perNetwork = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one place of a network; false if all are taken. */
  take(network: string): boolean {
    const taken = this.#perNetwork.get(network) ?? 0;
    if (taken >= LIMITS.strangersPerNetworkMax) return false;
    this.#perNetwork.set(network, taken + 1);
    return true;
  }

  giveBack(network: string): void {
    const left = (this.#perNetwork.get(network) ?? 0) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
  }

  add(stranger: Stranger, from: Pick<Guest, "network" | "marks">): void {
    const guest = { ...from, owed: 0, skips: 0 };
    this.#guests.set(stranger, guest);
    this.#byUid.set(stranger.uid, guest);
  }

  of(stranger: Stranger): Guest | undefined {
    return this.#guests.get(stranger);
  }

  /** Also who has just left. */
  find(uid: string): Guest | undefined {
    return this.#byUid.get(uid);
  }

  /** What they owe, which is to be paid now. */
  bill(guest: Guest): { readonly cost: number; readonly skips: number } {
    const { owed, skips } = guest;
    guest.owed = 0;
    guest.skips = 0;
    return { cost: owed, skips };
  }

  /** Their connection is gone, and so is their place. */
  leave(stranger: Stranger): void {
    const guest = this.#guests.get(stranger);
    if (guest === undefined) return;
    this.#guests.delete(stranger);
    this.giveBack(guest.network);
    this.#clock.after(REMEMBERED_MS, () => {
      if (this.#byUid.get(stranger.uid) === guest) this.#byUid.delete(stranger.uid);
    });
  }
}
