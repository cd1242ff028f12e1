/**
 * Strangers: looks for somebody, talks with them, and comes back after every break. Needs no
 * account and knows of none. What is said lives here and nowhere else.
 */
import type { Pair, StrangerReportReason } from "#protocol/stranger.ts";
import { KlatchError, offline } from "#sdk/error.ts";
import { Listeners } from "#sdk/listeners.ts";
import { Timer } from "#sdk/timer.ts";
import { Entrance } from "./entrance.ts";
import type { Farewell } from "./entrance.ts";
import { readNotice } from "./notices.ts";
import type { StrangerNotice } from "./notices.ts";
import { refusedBy, refusedByBrowser } from "./refusals.ts";
import { Seeker } from "./seeker.ts";
import { type Ended, type Search, type StrangerState, isMeeting } from "./state.ts";
import { Talk } from "./talk/talk.ts";
import type { StrangerWorld } from "./world.ts";

export interface StrangersOptions {
  /** Address of the server, no slash at its end; empty for the page's own origin. */
  readonly url?: string;
  readonly world: StrangerWorld;
}

/** So long after its end a chat can be reported; then the connection is closed. */
const REPORT_MS = 60_000;
/** Who was found and is not there by then is not waited for. */
const OPEN_MS = 15_000;
/** How much later than promised the end of an absence may be told. */
const LATE_MS = 5_000;

export class Strangers {
  readonly #world: StrangerWorld;
  readonly #entrance: Entrance;
  readonly #seeker: Seeker;
  readonly #listeners = new Listeners<void>();
  /** Ends what lasts too long: an absence, a match that never opens, the time for a report. */
  readonly #timer: Timer;
  #state: StrangerState = { at: "idle" };
  #talk: Talk | undefined;
  readonly #unhear: () => void;

