/**
 * The lobby: who is at this server, what they look for, and what the scripts tell of them. The truth
 * lies in one record a stranger; what is here follows it.
 */
import { randomBytes } from "node:crypto";
import type { Ending, EnterResult, RelayResult, Frame } from "#protocol/stranger.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import type { LobbyStore, Seat } from "./lobby-store.ts";
import { Pairs, asSeen } from "./pairs.ts";
import { nextStageIn, queuesOf, stageAt } from "./queues.ts";
import { Secrets, digestOf } from "./secrets.ts";
import type { Place, Wire, Wish } from "./stranger.ts";
import { NO_WISH, Stranger } from "./stranger.ts";

/** Entries looked at in each queue; and a second later, if all of those were of no use. */
const DEPTH = 32;
const SECOND_DEPTH = 256;
const SECOND_LOOK_MS = 1_000;

interface Parts {
  readonly serverId: string;
  readonly store: LobbyStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

export class Lobby {
  readonly #parts: Parts;
  readonly #strangers = new Map<string, Stranger>();
  readonly pairs: Pairs;
  readonly secrets: Secrets;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.secrets = new Secrets(parts.store, parts.clock);
    const lookOn = (stranger: Stranger, wish: Wish, place: Place) => {
      this.#later(stranger, () => this.#wait(stranger, wish, place));
    };
    this.pairs = new Pairs({ ...parts, secrets: this.secrets, lookOn });
  }

  get strangers(): ReadonlyMap<string, Stranger> {
    return this.#strangers;
  }

