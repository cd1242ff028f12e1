/**
 * The link: keeps one connection to the server open, comes back after every break, and says how it
 * stands.
 */
import type { Closing, FinalReason } from "#protocol/closings.ts";
import { finalReason } from "#protocol/closings.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type {
  CommandAnswer,
  CommandBody,
  CommandName,
  ConnectOptions,
  Connection,
  Environment,
} from "./environment.ts";
import { retryDelayMs } from "./retry.ts";

/** How the link to the server stands. */
export type LinkState =
  /** `connect()` was not called yet, or `close()` was. */
  | { readonly at: "idle" }
  /** `tries`: failed attempts so far. */
  | { readonly at: "connecting"; readonly tries: number }
  | { readonly at: "open" }
  /** `retryAt`: when the next attempt starts, in milliseconds since 1970. */
  | { readonly at: "waiting"; readonly tries: number; readonly retryAt: number }
  /** It will not come back by itself; call `connect()` once the cause is gone. */
  | { readonly at: "closed"; readonly why: ClosedWhy };

export type ClosedWhy = "not-signed-in" | FinalReason;

/** What the rest of the client hears of the link. */
export interface LinkListener {
  /** Finds out who connects; the link goes on once `done` is called. May call it at once. */
  identify(done: (who: Identified) => void): void;
  onOpen(): void;
  /** An open link was lost. */
  onLost(): void;
  onEvents(events: readonly RoomEvent[]): void;
  onState(): void;
}

export type Identified =
  | { readonly is: "known"; readonly options: ConnectOptions }
  | { readonly is: "not-signed-in" }
  | { readonly is: "unknown"; readonly retryAfter?: number };

/** An attempt that neither opens nor fails is given up after this long. */
const CONNECT_MS = 12_000;
/** A command that gets no answer for this long has met a dead link. */
const ANSWER_MS = 20_000;
/** The same for the question that checks a link after a wake-up. */
const PROBE_MS = 5_000;
/** A link that held this long was a good one: the next break starts again with short waits. */
const STEADY_MS = 5_000;

export class Link {
  readonly #environment: Environment;
  readonly #listener: LinkListener;
  #state: LinkState = { at: "idle" };
  /** Names the current attempt: whatever an earlier one still says is not heard. */
  #attempt = 0;
  #tries = 0;
  /** Stops the timer of the attempt, or of the wait for the next one. */
  #stopTimer: (() => void) | undefined;
  #connection: Connection | undefined;
  #openedAt = 0;
  /** One for each unanswered command: tells its giver that no answer will come. */
  #unanswered = new Set<() => void>();
  /** Whom the current connection belongs to. */
  #user = 0;
  #isProbing = false;

  constructor(environment: Environment, listener: LinkListener) {
    this.#environment = environment;
    this.#listener = listener;
  }

