/**
 * Keeps one connection to `/strangers` while it is wanted, and comes back after every break with
 * full jitter.
 */
import type { Closing } from "#protocol/closings.ts";
import { mayReconnect } from "#protocol/closings.ts";
import type { CommandError } from "#protocol/errors.ts";
import { isCommandError, isPassing } from "#sdk/error.ts";
import { Timer } from "#sdk/timer.ts";
import type { StrangerBody, StrangerCommand, StrangerConnection, StrangerWorld } from "./world.ts";

export interface StrangerLinkListener {
  onOpen(): void;
  onNotice(name: string, data: unknown): void;
  /** It broke, or did not come to be; another try will follow. */
  onLost(tries: number): void;
  /** There is no use in coming back. */
  onRefused(error: CommandError): void;
}

/** An attempt that neither opens nor fails is given up after this long. */
const CONNECT_MS = 12_000;
/** A command without an answer for this long has met a dead link. */
const ANSWER_MS = 15_000;

const CLOSED: CommandError = {
  code: "bad-request",
  detail: "The server has closed the connection. Please reload the page.",
};

export class StrangerLink {
  readonly #world: StrangerWorld;
  readonly #url: string;
  readonly #listener: StrangerLinkListener;
  /** Ends an attempt, or the wait for the next one. */
  readonly #timer: Timer;
  #connection: StrangerConnection | undefined;
  #isOpen = false;
  /** Names the current attempt: whatever an earlier one still says is not heard. */
  #attempt = 0;
  readonly #unanswered = new Set<() => void>();

  constructor(world: StrangerWorld, url: string, listener: StrangerLinkListener) {
    this.#world = world;
    this.#url = url;
    this.#listener = listener;
    this.#timer = new Timer(world);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens it and keeps it open; nothing if that is already so. */
  open(): void {
    if (this.#connection !== undefined || this.#timer.isSet) return;
    this.#timer.tries = 0;
    this.#connect();
  }

  /** Ends it until `open`. */
  close(): void {
    this.#letGo();
  }

  /** What comes over it is worth nothing: begins again, after so many seconds if it is said. */
  renew(retryAfter?: number): void {
    if (this.#isOpen) this.#lost(this.#attempt, retryAfter);
  }

  /** Waiting makes no sense any more. */
  wake(): void {
    if (this.#connection === undefined && this.#timer.isSet) this.#connect();
  }

  /**
   * Gives a command. Its answer comes once; `undefined` if the link broke first. Returns false, and
   * never answers, if the link is not open.
   */
  command<Name extends StrangerCommand>(
    name: Name,
    body: StrangerBody<Name>,
    onAnswer: (answer: unknown) => void = () => {},
  ): boolean {
    if (!this.#isOpen || this.#connection === undefined) return false;
    const attempt = this.#attempt;
    const stop = this.#world.setTimer(() => this.#lost(attempt), ANSWER_MS);
    const answer = (result?: unknown) => {
      if (!this.#unanswered.delete(answer)) return;
      stop();
      onAnswer(result);
    };
    this.#unanswered.add(answer);
    this.#connection.command(name, body, answer);
    return true;
  }

  #connect(): void {
    const attempt = this.#letGo();
    const isCurrent = () => attempt === this.#attempt;
    this.#timer.set(() => this.#lost(attempt), CONNECT_MS);
    this.#connection = this.#world.connect(this.#url, {
      onOpen: () => {
        if (!isCurrent()) return;
        this.#timer.stop();
        this.#isOpen = true;
        this.#listener.onOpen();
      },
      onNotice: (name, data) => {
        if (!isCurrent()) return;
        if (name === "closing") this.#closing(data);
        else this.#listener.onNotice(name, data);
      },
      onEnd: (error) => {
        if (!isCurrent()) return;
        if (error === undefined || isPassing(error)) this.#lost(attempt, error?.retryAfter);
        else this.#refused(error);
      },
    });
  }

  /** What was said over it worked: the next break starts again with short waits. */
  steady(): void {
    this.#timer.tries = 0;
  }

  #closing(data: unknown): void {
    const { code } = (data ?? {}) as Partial<Record<keyof Closing, unknown>>;
    // With a code to come back after, the server ends the connection itself.
    if (typeof code === "number" && !mayReconnect(code)) this.#refused(CLOSED);
  }

  #lost(attempt: number, retryAfter?: number): void {
    if (attempt !== this.#attempt) return;
    this.#letGo();
    this.#timer.retry(() => this.#connect(), retryAfter);
    this.#listener.onLost(this.#timer.tries);
  }

  #refused(error: CommandError): void {
    this.#letGo();
    this.#listener.onRefused(error);
  }

  #letGo(): number {
    this.#timer.stop();
    this.#connection?.close();
    this.#connection = undefined;
    this.#isOpen = false;
    const attempt = ++this.#attempt;
    for (const giveUp of this.#unanswered) giveUp();
    return attempt;
  }
}

/** The refusal in an answer, if it is one. */
export function refusalIn(answer: unknown): CommandError | undefined {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return undefined;
  return isCommandError(answer.error) ? answer.error : undefined;
}