  /** Lets somebody in; with the token of a tab, back to where they were. */
  async enter(
    wire: Wire,
    network: string,
    token: string | undefined,
  ): Promise<{ readonly stranger: Stranger; readonly result: EnterResult }> {
    const { store, clock } = this.#parts;
    const secret = randomId(32);
    const next = digestOf(secret);
    const shown = readToken(token);
    let uid = shown.uid ?? randomId(16);
    const digest = shown.secret === undefined ? undefined : digestOf(shown.secret);
    let entered = await store.enter(uid, digest, next);
    if (entered.state === "unknown") {
      uid = randomId(16);
      entered = await store.enter(uid, undefined, next);
    }
    const back = entered.state === "back" ? entered : undefined;
    const parts = { uid, network, token: next, epoch: back?.epoch ?? 0, wire, clock };
    const stranger = new Stranger(parts);
    this.#replace(stranger);
    const answer = { token: `${uid}.${secret}` };
    if (back?.seat === undefined) return { stranger, result: answer };
    const { seat, startedAt = 0 } = back;
    this.#later(stranger, () =>
      this.pairs.settle(stranger, seat, { wish: NO_WISH, place: NOWHERE, startedAt }),
    );
    return { stranger, result: { ...answer, pair: asSeen({ seat, wish: NO_WISH }) } };
  }

  /** Looks for somebody; whoever is in a chat leaves it first. */
  search(stranger: Stranger, words: Omit<Wish, "digests">): Promise<void> {
    return stranger.inTurn(async () => {
      const paired = stranger.pairedIn();
      if (paired !== undefined) await this.pairs.end(stranger, paired.seat.pair, "skipped");
      const { state } = stranger;
      const place = state.kind === "waiting" ? state.place : this.#newPlace();
      await this.#wait(stranger, { ...words, digests: [] }, place);
    });
  }

  stop(stranger: Stranger): Promise<void> {
    return stranger.inTurn(async () => {
      if (stranger.state.kind !== "waiting") return;
      stranger.idle();
      await this.#stopLooking(stranger);
    });
  }

  end(stranger: Stranger, pair: string, isBlock: boolean): Promise<void> {
    return this.leave(stranger, pair, "left", isBlock);
  }

  /** Ends a chat, if they are in it. */
  leave(stranger: Stranger, pair: string, reason: Ending, isBlock = false): Promise<void> {
    return stranger.inTurn(() => this.pairs.end(stranger, pair, reason, isBlock));
  }

  /** The service ends for them: out of a chat, or out of the queue. */
  dismiss(stranger: Stranger): Promise<void> {
    return stranger.inTurn(async () => {
      const { state, wire } = stranger;
      if (state.kind === "waiting") {
        stranger.idle();
        await this.#stopLooking(stranger);
        wire?.tell("searchAgain", {});
      } else if (state.kind === "paired") {
        const { pair } = state.seat;
        // They are told whether or not Redis answers; who has not seen the other one knows of no chat.
        if (state.isOpened) wire?.tell("ended", { pair, reason: "restarting" });
        else wire?.tell("searchAgain", {});
        await this.pairs.end(stranger, pair, "restarting");
      }
    });
  }

  relay(stranger: Stranger, pair: string, frame: Frame): Promise<RelayResult> {
    return this.pairs.relay(stranger, pair, frame);
  }

  /** The connection is lost; whoever is in a chat has a while to come back. */
  lost(stranger: Stranger, wire: Wire): void {
    if (stranger.wire !== wire) return;
    stranger.wire = undefined;
    stranger.lostAt = this.#parts.clock.now();
    this.#later(stranger, async () => {
      const { store } = this.#parts;
      const paired = stranger.pairedIn();
      if (paired?.isOpened === true) {
        await store.away(stranger.uid, paired.seat.pair, stranger.epoch);
        return;
      }
      if (paired !== undefined) {
        // The other one has not seen them yet, and looks on.
        this.pairs.drop(stranger);
        await store.end(stranger.uid, paired.seat.pair, "no-show");
      }
      this.forget(stranger);
      await this.#stopLooking(stranger);
    });
  }

  /** Resolves when everything under way is done. */
  async settled(): Promise<void> {
    const turns = [...this.#strangers.values()].map((each) => each.inTurn(() => Promise.resolve()));
    await Promise.all(turns);
  }

  /** What a script tells of one of ours; see their calls of `tell`. */
  told(news: string): void {
    const [what, uid = "", pair = "", ...rest] = news.split(" ");
    const stranger = this.#strangers.get(uid);
    if (stranger === undefined) return;
    if (what === "superseded") this.#superseded(stranger, Number(pair));
    else if (what === "matched") this.#matched(stranger, pair, rest);
    else if (what === "open") {
      const [epoch, server = "", peerEpoch] = rest;
      const peer = { server, epoch: Number(peerEpoch), isServerGone: false };
      this.pairs.opened(stranger, pair, Number(epoch), peer);
    } else if (what === "away") this.pairs.missing(stranger, pair, false, Number(rest[0]));
    else if (what === "ended") this.pairs.over(stranger, pair, rest[0] ?? "");
  }

  /** They are not at this server any more. */
  forget(stranger: Stranger): void {
    if (this.#strangers.get(stranger.uid) === stranger) this.#strangers.delete(stranger.uid);
    this.pairs.drop(stranger);
  }

  /** Looks again, where a record says something else than is known here. */
  look(stranger: Stranger): void {
    this.#later(stranger, () => this.#look(stranger, DEPTH));
  }

  /** Does something in a stranger's turn that nobody waits for. */
  #later(stranger: Stranger, task: () => Promise<unknown>): void {
    stranger.inTurn(task).catch((error: unknown) => {
      this.#parts.onError(error, "stranger");
    });
  }

  #replace(stranger: Stranger): void {
    const before = this.#strangers.get(stranger.uid);
    if (before !== undefined) this.#moved(before);
    this.#strangers.set(stranger.uid, stranger);
  }

  #moved(stranger: Stranger): void {
    const { wire } = stranger;
    stranger.wire = undefined;
    this.forget(stranger);
    wire?.tell("moved", {});
    wire?.close();
  }

  #superseded(stranger: Stranger, epoch: number): void {
    if (stranger.epoch < epoch) this.#moved(stranger);
  }

  #matched(
    stranger: Stranger,
    pair: string,
    [role, peer = "", peerServer = "", shared = ""]: readonly string[],
  ) {
    const seat: Seat = {
      pair,
      role: role === "0" ? 0 : 1,
      peer,
      peerServer,
      shared: shared.split(",").filter(Boolean),
    };
    this.#later(stranger, () => this.#sit(stranger, seat));
  }

  async #sit(stranger: Stranger, seat: Seat): Promise<void> {
    const { state } = stranger;
    if (state.kind === "waiting") await this.pairs.settle(stranger, seat, state);
  }

  async #wait(stranger: Stranger, wish: Wish, place: Place): Promise<void> {
    if (stranger.wire === undefined) return;
    stranger.become({ kind: "waiting", wish, ticket: randomId(9), place });
    await this.#look(stranger, DEPTH);
  }

  async #look(stranger: Stranger, depth: number): Promise<void> {
    const { state } = stranger;
    if (state.kind !== "waiting") return;
    const { ticket, place } = state;
    // Each time, since the key of the digests may be another one now.
    const wish = { ...state.wish, digests: await this.secrets.interests(state.wish.interests) };
    const waitedMs = Math.max(0, this.#parts.clock.now() - place.began);
    const stage = stageAt(waitedMs);
    const found = await this.#parts.store.search({
      uid: stranger.uid,
      ticket,
      since: place.since,
      pair: randomId(16),
      depth,
      mayRepeat: stage === 2,
      interests: wish.digests,
      queues: queuesOf(wish, wish.digests, stage),
    });
    if (found.state === "paired") return this.pairs.settle(stranger, found.seat, { wish, place });
    state.wish = wish;
    if (found.state === "gone") {
      await this.#parts.store.restore(stranger.uid, stranger);
      this.#again(stranger, SECOND_LOOK_MS, DEPTH);
      return;
    }
    state.place = { ...place, since: found.since };
    if (found.isMore && depth === DEPTH) this.#again(stranger, SECOND_LOOK_MS, SECOND_DEPTH);
    else this.#again(stranger, nextStageIn(waitedMs), DEPTH);
  }

  #again(stranger: Stranger, inMs: number | undefined, depth: number): void {
    if (inMs === undefined) return;
    stranger.after(inMs, () => {
      this.#later(stranger, () => this.#look(stranger, depth));
    });
  }

  /** Who is paired in the moment in which they stop was never seen: the other one looks on. */
  async #stopLooking(stranger: Stranger): Promise<void> {
    const { store } = this.#parts;
    const pair = await store.stop(stranger.uid, stranger.epoch);
    if (pair !== undefined) await store.end(stranger.uid, pair, "no-show");
  }

  #newPlace(): Place {
    return { since: 0, began: this.#parts.clock.now() };
  }
}

const NOWHERE: Place = { since: 0, began: 0 };

const randomId = (bytes: number) => randomBytes(bytes).toString("base64url");

/** `<uid>.<secret>`; anything else is nobody's. */
function readToken(token: string | undefined): { readonly uid?: string; readonly secret?: string } {
  return /^(?<uid>[\w-]{22})\.(?<secret>[\w-]{43})$/u.exec(token ?? "")?.groups ?? {};
}
