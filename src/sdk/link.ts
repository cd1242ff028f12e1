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
  Notice,
} from "./environment.ts";
import { offline, toKlatchError } from "./error.ts";
import type { KlatchError } from "./error.ts";
import { retryDelayMs } from "./retry.ts";
import { Timer } from "./timer.ts";

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
  /** Finds out who connects, then calls one of these two; it may do so at once. */
  identify(dial: (options: ConnectOptions) => void, fail: (error?: Failure) => void): void;
  onOpen(): void;
  /** An open link was lost. */
  onLost(): void;
  onEvents(events: readonly RoomEvent[]): void;
  onNotice(notice: Notice): void;
  onState(): void;
}

/** Why an attempt failed, or a connection ended, as far as the link cares. */
export interface Failure {
  readonly code: KlatchError["code"];
  readonly retryAfter?: number | undefined;
}

/** An attempt that neither opens nor fails is given up after this long. */
const CONNECT_MS = 12_000;
/** A wake-up replaces an attempt this old. A younger one gets this long: no storm of attempts. */
const FRESH_MS = 2_000;
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
  /** Ends the attempt, or the wait for the next one, or the open link that it probes. */
  readonly #timer: Timer;
  #connection: Connection | undefined;
  /** When the attempt began, or the link opened. */
  #since = 0;
  /** One for each unanswered command: called with nothing, it says that no answer will come. */
  readonly #unanswered = new Set<() => void>();
  /** Whom the current connection belongs to. */
  #user = 0;

  constructor(environment: Environment, listener: LinkListener) {
    this.#environment = environment;
    this.#timer = new Timer(environment);
    this.#listener = listener;
  }

  get state(): LinkState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.at === "open";
  }

  /** Whether it is open, or will be as soon as may be. */
  get isWanted(): boolean {
    return this.#state.at !== "idle" && this.#state.at !== "closed";
  }

  /** Opens it and keeps it open; nothing if that is already so. */
  connect(): void {
    if (this.isWanted) return;
    this.#tries = 0;
    this.#connect();
  }

  /** Ends it, for good or until `connect`. */
  close(): void {
    if (this.#state.at !== "idle") this.#leave({ at: "idle" });
  }

  /**
   * Stops waiting. An attempt may be lost in a network that was gone: a fresh one takes its place.
   * An open link is checked: it may have died while the machine slept.
   */
  wake(): void {
    const { at } = this.#state;
    if (at === "waiting") this.#connect();
    else if (at === "connecting") {
      const isFresh = this.#environment.now() - this.#since < FRESH_MS;
      this.#timer.set(() => this.#connect(), isFresh ? FRESH_MS : 0);
    } else if (at === "open") this.#probe();
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
    if (!this.isOpen || this.#connection === undefined) return false;
    const attempt = this.#attempt;
    const stop = this.#environment.setTimer(() => this.#ended(attempt), ANSWER_MS);
    const answer = (result?: CommandAnswer<Name>) => {
      if (!this.#unanswered.delete(answer)) return;
      stop();
      onAnswer(result);
    };
    this.#unanswered.add(answer);
    this.#connection.command(name, body, answer);
    return true;
  }

  /**
   * Gives a command; resolves to its result.
   *
   * @throws KlatchError `offline` if its fate is unknown or the link is not open, or the refusal
   */
  ask<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
  ): Promise<Exclude<CommandAnswer<Name>, { readonly error: CommandError }>> {
    return new Promise((resolve, reject) => {
      const isGiven = this.command(name, body, (answer) => {
        if (answer === undefined) reject(offline());
        else if ("error" in answer) reject(toKlatchError(answer.error));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is no error
        else resolve(answer as Exclude<typeof answer, { readonly error: CommandError }>);
      });
      if (!isGiven) reject(offline());
    });
  }

  /** Asks something that every server answers at once; without the answer the link is dead. */
  #probe(): void {
    if (this.#timer.isSet) return;
    const attempt = this.#attempt;
    this.#timer.set(() => this.#ended(attempt), PROBE_MS);
    this.command("people", { ids: [this.#user] }, (answer) => {
      if (answer !== undefined) this.#timer.stop();
    });
  }

  #connect(): void {
    const attempt = this.#letGo();
    this.#since = this.#environment.now();
    this.#timer.set(() => this.#ended(attempt), CONNECT_MS);
    this.#set({ at: "connecting", tries: this.#tries });
    this.#listener.identify(
      (options) => {
        if (attempt === this.#attempt) this.#dial(options);
      },
      (error) => this.#ended(attempt, error),
    );
  }

  #dial(options: ConnectOptions): void {
    const attempt = this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    this.#user = options.user;
    this.#connection = this.#environment.connect(options, {
      onOpen: () => {
        if (isCurrent()) this.#opened();
      },
      onEvents: (events) => isCurrent() && this.#listener.onEvents(events),
      onNotice: (notice) => isCurrent() && this.#listener.onNotice(notice),
      onClosing: (why) => {
        if (isCurrent()) this.#closing(why);
      },
      onEnd: (error) => this.#ended(attempt, error),
    });
  }

  #opened(): void {
    const attempt = this.#attempt;
    this.#timer.stop();
    this.#since = this.#environment.now();
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
  #ended(attempt: number, error?: Failure): void {
    if (attempt !== this.#attempt) return;
    if (error?.code === "not-signed-in") this.#leave({ at: "closed", why: "not-signed-in" });
    else this.#retry(error?.retryAfter);
  }

  #retry(retryAfter?: number): void {
    const now = this.#environment.now();
    const wasSteady = this.isOpen && now - this.#since >= STEADY_MS;
    const tries = wasSteady ? 0 : this.#tries + 1;
    this.#tries = tries;
    const delay = retryDelayMs(tries, this.#environment.random(), retryAfter);
    this.#leave({ at: "waiting", tries, retryAt: now + delay });
  }

  /** Ends the attempt or the connection, if there is one, and tells everyone whose it was. */
  #leave(next: LinkState): void {
    const wasOpen = this.isOpen;
    const attempt = this.#letGo();
    this.#state = next;
    if (next.at === "waiting") {
      this.#timer.set(() => this.#connect(), next.retryAt - this.#environment.now());
    }
    if (wasOpen) {
      for (const giveUp of this.#unanswered) giveUp();
      this.#listener.onLost();
    }
    // Whoever was told of the loss may have acted already.
    if (attempt === this.#attempt) this.#set(next);
  }

  /** Nothing is heard any more of what was; the answer names what comes instead. */
  #letGo(): number {
    this.#timer.stop();
    this.#connection?.close();
    this.#connection = undefined;
    return ++this.#attempt;
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#listener.onState();
  }
}
