/**
 * Catching up: joins a room, joins it again after every break or gap, and applies what it hears by
 * the law of order.
 */
import type { JoinResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment } from "#sdk/environment.ts";
import { isPassing } from "#sdk/error.ts";
import type { Link } from "#sdk/link.ts";
import { retryDelayMs } from "#sdk/retry.ts";
import type { StoredEntry, Timeline } from "./timeline.ts";

/** What one frame, or one answer to a join, brought. */
export interface News {
  /** In order; what was missed is told as if it had been heard live. */
  readonly events: RoomEvent[];
  /** All messages seen, also those of a fresh page. */
  readonly messages: Message[];
  readonly people: Person[];
  /** Lines that are new at the end. */
  readonly added: StoredEntry[];
  /** The list was replaced. */
  reset: boolean;
  /**
   * All that the room holds after this place was told. An own message that was acknowledged with a
   * later id and is not there was lost, and has to be sent again.
   */
  completeAfter: Position | undefined;
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
  | { readonly at: "resting"; readonly stop: () => void }
  | { readonly at: "live" }
  | { readonly at: "refused"; readonly error: CommandError };

/**
 * Events held during one join; older ones go first, which leaves a gap that the next join fills.
 */
const HELD_MAX = 1_000;
/** Servers look for gaps every 25 s at the latest. */
const EXPECTED_MS = 30_000;

export interface CatchUpOptions {
  readonly room: RoomId;
  readonly timeline: Timeline;
  readonly link: Link;
  readonly environment: Environment;
  readonly listener: CatchUpListener;
}

export class CatchUp {
  readonly #options: CatchUpOptions;
  #stage: Stage = { at: "out" };
  /** Joins in a row that did not lead to a room without a gap. */
  #tries = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  get stage(): Stage {
    return this.#stage;
  }

  join(): void {
    if (this.#stage.at !== "out" && this.#stage.at !== "refused") return;
    this.#tries = 0;
    this.#ask([]);
  }

  leave(): void {
    if (this.#stage.at === "out") return;
    // Nobody waits for the answer: what still arrives is not heard any more.
    this.#options.link.command("leave", { room: this.#options.room }, () => undefined);
    this.#enter({ at: "out" });
  }

  /**
   * A message of mine was stored at `id`. Its event must come; where none does for longer than a
   * server takes to find a gap, Redis may have lost it before anyone here heard of it.
   */
  expect(id: Position): void {
    this.#options.environment.setTimer(() => {
      const { position } = this.#options.timeline;
      if (this.#stage.at !== "live" || position === undefined) return;
      if (comparePositions(position, id) < 0) this.#ask([]);
    }, EXPECTED_MS);
  }

  /** There is a link again. */
  opened(): void {
    if (this.#stage.at === "cut") this.#ask([]);
  }

  /** The link is gone. */
  lost(): void {
    if (this.#stage.at === "out" || this.#stage.at === "refused") return;
    this.#tries = 0;
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
    if (held === undefined) this.#tries = 0;
    // Told only now, so that whoever listens finds the whole frame applied, and lost messages
    // queued before others.
    this.#options.listener.onNews(news);
    if (!wasLive) this.#options.listener.onStage();
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
      const heard = this.#options.timeline.hear(event);
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
    const since = this.#options.timeline.position;
    const stage: Stage = { at: "joining", held };
    const command =
      since === undefined ? { room: this.#options.room } : { room: this.#options.room, since };
    const isGiven = this.#options.link.command("join", command, (answer) => {
      if (this.#stage !== stage) return;
      if (answer === undefined) this.#enter({ at: "cut" });
      else if ("error" in answer) this.#refused(answer.error);
      else this.#joined(answer, since, stage.held);
    });
    this.#enter(isGiven ? stage : { at: "cut" });
  }

  #joined(result: JoinResult, since: Position | undefined, held: readonly RoomEvent[]): void {
    const news = noNews();
    news.people.push(...result.people);
    this.#take(result, since, news);
    this.#live(held, news);
  }

  #take(result: JoinResult, since: Position | undefined, news: News): void {
    news.messages.push(...result.messages);
    if (result.state === "fork" && since !== undefined) {
      const { position } = result;
      news.events.push({
        type: "fork",
        room: this.#options.room,
        id: position,
        prev: since,
        data: null,
      });
    }
    // Joining for the first time brings history, not news.
    if (since !== undefined) this.#tellMissed(result, since, news);
    if (result.state === "recovered" && since !== undefined) {
      news.added.push(...this.#options.timeline.recover(result));
      news.completeAfter = since;
    } else {
      this.#options.timeline.replace(result);
      news.reset = true;
      // After a fork what lies before the page is in doubt, too; otherwise what was not heard of.
      const isWhole = result.state === "fork" || result.before === undefined;
      news.completeAfter = isWhole ? START : (since ?? result.messages[0]?.id);
    }
  }

  /** Tells missed messages as events. After a break too long for that, those of the newest page. */
  #tellMissed(result: JoinResult, since: Position, news: News): void {
    let prev = since;
    for (const message of result.messages) {
      if (comparePositions(message.id, since) <= 0) continue;
      const { id } = message;
      news.events.push({ type: "message", room: this.#options.room, id, prev, data: message });
      prev = id;
    }
    for (const data of result.changes ?? []) {
      const type = data.deleted === undefined ? "edit" : "delete";
      const id = data.deleted ?? data.edited ?? data.id;
      news.events.push({ type, room: this.#options.room, id, prev, data });
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
    if (this.#tries++ === 0) this.#ask(held);
    else this.#rest();
  }

  #rest(retryAfter?: number): void {
    const delay = retryDelayMs(++this.#tries, this.#options.environment.random(), retryAfter);
    const stop = this.#options.environment.setTimer(() => this.#ask([]), delay);
    this.#enter({ at: "resting", stop });
  }

  #enter(stage: Stage): void {
    if (this.#stage.at === "resting") this.#stage.stop();
    this.#stage = stage;
    this.#options.listener.onStage();
  }
}

function noNews(): News {
  return {
    events: [],
    messages: [],
    people: [],
    added: [],
    reset: false,
    completeAfter: undefined,
  };
}
