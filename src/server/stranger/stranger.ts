/** A stranger as the server they are at knows them: nothing of it is kept when they are gone. */
import type { Closing } from "#protocol/closings.ts";
import type { ServerToStranger } from "#protocol/stranger.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Clock } from "#server/core/clock.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";
import type { Seat } from "./lobby-store.ts";

/** The connection of a stranger. */
export interface Wire {
  readonly tell: <Name extends keyof ServerToStranger>(
    name: Name,
    notice: Parameters<ServerToStranger[Name]>[0],
  ) => void;
  /** Says why, where the page is to know, and closes the connection. */
  readonly close: (why?: Closing) => void;
}

/** What somebody looks for, in their own words. */
export interface Wish {
  readonly interests: readonly string[];
  /** Of the interests, in the same order: all that leaves this server. */
  readonly digests: readonly string[];
  readonly language: string;
  readonly onlyInterests: boolean;
}

export const NO_WISH: Wish = { interests: [], digests: [], language: "any", onlyInterests: false };

interface Idle {
  readonly kind: "idle";
}

/** Since when somebody waits; kept when a pair comes to nothing. */
export interface Place {
  /** In ms of Redis' clock, which orders the queues; 0 until it is known. */
  readonly since: number;
  /** In ms of this server's, which widens the search. */
  readonly began: number;
}

export interface Waiting {
  readonly kind: "waiting";
  wish: Wish;
  readonly ticket: string;
  place: Place;
}

export interface Paired {
  readonly kind: "paired";
  readonly seat: Seat;
  readonly startedAt: number;
  /** What they looked for: to look on, should the other one never come. */
  readonly wish: Wish;
  readonly place: Place;
  peerServer: string;
  peerEpoch: number;
  /** Whether both have been there once, and the page knows of the other one. */
  isOpened: boolean;
  /** The epoch of the last opening; -1 before the first. */
  openEpoch: number;
  /** Whether the other one's connection is lost just now. */
  isAway: boolean;
  /** When either of the two last said something. */
  heardAt: number;
}

export type State = Idle | Waiting | Paired;

const IDLE: Idle = { kind: "idle" };

export class Stranger {
  readonly uid: string;
  /** Where they come from, as the network's keyed digest; never an address. */
  readonly network: string;
  /** Digest of the token that brings them back. */
  readonly token: string;
  readonly frames: TokenBucket;
  /** Counts how often they have come back: what speaks of an earlier one is late. */
  epoch: number;
  /** Counts changes, so that an answer about an earlier moment can be told. */
  version = 0;
  /** When Redis was last told that they are there. */
  beatAt = 0;
  /** Absent while their connection is lost, since then. */
  wire: Wire | undefined;
  lostAt = 0;
  #state: State = IDLE;
  #timer: () => void = () => undefined;
  readonly #clock: Clock;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly uid: string;
    readonly network: string;
    readonly token: string;
    readonly epoch: number;
    readonly wire: Wire;
    readonly clock: Clock;
  }) {
    this.uid = parts.uid;
    this.network = parts.network;
    this.token = parts.token;
    this.epoch = parts.epoch;
    this.wire = parts.wire;
    this.#clock = parts.clock;
    this.frames = new TokenBucket(parts.clock, LIMITS.relayBurst, LIMITS.relayPerSecond);
  }

  get state(): State {
    return this.#state;
  }

  /** A new state ends whatever the one before was waiting for. */
  become(state: State): void {
    this.#timer();
    this.#state = state;
    this.version++;
  }

  idle(): void {
    this.become(IDLE);
  }

  /** The pair they are in, if it is this one; any, if none is named. */
  pairedIn(pair?: string): Paired | undefined {
    const state = this.#state;
    if (state.kind !== "paired") return undefined;
    return pair === undefined || state.seat.pair === pair ? state : undefined;
  }

  /** One thing at a time is waited for; the next one replaces it, and so does a new state. */
  after(ms: number, task: () => void): void {
    this.#timer();
    this.#timer = this.#clock.after(ms, task);
  }

  waitNoLonger(): void {
    this.#timer();
  }

  /** What changes a stranger happens one after the other. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
