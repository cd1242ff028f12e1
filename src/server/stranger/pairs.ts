/**
 * Pairs: both servers hear the pair's channel before either page sees "open"; frames pass through
 * unread; whoever loses the other one is told how, and waits for them a while.
 */
import type { Ending, Frame, Pair, RelayResult, Stamp } from "#protocol/stranger.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import type { Absent, LobbyStore, Readiness, Seat } from "./lobby-store.ts";
import { pairTopic } from "./lobby-store.ts";
import { maskedAs } from "./names.ts";
import type { Secrets } from "./secrets.ts";
import type { Paired, Place, Stranger, Wish } from "./stranger.ts";

/** The other side must be there this soon, or both look on. */
const SHOW_UP_MS = 3_000;

interface Parts {
  readonly serverId: string;
  readonly store: LobbyStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** The other one never came: look on, with one's place in the queue. */
  readonly lookOn: (stranger: Stranger, wish: Wish, place: Place) => void;
  readonly onError: (error: unknown, where: string) => void;
}

/** What travels over a pair's channel. */
interface Passed {
  readonly from: 0 | 1;
  readonly frame: Frame;
  readonly stamp?: Stamp;
}

export class Pairs {
  readonly #parts: Parts;
  /** Who is here, of each pair: one or both. */
  readonly #here = new Map<string, Set<Stranger>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes a seat and says so as soon as this server hears the channel. Call in the stranger's turn. */
  async settle(
    stranger: Stranger,
    seat: Seat,
    was: { readonly wish: Wish; readonly place: Place; readonly startedAt?: number },
  ): Promise<void> {
    const now = this.#parts.clock.now();
    stranger.become({
      kind: "paired",
      seat,
      startedAt: was.startedAt ?? now,
      wish: was.wish,
      place: was.place,
      peerServer: seat.peerServer,
      peerEpoch: 0,
      isOpened: was.startedAt !== undefined,
      openEpoch: -1,
      isAway: false,
      heardAt: now,
    });
    await this.#hear(stranger, seat.pair);
    await this.ready(stranger, false);
  }

  /** Says that this side is there; with `isAnew` both begin again, since frames may have been missed. */
  async ready(stranger: Stranger, isAnew: boolean): Promise<void> {
    const paired = stranger.pairedIn();
    if (paired === undefined || stranger.wire === undefined) return;
    const { pair } = paired.seat;
    const { isOpened, openEpoch } = paired;
    const readiness = await this.#parts.store.ready(stranger.uid, pair, stranger.epoch, isAnew);
    if (readiness.state === "ended") this.over(stranger, pair, "lost");
    if (readiness.state === "ended" || readiness.state === "superseded") return;
    stranger.epoch = readiness.epoch;
    // It may have ended, or opened, before the answer came.
    if (stranger.pairedIn(pair) !== paired || paired.openEpoch !== openEpoch) return;
    if (readiness.state === "first" && !isOpened) this.#awaitShow(stranger, pair, readiness);
    // Both were away, and this one is the first who is back.
    if (readiness.state === "first" && isOpened) {
      this.missing(stranger, pair, false, readiness.peerEpoch);
    }
    // Redis had lost both, and the other one's server has not put them back yet.
    if (readiness.state === "alone") this.#awaitReturn(stranger, pair, "restarting");
  }

  /** Both are there. */
  opened(stranger: Stranger, pair: string, epoch: number, peer: Absent & { server: string }): void {
    const paired = stranger.pairedIn(pair);
    if (paired === undefined) return;
    paired.peerServer = peer.server;
    paired.peerEpoch = peer.epoch;
    paired.heardAt = this.#parts.clock.now();
    paired.openEpoch = epoch;
    paired.isAway = false;
    this.#watchIdle(stranger, pair);
    if (!paired.isOpened) {
      paired.isOpened = true;
      stranger.wire?.tell("matched", asSeen(paired));
    }
    stranger.wire?.tell("open", { pair, epoch });
  }