  get state(): LinkState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.at === "open";
  }

  /** Opens it and keeps it open; nothing if that is already so. */
  connect(): void {
    const { at } = this.#state;
    if (at !== "idle" && at !== "closed") return;
    this.#tries = 0;
    this.#connect();
  }

  /** Ends it, for good or until `connect`. */
  close(): void {
    if (this.#state.at !== "idle") this.#leave({ at: "idle" });
  }

  /** Stops waiting. An open link is checked: it may have died while the machine slept. */
  wake(): void {
    if (this.#state.at === "waiting") this.#connect();
    else if (this.isOpen) this.#probe();
  }

  /**
   * Gives a command. Its answer comes once; it is `undefined` if the link broke first, and then
   * nobody knows whether the command was carried out. Returns false, and never answers, if the link
   * is not open.
   */
  command<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
    onAnswer: (answer: CommandAnswer<Name> | undefined) => void,
  ): boolean {
    return this.#command(name, body, { onAnswer, waitMs: ANSWER_MS });
  }

  #command<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
    { onAnswer, waitMs }: Pending<Name>,
  ): boolean {
    if (!this.isOpen || this.#connection === undefined) return false;
    const attempt = this.#attempt;
    const unanswered = this.#unanswered;
    const stop = this.#environment.setTimer(() => this.#ended(attempt), waitMs);
    const answer = (result: CommandAnswer<Name> | undefined) => {
      if (!unanswered.delete(giveUp)) return;
      stop();
      onAnswer(result);
    };
    const giveUp = () => answer(undefined);
    unanswered.add(giveUp);
    this.#connection.command(name, body, answer);
    return true;
  }

  #probe(): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const onAnswer = () => {
      this.#isProbing = false;
    };
    this.#command("people", { ids: [this.#user] }, { onAnswer, waitMs: PROBE_MS });
  }

  #connect(): void {
    const attempt = ++this.#attempt;
    this.#stopTimer?.();
    this.#stopTimer = this.#environment.setTimer(() => this.#ended(attempt), CONNECT_MS);
    this.#set({ at: "connecting", tries: this.#tries });
    this.#listener.identify((who) => {
      if (attempt !== this.#attempt) return;
      if (who.is === "known") this.#dial(who.options);
      else if (who.is === "unknown") this.#retry(who.retryAfter);
      else this.#leave({ at: "closed", why: "not-signed-in" });
    });
  }

  #dial(options: ConnectOptions): void {
    const attempt = this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    this.#user = options.user;
    this.#connection = this.#environment.connect(options, {
      onOpen: () => {
        if (isCurrent()) this.#opened();
      },
      onEvents: (events) => {
        if (isCurrent()) this.#listener.onEvents(events);
      },
      onClosing: (why) => {
        if (isCurrent()) this.#closing(why);
      },
      onEnd: (error) => this.#ended(attempt, error),
    });
  }

  #opened(): void {
    const attempt = this.#attempt;
    this.#stopTimer?.();
    this.#openedAt = this.#environment.now();
    this.#set({ at: "open" });
    // Whoever was told of it may have closed it again.
    if (attempt === this.#attempt) this.#listener.onOpen();
  }

  #closing(why: Closing): void {
    // With `reconnect` the server ends the link itself, after the answers it still owes.
    const final = finalReason(why);
    if (final !== undefined) this.#leave({ at: "closed", why: final });
  }

  /** The connection of this attempt is no more; come back unless that is pointless. */
  #ended(attempt: number, error?: CommandError): void {
    if (attempt !== this.#attempt) return;
    if (error?.code === "not-signed-in") this.#leave({ at: "closed", why: "not-signed-in" });
    else this.#retry(error?.retryAfter);
  }

  #retry(retryAfter?: number): void {
    const environment = this.#environment;
    const now = environment.now();
    const wasSteady = this.isOpen && now - this.#openedAt >= STEADY_MS;
    const tries = wasSteady ? 0 : this.#tries + 1;
    this.#tries = tries;
    const delay = retryDelayMs(tries, environment.random(), retryAfter);
    this.#leave({ at: "waiting", tries, retryAt: now + delay }, delay);
  }

  /** Lets go of the connection, if there is one, and of everything that hung on it. */
  #leave(next: LinkState, comeBackInMs?: number): void {
    const wasOpen = this.isOpen;
    const attempt = ++this.#attempt;
    this.#isProbing = false;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (comeBackInMs !== undefined) {
      this.#stopTimer = this.#environment.setTimer(() => this.#connect(), comeBackInMs);
    }
    this.#connection?.close();
    this.#connection = undefined;
    this.#state = next;
    if (wasOpen) {
      const unanswered = this.#unanswered;
      this.#unanswered = new Set();
      for (const giveUp of unanswered) giveUp();
      this.#listener.onLost();
    }
    // Whoever was told of the loss may have acted already.
    if (attempt === this.#attempt) this.#set(next);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#listener.onState();
  }
}

interface Pending<Name extends CommandName> {
  readonly onAnswer: (answer: CommandAnswer<Name> | undefined) => void;
  readonly waitMs: number;
}
