/**
 * Strangers: what a page may do, whether anybody may do it just now, and who is at the door. What is
 * said passes through unread.
 */
import type {
  EnterResult,
  Frame,
  RelayResult,
  ReportCommand,
  SearchCommand,
  SearchResult,
  StrangersResult,
  Wait,
} from "#protocol/stranger.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { LobbyStore } from "./lobby-store.ts";
import type { Lobby } from "./lobby.ts";
import type { Complaints } from "./safety/complaints.ts";
import type { Door } from "./safety/door.ts";
import type { Stranger, Wire } from "./stranger.ts";

/** Where somebody comes from. */
export interface Visitor {
  readonly address: string;
}

/** Who may close the lobby: the start, until it is over; Redis, while it might keep something; the operator. */
export type Shutter = "start" | "redis" | "operator";

interface Parts {
  readonly lobby: Lobby;
  readonly door: Door;
  readonly complaints: Complaints;
  readonly store: LobbyStore;
  readonly clock: Clock;
}

/** So few have been paired lately that their waits say nothing. */
const WAITS_MIN = 5;
const WAIT_KNOWN_MS = 5_000;

export class Strangers {
  readonly #there: Parts | undefined;
  /** Why nobody can be met just now, in words for people; the first one is told. */
  readonly #shut = new Map<Shutter, string>([["start", "Strangers cannot be met yet."]]);
  #wait: { readonly wait: Wait | undefined; readonly at: number } | undefined;

  /** Without parts there is no Redis that could forget them, and nobody ever gets in. */
  constructor(parts?: Parts) {
    this.#there = parts;
  }

  /** Whether one can be met here, for everybody to see. */
  state(): StrangersResult {
    const [reason] = this.#shut.values();
    return reason === undefined ? { open: true } : { open: false, reason };
  }

  /** Lets nobody in, and nobody look, as long as one of these has a reason. */
  shut(who: Shutter, reason: string): void {
    this.#shut.set(who, reason);
  }

  open(who: Shutter): void {
    this.#shut.delete(who);
  }

  /** Ends everything at once: what is said must not go on where it might be kept. */
  async endAll(): Promise<void> {
    const lobby = this.#there?.lobby;
    if (lobby === undefined) return;
    await Promise.all([...lobby.strangers.values()].map((stranger) => lobby.dismiss(stranger)));
  }

  async enter(
    wire: Wire,
    { address }: Visitor,
    token: string | undefined,
  ): Promise<{ readonly stranger: Stranger; readonly result: EnterResult }> {
    this.#mustBeOpen();
    const { lobby, door } = this.#parts;
    const from = await door.knock(address);
    try {
      const entered = await lobby.enter(wire, from.network, token);
      door.arrived(entered.stranger, from);
      return entered;
    } catch (error) {
      door.turnedAway(from);
      throw error;
    }
  }

  async search(
    stranger: Stranger,
    { interests, language, onlyInterests, proof }: SearchCommand,
  ): Promise<SearchResult> {
    this.#mustBeOpen();
    const { lobby, door } = this.#parts;
    const pair = stranger.pairedIn()?.seat.pair;
    if (pair !== undefined) {
      door.skips(stranger);
      await lobby.leave(stranger, pair, "skipped");
    }
    const challenge = await door.search(stranger, proof);
    if (challenge !== undefined) return { state: "proof", challenge };
    // It may have been closed meanwhile.
    this.#mustBeOpen();
    const wish = { interests, language, onlyInterests: onlyInterests === true };
    await lobby.search(stranger, wish);
    const wait = await this.#usualWait();
    return { state: "waiting", ...(wait !== undefined && { wait }) };
  }

  stop(stranger: Stranger): Promise<void> {
    return this.#parts.lobby.stop(stranger);
  }

  async relay(stranger: Stranger, pair: string, frame: Frame): Promise<RelayResult> {
    const { lobby, door } = this.#parts;
    const result = await lobby.relay(stranger, pair, frame);
    door.said(stranger, frame);
    return result;
  }

  end(stranger: Stranger, pair: string, isBlock = false): Promise<void> {
    const { lobby, door } = this.#parts;
    if (stranger.pairedIn(pair) !== undefined) door.skips(stranger);
    return lobby.end(stranger, pair, isBlock);
  }

  block(stranger: Stranger, pair: string): Promise<void> {
    return this.end(stranger, pair, true);
  }

  report(stranger: Stranger, command: ReportCommand): Promise<void> {
    return this.#parts.complaints.report(stranger, command);
  }

  lost(stranger: Stranger, wire: Wire): void {
    const { lobby, door } = this.#parts;
    door.left(stranger);
    lobby.lost(stranger, wire);
  }

  get #parts(): Parts {
    if (this.#there === undefined) throw new ChatError("strangers-closed", "There is nobody here.");
    return this.#there;
  }

  #mustBeOpen(): void {
    const [reason] = this.#shut.values();
    if (reason !== undefined) throw new ChatError("strangers-closed", reason);
  }

  /** Coarse, so that it tells nobody how few there are. */
  async #usualWait(): Promise<Wait | undefined> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    if (this.#wait !== undefined && now - this.#wait.at < WAIT_KNOWN_MS) return this.#wait.wait;
    const waits = (await store.waits()).toSorted((a, b) => a - b);
    const usual = waits[Math.floor(waits.length / 2)];
    const wait = usual === undefined || waits.length < WAITS_MIN ? undefined : waitOf(usual);
    this.#wait = { wait, at: now };
    return wait;
  }
}

function waitOf(ms: number): Wait {
  if (ms < 5_000) return "under-5-s";
  return ms < 15_000 ? "under-15-s" : "longer";
}