  /** Passes a frame to the other one, unread. */
  async relay(stranger: Stranger, pair: string, frame: Frame): Promise<RelayResult> {
    const paired = stranger.pairedIn(pair);
    if (paired?.isOpened !== true) throw new ChatError("not-found", "This chat is over.");
    const waitMs = stranger.frames.take();
    if (waitMs > 0) throw new ChatError("too-many-requests", "That is too fast.", waitMs);
    const from = paired.seat.role;
    const mark = "mark" in frame ? frame.mark : undefined;
    const stamp =
      mark === undefined ? {} : { stamp: await this.#parts.secrets.stamp(pair, from, mark) };
    if ("mark" in frame) paired.heardAt = this.#parts.clock.now();
    const passed: Passed = { from, frame, ...stamp };
    const heard = await this.#parts.store.publish(pair, JSON.stringify(passed));
    const isNear = paired.peerServer === this.#parts.serverId;
    if (heard < (isNear ? 1 : 2)) this.missing(stranger, pair, true);
    return stamp;
  }

  /** A frame came over the channel. */
  heard(pair: string, payload: string): void {
    const here = this.#here.get(pair);
    if (here === undefined) return;
    // oxlint-disable-next-line no-unsafe-type-assertion -- because only our servers publish here
    const { from, frame, stamp } = JSON.parse(payload) as Passed;
    for (const stranger of here) {
      const paired = stranger.pairedIn(pair);
      if (paired === undefined || paired.seat.role === from) continue;
      if (frame.kind === "line") paired.heardAt = this.#parts.clock.now();
      stranger.wire?.tell("frame", { pair, frame, ...(stamp && { stamp }) });
    }
  }

  /** The other one's connection, or their whole server, is lost. */
  missing(stranger: Stranger, pair: string, isServerGone: boolean, epoch?: number): void {
    const paired = stranger.pairedIn(pair);
    if (paired === undefined) return;
    if (epoch !== undefined) {
      // Late news of an earlier connection.
      if (epoch < paired.peerEpoch) return;
      paired.peerEpoch = epoch;
    }
    if (paired.isAway) return;
    paired.isAway = true;
    stranger.wire?.tell("away", { pair, forMs: LIMITS.strangerGraceMs });
    this.#awaitReturn(stranger, pair, "lost", isServerGone);
  }

  /** Ends a chat. Call in the stranger's turn. */
  async end(stranger: Stranger, pair: string, reason: Ending, isBlock = false): Promise<void> {
    if (stranger.pairedIn(pair) === undefined) return;
    this.#leave(stranger, pair);
    stranger.idle();
    await this.#parts.store.end(stranger.uid, pair, reason, { isBlock });
  }

  /** A chat has ended; the page is told, or, had it never seen it, looks on. */
  over(stranger: Stranger, pair: string, reason: string): void {
    const paired = stranger.pairedIn(pair);
    if (paired === undefined) return;
    this.#leave(stranger, pair);
    stranger.idle();
    if (!paired.isOpened) this.#parts.lookOn(stranger, paired.wish, paired.place);
    else stranger.wire?.tell("ended", { pair, reason: endingOf(reason) });
  }

  /** Forgets a stranger who is gone from this server, but not from their chat. */
  drop(stranger: Stranger): void {
    const paired = stranger.pairedIn();
    if (paired !== undefined) this.#leave(stranger, paired.seat.pair);
    stranger.idle();
  }

  async #hear(stranger: Stranger, pair: string): Promise<void> {
    const here = this.#here.get(pair);
    if (here === undefined) this.#here.set(pair, new Set([stranger]));
    else here.add(stranger);
    await this.#parts.bus.subscribe(pairTopic(pair));
  }

  #leave(stranger: Stranger, pair: string): void {
    const here = this.#here.get(pair);
    if (here?.delete(stranger) !== true || here.size > 0) return;
    this.#here.delete(pair);
    this.#parts.bus.unsubscribe(pairTopic(pair)).catch(() => {
      // The link is down; it comes back without what is not wanted any more.
    });
  }

  /** The one who was promised does not come: both look on, and keep their place. */
  #awaitShow(
    stranger: Stranger,
    pair: string,
    readiness: Extract<Readiness, { peerEpoch: number }>,
  ) {
    stranger.after(SHOW_UP_MS, () => {
      this.#inTurn(stranger, async () => {
        const unlessBack = { epoch: readiness.peerEpoch, isServerGone: false };
        const ended = await this.#parts.store.end(stranger.uid, pair, "no-show", { unlessBack });
        if (ended.state === "back") await this.ready(stranger, false);
        else this.over(stranger, pair, "no-show");
      });
    });
  }

  #awaitReturn(stranger: Stranger, pair: string, reason: Ending, isServerGone = false): void {
    stranger.after(LIMITS.strangerGraceMs, () => {
      this.#inTurn(stranger, async () => {
        const paired = stranger.pairedIn(pair);
        if (paired === undefined) return;
        const unlessBack = { epoch: paired.peerEpoch, isServerGone };
        const ended = await this.#parts.store.end(stranger.uid, pair, reason, { unlessBack });
        if (ended.state === "back") await this.ready(stranger, false);
        else this.over(stranger, pair, reason);
      });
    });
  }

  /** A chat in which nothing is said ends, and so does one that has lasted as long as one may. */
  #watchIdle(stranger: Stranger, pair: string): void {
    const paired = stranger.pairedIn(pair);
    if (paired === undefined) return;
    const { clock } = this.#parts;
    const endsAt = Math.min(
      paired.heardAt + LIMITS.strangerIdleMs,
      paired.startedAt + LIMITS.strangerChatMs,
    );
    stranger.after(Math.max(0, endsAt - clock.now()), () => {
      const isOver =
        clock.now() >= paired.startedAt + LIMITS.strangerChatMs ||
        clock.now() >= paired.heardAt + LIMITS.strangerIdleMs;
      if (!isOver) this.#watchIdle(stranger, pair);
      else {
        this.#inTurn(stranger, async () => {
          if (stranger.pairedIn(pair) === undefined) return;
          await this.#parts.store.end(stranger.uid, pair, "timed-out");
          this.over(stranger, pair, "timed-out");
        });
      }
    });
  }

  #inTurn(stranger: Stranger, task: () => Promise<void>): void {
    stranger.inTurn(task).catch((error: unknown) => {
      this.#parts.onError(error, "pair");
    });
  }
}

/** The pair as its page sees it: of the other one nothing but the mask, and what both look for. */
export function asSeen({ seat, wish }: Pick<Paired, "seat" | "wish">): Pair {
  const shared = wish.interests.filter((_, at) => seat.shared.includes(wish.digests[at] ?? ""));
  return { id: seat.pair, role: seat.role, ...maskedAs(seat.pair, seat.role), shared };
}

const ENDINGS: ReadonlySet<string> = new Set<Ending>([
  "left",
  "skipped",
  "lost",
  "timed-out",
  "reported",
  "restarting",
]);

function endingOf(reason: string): Ending {
  // oxlint-disable-next-line no-unsafe-type-assertion -- because the set holds endings alone
  return ENDINGS.has(reason) ? (reason as Ending) : "lost";
}
