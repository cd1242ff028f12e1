/**
 * Catching up: joins a room, joins it again after every break or gap, and applies what it hears by
 * the law of order.
 */
import type { JoinResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isPassing } from "#sdk/error.ts";
import { Timer } from "#sdk/timer.ts";
import type { RoomContext } from "./room-context.ts";
import { changedAt } from "./timeline.ts";
import type { StoredEntry, Timeline } from "./timeline.ts";

/** What one frame, or one answer to a join, brought. */
export interface News {
  /** In order; what was missed is told as if it had been heard live. */
  readonly events: RoomEvent[];
  /** All messages seen, also those of a fresh page. */
  readonly messages: Message[];
  /** Lines that are new at the end. */
  readonly added: StoredEntry[];
  /** The list was replaced. */
  reset: boolean;
  /**
   * All that the room holds after this place was told. An own message that was acknowledged with a
   * later id and is not there was lost, and has to be sent again.
   */
  completeAfter?: Position | undefined;
}

export interface CatchUpListener {
  onNews(news: News): void;
  /** `stage` changed. */
  onStage(): void;
}

export type Stage =
  | { readonly at: "out" }
  /** Wanted, but there is no link. */
  | { readonly at: "cut" }
  /** Asked; what arrives meanwhile is held. */
  | { readonly at: "joining"; held: RoomEvent[] }
  /** The last try failed for a while; the next one comes by itself. */
  | { readonly at: "resting" }
  | { readonly at: "live" }
  | { readonly at: "refused"; readonly error: CommandError };

/**
 * Events held during one join; older ones go first, which leaves a gap that the next join fills.
 */
const HELD_MAX = 1_000;
/** Servers look for gaps every 25 s at the latest. */
const EXPECTED_MS = 30_000;

export class CatchUp {
  readonly #room: RoomId;
  readonly #timeline: Timeline;
  readonly #context: RoomContext;
  readonly #listener: CatchUpListener;
  #stage: Stage = { at: "out" };
  /** The last of my messages that was acknowledged, so its event has to come. */
  #expected: Position = START;
  /**
   * Joins again: after a rest, or because nothing was heard. It counts joins in a row that did not
   * lead to a room without a gap.
   */
  readonly #timer: Timer;

  constructor(room: RoomId, timeline: Timeline, context: RoomContext, listener: CatchUpListener) {
    this.#room = room;
    this.#timeline = timeline;
    this.#context = context;
    this.#timer = new Timer(context.environment);
    this.#listener = listener;
  }

  get stage(): Stage {
    return this.#stage;
  }

