/**
 * The way in: a connection on which one has entered, with the token that brings this tab back to
 * its chat after a break.
 */
import type { CommandError } from "#protocol/errors.ts";
import type { Frame, Pair, RelayResult } from "#protocol/stranger.ts";
import { isPassing, offline, toKlatchError } from "#sdk/error.ts";
import { readEntered, readRelayed } from "./heard.ts";
import { StrangerLink, refusalIn } from "./stranger-link.ts";
import type { StrangerBody, StrangerCommand, StrangerWorld } from "./world.ts";

export interface EntranceListener {
  /** One is in; `pair` is the chat one is still in. */
  onEntered(pair: Pair | undefined): void;
  onNotice(name: string, data: unknown): void;
  /** The connection broke, or did not come to be; another try will follow. */
  onLost(tries: number): void;
  /** There is no use in coming back. */
  onRefused(error: CommandError): void;
}

export type Farewell = "end" | "block";

export class Entrance {
  readonly #world: StrangerWorld;
  readonly #listener: EntranceListener;
  readonly #link: StrangerLink;
  #hasEntered = false;
  /** What could not be said to the server when it was meant. */
  #farewell: { readonly name: Farewell; readonly pair: string } | undefined;

  constructor(world: StrangerWorld, url: string, listener: EntranceListener) {
    this.#world = world;
    this.#listener = listener;
    this.#link = new StrangerLink(world, url, {
      onOpen: () => this.#enter(),
      onNotice: (name, data) => listener.onNotice(name, data),
      onLost: (tries) => {
        this.#hasEntered = false;
        listener.onLost(tries);
      },
      onRefused: (error) => this.#refused(error),
    });
  }

  /** Whether commands reach the server just now. */
  get isOpen(): boolean {
    return this.#link.isOpen && this.#hasEntered;
  }

  /** Whether this tab may have a chat to come back to. */
  get hasToken(): boolean {
    return this.#world.keeper.get() !== undefined;
  }

  open(): void {
    this.#link.open();
  }

  close(): void {
    this.#hasEntered = false;
    this.#farewell = undefined;
    this.#link.close();
  }

  renew(): void {
    this.#link.renew();
  }

  wake(): void {
    this.#link.wake();
  }

  /** This tab has nothing to come back to any more. */
  forgetToken(): void {
    this.#world.keeper.clear();
  }

  /** See `StrangerLink.command`; nothing is given before one has entered. */
  command<Name extends StrangerCommand>(
    name: Name,
    body: StrangerBody<Name>,
    onAnswer?: (answer: unknown) => void,
  ): boolean {
    return this.#hasEntered && this.#link.command(name, body, onAnswer);
  }

  /** Gives a command whose answer says only whether it worked. @throws KlatchError */
  ask<Name extends StrangerCommand>(name: Name, body: StrangerBody<Name>): Promise<void> {
    return new Promise((resolve, reject) => {
      const isGiven = this.command(name, body, (answer) => {
        const refusal = refusalIn(answer);
        if (refusal !== undefined) reject(toKlatchError(refusal));
        else if (answer === undefined) reject(offline());
        else resolve();
      });
      if (!isGiven) reject(offline());
    });
  }

  /** Passes a frame on to the other one; `onAnswer` with nothing if that broke off. */
  relay(
    pair: string,
    frame: Frame,
    onAnswer: (answer: RelayResult | CommandError | undefined) => void,
  ): void {
    this.command("relay", { pair, frame }, (answer) =>
      onAnswer(refusalIn(answer) ?? readRelayed(answer)),
    );
  }

  /** Ends a chat, now or as soon as the server hears; no later chat is ended by it. */
  say(name: Farewell, pair: string): void {
    if (!this.command(name, { pair })) this.#farewell = { name, pair };
  }

  #enter(): void {
    const token = this.#world.keeper.get();
    const body = { adult: true, ...(token !== undefined && { token }) } as const;
    this.#link.command("enter", body, (answer) => {
      const refusal = refusalIn(answer);
      const entered = readEntered(answer);
      if (refusal !== undefined) {
        if (isPassing(refusal)) this.#link.renew(refusal.retryAfter);
        else this.#refused(refusal);
      } else if (entered !== undefined) this.#entered(entered.token, entered.pair);
      // Without an answer the link is lost already.
      else if (answer !== undefined) this.#link.renew();
    });
  }

  #entered(token: string, pair: Pair | undefined): void {
    this.#world.keeper.set(token);
    this.#hasEntered = true;
    this.#link.steady();
    const farewell = this.#farewell;
    this.#farewell = undefined;
    const isOver = farewell !== undefined && farewell.pair === pair?.id;
    if (isOver) this.command(farewell.name, { pair: farewell.pair });
    this.#listener.onEntered(isOver ? undefined : pair);
  }

  #refused(error: CommandError): void {
    this.forgetToken();
    this.close();
    this.#listener.onRefused(error);
  }
}