  constructor({ url = "", world }: StrangersOptions) {
    this.#world = world;
    this.#timer = new Timer(world);
    this.#entrance = new Entrance(world, url, {
      onEntered: (pair) => this.#entered(pair),
      onNotice: (name, data) => {
        const notice = readNotice(name, data);
        if (notice !== undefined) this.#hear(notice);
      },
      onLost: (tries) => this.#lost(tries),
      onRefused: (error) => this.#leave(refusedBy(error)),
    });
    this.#seeker = new Seeker({
      world,
      command: (body, onAnswer) => this.#entrance.command("search", body, onAnswer),
      onState: (state) => this.#set(state),
      onRefused: (error) => this.#leave(refusedBy(error)),
    });
    this.#unhear = world.onWake?.(() => this.#entrance.wake()) ?? (() => {});
  }

  get state(): StrangerState {
    return this.#state;
  }

  /** The chat that goes on, or has just ended. */
  get talk(): Talk | undefined {
    return this.#talk;
  }

  /** Whether commands reach the server just now. */
  get isConnected(): boolean {
    return this.#entrance.isOpen;
  }

  /** Calls `listener` whenever anything is another; the answer ends that. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Comes back to the chat that this tab was in before it was loaded again, or else is `idle`;
   * answers whether that is tried.
   */
  resume(): boolean {
    if (!this.#entrance.hasToken || !this.#isAbleToEncrypt()) return false;
    this.#set({ at: "entering", tries: 0 });
    this.#entrance.open();
    return true;
  }

  /**
   * Looks for somebody; ends a chat that goes on (`skipped`). While one waits, it changes whom one
   * looks for. The caller says with it that the person is 18 or older and has read what this is.
   */
  search(search: Search): void {
    if (!this.#isAbleToEncrypt()) return;
    this.#forgetTalk();
    this.#seeker.want(search);
    if (this.isConnected) this.#seeker.begin();
    else {
      this.#set({ at: "entering", tries: 0 });
      this.#entrance.open();
    }
  }

  /** Stops looking, and closes the connection. */
  stop(): void {
    if (this.#talk !== undefined) return this.end();
    this.#entrance.command("stop", {});
    this.#leave({ at: "idle" });
  }

  /** Ends the chat; the other one sees `left`. */
  end(): void {
    this.#sayFarewell("end", "you-left");
  }

  /** Ends the chat; one is never paired with them again, as long as both stay. */
  block(): void {
    this.#sayFarewell("block", "you-blocked");
  }

  /**
   * Reports the other one with these lines, as far as `talk.fitting` lets them; ends the chat, and
   * blocks them. Possible until a minute after the end.
   *
   * @throws KlatchError with words for the person
   */
  async report(reason: StrangerReportReason, ids: ReadonlySet<string>): Promise<void> {
    const talk = this.#talk;
    if (talk === undefined) throw new KlatchError("not-found", "There is nobody to report.");
    const body = { pair: talk.pair.id, reason, excerpt: talk.excerpt(ids) };
    await this.#entrance.ask("report", body);
    if (this.#talk === talk) this.#end(talk, "you-reported");
  }

  /** Says a line in the chat. @throws KlatchError with words for the person */
  say(text: string): void {
    if (this.#talk === undefined || !isMeeting(this.#state)) throw offline();
    this.#talk.say(text);
  }

  /** Something is in the box, or nothing any more. */
  typing(isTyping: boolean): void {
    if (this.#state.at === "talking") this.#talk?.typing(isTyping);
  }

  /** Forgets what is left of a chat that has ended, or of a refusal. */
  dismiss(): void {
    if (!isMeeting(this.#state)) this.#leave({ at: "idle" });
  }

  /** Leaves everything, for good; with `isBack` the chat goes on for who comes back by token. */
  close(isBack = false): void {
    if (!isBack) this.end();
    this.#leave({ at: "idle" });
    this.#unhear();
  }

  #isAbleToEncrypt(): boolean {
    const refused = refusedByBrowser();
    if (refused) this.#set(refused);
    return refused === undefined;
  }

  #entered(pair: Pair | undefined): void {
    if (this.#talk !== undefined && isMeeting(this.#state)) this.#comeBack(this.#talk, pair);
    else if (this.#seeker.isWanted) this.#seeker.begin();
    else if (this.#state.at !== "entering") this.#listeners.tell();
    else if (pair !== undefined) this.#meet(pair);
    else this.#leave({ at: "idle" });
  }

  /** The connection is back: is the chat still there? */
  #comeBack(talk: Talk, pair: Pair | undefined): void {
    if (pair?.id === talk.pair.id) this.#listeners.tell();
    else if (this.#state.at === "matched" && this.#seeker.isWanted) this.#searchOn();
    else this.#end(talk, "gone");
  }

  #hear(notice: StrangerNotice): void {
    if (notice.type === "matched") this.#matched(notice.data);
    else if (notice.type === "moved") {
      this.#entrance.forgetToken();
      this.#leave({ at: "moved" });
    } else if (notice.type === "searchAgain") {
      if (this.#seeker.isWanted) this.#searchOn();
    } else {
      const talk = this.#talk;
      // Only what is about the chat that goes on.
      if (talk === undefined || !isMeeting(this.#state)) return;
      if (talk.pair.id === notice.data.pair) this.#hearOf(talk, notice);
    }
  }

  #hearOf(talk: Talk, notice: Extract<StrangerNotice, { data: { pair: string } }>): void {
    switch (notice.type) {
      case "open":
        if (this.#state.at === "away") this.#timer.stop();
        return talk.open(notice.data.epoch);
      case "frame":
        return void talk.hear(notice.data);
      case "away":
        return this.#away(talk, notice.data.forMs);
      case "ended":
        // Who was found never came: that is no chat that ended.
        if (this.#state.at === "matched" && this.#seeker.isWanted) return this.#searchOn();
        return this.#end(talk, notice.data.reason);
    }
  }

  #matched(pair: Pair): void {
    if (this.#talk?.pair.id === pair.id) return;
    // One does not look any more: the news and the stop have crossed.
    if (!this.#seeker.isWanted) this.#entrance.command("end", { pair: pair.id });
    else this.#meet(pair);
  }

  #meet(pair: Pair): void {
    this.#seeker.pause();
    this.#forgetTalk();
    const talk = new Talk({
      world: this.#world,
      pair,
      relay: (frame, onAnswer) => this.#entrance.relay(pair.id, frame, onAnswer),
      onReady: () => {
        this.#timer.stop();
        // Whoever is talked to was found.
        this.#seeker.stop();
        this.#set({ at: "talking", pair });
      },
      onCheated: () => this.#sayFarewell("end", "unsafe"),
      onOutOfStep: () => this.#entrance.renew(),
      onChange: () => this.#listeners.tell(),
    });
    this.#talk = talk;
    this.#timer.set(() => this.#neverOpened(talk), OPEN_MS);
    this.#set({ at: "matched", pair });
  }

  #away(talk: Talk, forMs: number): void {
    talk.pause();
    this.#timer.set(() => this.#sayFarewell("end", "lost"), forMs + LATE_MS);
    this.#set({ at: "away", pair: talk.pair, until: this.#world.now() + forMs });
  }

  #neverOpened(talk: Talk): void {
    this.#entrance.say("end", talk.pair.id);
    if (this.#seeker.isWanted) this.#searchOn();
    else this.#end(talk, "lost");
  }

  #searchOn(): void {
    this.#forgetTalk();
    this.#seeker.begin();
  }

  #sayFarewell(name: Farewell, reason: Ended): void {
    const talk = this.#talk;
    if (talk === undefined || !isMeeting(this.#state)) return;
    this.#entrance.say(name, talk.pair.id);
    this.#end(talk, reason);
  }

  #end(talk: Talk, reason: Ended): void {
    talk.close();
    this.#seeker.stop();
    this.#timer.set(() => this.#entrance.close(), REPORT_MS);
    this.#set({ at: "ended", pair: talk.pair, reason });
  }

  #lost(tries: number): void {
    this.#seeker.pause();
    this.#talk?.pause();
    if (["searching", "proving", "entering"].includes(this.#state.at)) {
      this.#set({ at: "entering", tries });
    } else this.#listeners.tell();
  }

  #leave(state: StrangerState): void {
    this.#forgetTalk();
    this.#seeker.stop();
    this.#entrance.close();
    this.#set(state);
  }

  #forgetTalk(): void {
    this.#timer.stop();
    this.#talk?.forget();
    this.#talk = undefined;
  }

  #set(state: StrangerState): void {
    this.#state = state;
    this.#listeners.tell();
  }
}
