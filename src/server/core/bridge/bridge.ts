/**
 * The bridge: hears servers of other kinds on `MESSAGES`, and looks now and then at what none of
 * them told, or nobody heard.
 */
import { LIMITS } from "#protocol/limits.ts";
import { GENERAL } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Clock } from "#server/core/clock.ts";
import { Repeating } from "#server/core/repeating.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";
import type { Adoption } from "./adoption.ts";
import { readEnvelope } from "./envelope.ts";
import type { ForeignPresence } from "./foreign-presence.ts";
import type { StrayStore } from "./stray-store.ts";

/** Rooms in which servers of other kinds have spoken lately are looked at this often … */
const LOOK_MS = 5_000;
/** … for this long after, so many of them … */
const LATELY_MS = 10 * 60_000;
const LATELY_MAX = 1_000;
/** … and all rooms this often, by one of all servers. */
export const LOOK_AT_ALL_MS = 60_000;

interface Parts {
  readonly strays: Pick<StrayStore, "rooms" | "isTurn" | "welcomeAll">;
  readonly adoption: Pick<Adoption, "hint" | "settle" | "counts">;
  readonly presence: Pick<ForeignPresence, "start" | "heard" | "look">;
  readonly system: SystemAccess;
  readonly clock: Clock;
}

/** What the bridge has met since the start. */
export interface BridgeCounts {
  /** Messages of servers of other kinds that became Klatch's; and that their authors may not say. */
  readonly adopted: number;
  readonly refused: number;
  /** Events on the channel that could not be read, or came too fast to be. */
  readonly junk: number;
}

export class Bridge {
  readonly #parts: Parts;
  readonly #looking: Repeating;
  readonly #budget: TokenBucket;
  /** Rooms by when servers of other kinds spoke there last. */
  readonly #lately = new Map<RoomId, number>();
  #junk = 0;
  /** All rooms are to be looked at soon, whoever's turn it is: something was not heard. */
  #isBehind = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    const perSecond = LIMITS.foreignEventsPerSecond;
    this.#budget = new TokenBucket(parts.clock, perSecond, perSecond);
    this.#looking = new Repeating(parts.clock, LOOK_MS, () => this.#look());
  }

  get counts(): BridgeCounts {
    return { ...this.#parts.adoption.counts, junk: this.#junk };
  }

  /** Begins to look; call once this server hears the channel. */
  async start(): Promise<void> {
    await this.#parts.presence.start();
    this.#looking.start();
    void this.#look();
  }

  stop(): void {
    this.#looking.stop();
  }

  /** From the channel. */
  heard(payload: string): void {
    if (payload.length > LIMITS.foreignEventCharsMax || this.#budget.take() > 0) {
      this.#junk++;
      // Where to look, nobody knows: whatever is in the logs is found by looking at all.
      this.#isBehind = true;
      return;
    }
    const heard = readEnvelope(payload);
    if (heard === "klatch") return;
    const isHeard = heard !== undefined && this.#heardOf(heard.server, heard.hint);
    if (!isHeard) this.#junk++;
  }

  /** The channel is heard again after a break. */
  restored(): void {
    this.#isBehind = true;
    void this.#lookAtAll();
  }

  #heardOf(server: string, hint: Parameters<ForeignPresence["heard"]>[1]): boolean {
    const { adoption, presence, clock } = this.#parts;
    if ("room" in hint) {
      if (!adoption.hint(hint.room)) return false;
      this.#lately.delete(hint.room);
      this.#lately.set(hint.room, clock.now());
      const [oldest] = this.#lately.keys();
      if (this.#lately.size > LATELY_MAX && oldest !== undefined) this.#lately.delete(oldest);
    }
    presence.heard(server, hint).catch(() => {
      // Redis is away: the next look finds who is there.
    });
    return true;
  }

  async #look(): Promise<void> {
    const { presence, adoption, clock } = this.#parts;
    await presence.look().catch(() => {
      // Redis is away.
    });
    const now = clock.now();
    for (const [room, at] of this.#lately) {
      if (now - at > LATELY_MS) this.#lately.delete(room);
      else adoption.hint(room);
    }
    adoption.hint(GENERAL);
    await this.#lookAtAll();
  }

  /** If it is time for it. */
  async #lookAtAll(): Promise<void> {
    const { strays, adoption, system } = this.#parts;
    const wasBehind = this.#isBehind;
    this.#isBehind = false;
    try {
      const isTurn = await strays.isTurn(system, LOOK_AT_ALL_MS);
      if (!wasBehind && !isTurn) return;
      // Before anybody is welcome: what was said before they came is not unread.
      await adoption.settle(GENERAL, "deep");
      await strays.welcomeAll(system);
      for await (const room of strays.rooms(system)) await adoption.settle(room, "deep");
    } catch {
      // Redis is away, or went: then everything is to be looked at.
      this.#isBehind = true;
    }
  }
}
