/** The lobby as it is kept: one record a stranger, queues as hints, all of it short-lived (port). */
import type { Role } from "#protocol/stranger.ts";

/** How a search looks for somebody. */
export interface Search {
  readonly uid: string;
  /** Fresh for each search, so that what is left of an earlier one is worth nothing. */
  readonly ticket: string;
  /** Since when they wait, in ms of Redis' clock; 0 for now. */
  readonly since: number;
  /** Id the pair gets, if it comes to one. */
  readonly pair: string;
  /** Entries looked at in each queue. */
  readonly depth: number;
  /** Whether who was met lately is better than nobody. */
  readonly mayRepeat: boolean;
  /** Digests: what both look for is told, the rest stays here. */
  readonly interests: readonly string[];
  /** To look into and to wait in, best first. */
  readonly queues: readonly string[];
}

export interface Seat {
  readonly pair: string;
  readonly role: Role;
  readonly peer: string;
  readonly peerServer: string;
  /** Digests. */
  readonly shared: readonly string[];
}

export type Found =
  | { readonly state: "waiting"; readonly since: number; readonly isMore: boolean }
  | { readonly state: "paired"; readonly seat: Seat }
  /** Redis knows nothing of this stranger any more. */
  | { readonly state: "gone" };

export type Entered =
  | { readonly state: "new" }
  /** The token is over. */
  | { readonly state: "unknown" }
  | {
      readonly state: "back";
      readonly epoch: number;
      readonly seat?: Seat;
      readonly startedAt?: number;
    };

/**
 * `alone`: the other one's record is not there, or of another chat. `superseded`: this one has come
 * back over another connection.
 */
export type Readiness =
  | { readonly state: "open" | "first"; readonly epoch: number; readonly peerEpoch: number }
  | { readonly state: "alone"; readonly epoch: number }
  | { readonly state: "ended" }
  | { readonly state: "superseded" };

/** Whom an ending depends on: it does not happen if they have come back. */
export interface Absent {
  readonly epoch: number;
  /** Their server is gone, so its last word that they are there counts for nothing. */
  readonly isServerGone: boolean;
}

export type Ended =
  | { readonly state: "ended" }
  | { readonly state: "back"; readonly peerServer: string; readonly epoch: number }
  | { readonly state: "over" };

/** What Redis holds of a stranger. */
export interface Held {
  readonly state: "idle" | "waiting" | "paired";
  readonly epoch: number;
  readonly pair: string;
}

export type Beat =
  /** Redis has lost what it knew (or is new), and starts over under this name. */
  | { readonly isSameEra: false; readonly era: string }
  /** In the order asked; `undefined` for who is not there. */
  | { readonly isSameEra: true; readonly held: readonly (Held | undefined)[] };

export interface LobbyStore {
  /** Lets somebody in. `shown` and `next` are digests of tokens. */
  enter(uid: string, shown: string | undefined, next: string): Promise<Entered>;
  search(search: Search): Promise<Found>;
  /** Stops looking; resolves to the pair they had been put in meanwhile, if so. */
  stop(uid: string, epoch: number): Promise<string | undefined>;
  /** This server hears the pair's channel. With `isAnew` both begin again, with new keys. */
  ready(uid: string, pair: string, epoch: number, isAnew: boolean): Promise<Readiness>;
  /** Their connection is lost. */
  away(uid: string, pair: string, epoch: number): Promise<void>;
  /** Ends the pair for both, once. */
  end(
    uid: string,
    pair: string,
    reason: string,
    how?: { readonly isBlock?: boolean; readonly unlessBack?: Absent },
  ): Promise<Ended>;
  /** Keeps this server and these strangers alive. */
  beat(
    era: string,
    load: { readonly waiting: number; readonly talking: number },
    uids: readonly string[],
  ): Promise<Beat>;
  /** Puts back somebody whom Redis has lost; what is there stays. */
  restore(uid: string, record: Remembered): Promise<void>;
  /** Which of these servers live. */
  living(servers: readonly string[]): Promise<readonly boolean[]>;
  /** Passes a frame on; resolves to how many servers heard it. */
  publish(pair: string, payload: string): Promise<number>;
  /** A secret all servers share under this name, made now if there is none; then forgotten. */
  secret(name: string, lifeMs: number): Promise<Buffer>;
  /** How long the last ones waited, in ms. */
  waits(): Promise<readonly number[]>;
}

/** A stranger as the server they are at remembers them. */
export interface Remembered {
  readonly token: string;
  readonly epoch: number;
  readonly seat?: Seat;
  readonly startedAt?: number;
}

/** Where this server hears of its strangers, and a pair's frames. */
export const inboxTopic = (server: string) => `{lobby}:server:${server}`;
export const pairTopic = (pair: string) => `{pair:${pair}}`;