  join(): void {
    if (this.#stage.at !== "out" && this.#stage.at !== "refused") return;
    this.#timer.tries = 0;
    this.#ask([]);
  }

  leave(): void {
    if (this.#stage.at === "out") return;
    // Nobody waits for the answer: what still arrives is not heard any more.
    this.#context.link.command("leave", { room: this.#room }, () => undefined);
    this.#enter({ at: "out" });
  }

  /**
   * A message of mine was stored at `id`. Its event must come; where nothing does for longer than a
   * server takes to find a gap, Redis may have lost it before anyone here heard of it.
   */
  expect(id: Position): void {
    if (comparePositions(id, this.#expected) > 0) this.#expected = id;
    if (this.#stage.at === "live") this.#watch();
  }

  /** The link is open, or found to be: joins now what waits for that, or for its next try. */
  resume(): void {
    if (this.#stage.at === "cut" || this.#stage.at === "resting") this.#ask([]);
  }

  /** The link is gone. */
  lost(): void {
    if (this.#stage.at === "out" || this.#stage.at === "refused") return;
    this.#timer.tries = 0;
    this.#enter({ at: "cut" });
  }

  /** Takes in one frame of events of this room. */
  hear(events: readonly RoomEvent[]): void {
    if (this.#stage.at === "joining") {
      this.#stage.held = [...this.#stage.held, ...events].slice(-HELD_MAX);
    } else if (this.#stage.at === "live") {
      this.#live(events, noNews());
    }
  }

  /** Applies what may be applied, tells it, and asks for what is missing. */
  #live(events: readonly RoomEvent[], news: News): void {
    const live: Stage = { at: "live" };
    const wasLive = this.#stage.at === "live";
    this.#stage = live;
    const held = this.#apply(events, news);
    if (held === undefined) this.#timer.tries = 0;
    this.#timer.stop();
    this.#watch();
    // Told only now, so that whoever listens finds the whole frame applied, and lost messages
    // queued before others.
    this.#listener.onNews(news);
    if (!wasLive) this.#listener.onStage();
    if (held !== undefined && this.#stage === live) this.#askAgain(held);
  }

  /**
   * Applies events up to the first that does not fit; the answer is what the next join has to hold
   * then.
   */
  #apply(events: readonly RoomEvent[], news: News): RoomEvent[] | undefined {
    for (const [index, event] of events.entries()) {
      // What a fork means for this client, only the answer to a join can say.
      if (event.type === "fork") return events.slice(index + 1);
      const heard = this.#timeline.hear(event);
      if (heard.is === "gap") return events.slice(index);
      if (heard.is === "applied") {
        news.events.push(event);
        if (event.type === "message") news.messages.push(event.data);
        if (heard.added !== undefined) news.added.push(heard.added);
      }
    }
    return undefined;
  }

  #ask(held: RoomEvent[]): void {
    // The answer will say what became of everything acknowledged so far.
    this.#expected = START;
    const since = this.#timeline.position;
    const stage: Stage = { at: "joining", held };
    const command = { room: this.#room, ...(since && { since }) };
    const isGiven = this.#context.link.command("join", command, (answer) => {
      if (this.#stage !== stage) return;
      if (answer === undefined) this.#enter({ at: "cut" });
      else if ("error" in answer) this.#refused(answer.error);
      else this.#joined(answer, since, stage.held);
    });
    this.#enter(isGiven ? stage : { at: "cut" });
  }

  #joined(result: JoinResult, since: Position | undefined, held: readonly RoomEvent[]): void {
    const news = noNews();
    news.messages.push(...result.messages);
    this.#context.people.learn(result.people);
    // Joining for the first time brings history, not news.
    if (since !== undefined) this.#tellMissed(result, since, news);
    if (result.state === "recovered") {
      news.added.push(...this.#timeline.recover(result));
      news.completeAfter = since;
    } else {
      this.#timeline.replace(result);
      news.reset = true;
      // After a fork what lies before the page is in doubt, too; otherwise what was not heard of.
      const isWhole = result.state === "fork" || result.before === undefined;
      news.completeAfter = isWhole ? START : (since ?? result.messages[0]?.id);
    }
    this.#live(held, news);
  }

  /** Tells what was missed as events. After a break too long for that, the newest page's. */
  #tellMissed(result: JoinResult, since: Position, { events }: News): void {
    const { state, position, messages, changes = [] } = result;
    if (state === "fork") {
      events.push({ type: "fork", room: this.#room, id: position, prev: since, data: null });
    }
    const missed = [
      ...messages.map((data) => ({ type: "message", id: data.id, data }) as const),
      ...changes.map((data) => {
        const id = changedAt(data);
        const type = data.deleted === id ? "delete" : data.edited === id ? "edit" : "reaction";
        return { type, id, data } as const;
      }),
    ].sort((a, b) => comparePositions(a.id, b.id));
    let prev = since;
    for (const event of missed) {
      // Heard before; or told just now, for what changed twice may come twice.
      if (comparePositions(event.id, prev) <= 0) continue;
      events.push({ ...event, room: this.#room, prev });
      prev = event.id;
    }
  }

  #refused(error: CommandError): void {
    if (isPassing(error)) this.#rest(error.retryAfter);
    else this.#enter({ at: "refused", error });
  }

  /**
   * A gap: at once the first time, later with growing pauses, so that no flaw can make a storm of
   * joins.
   */
  #askAgain(held: RoomEvent[]): void {
    if (this.#timer.tries++ === 0) this.#ask(held);
    else this.#rest();
  }

  #rest(retryAfter?: number): void {
    this.#stage = { at: "resting" };
    this.#timer.retry(() => this.#ask([]), retryAfter);
    this.#listener.onStage();
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#timer.stop();
    this.#listener.onStage();
  }

  #watch(): void {
    const isMissing = comparePositions(this.#timeline.position ?? START, this.#expected) < 0;
    if (isMissing && !this.#timer.isSet) this.#timer.set(() => this.#ask([]), EXPECTED_MS);
  }
}

function noNews(): News {
  return { events: [], messages: [], added: [], reset: false };
}
