/** What the strangers' part needs of the world around it, so that a test can be that world. */
import type { CommandError } from "#protocol/errors.ts";
import type { Challenge, StrangerToServer } from "#protocol/stranger.ts";
import type { Environment } from "#sdk/environment.ts";

export type StrangerCommand = keyof StrangerToServer;
export type StrangerBody<Name extends StrangerCommand> = Parameters<StrangerToServer[Name]>[0];

export interface StrangerWorld extends Pick<Environment, "now" | "random" | "setTimer" | "onWake"> {
  /**
   * Starts one connection to `/strangers` of its own, which shares nothing with any other and never
   * comes back by itself. Callbacks are not called before this has returned.
   */
  connect(url: string, listener: StrangerListener): StrangerConnection;
  /** Where the token of this tab is kept. */
  readonly keeper: TokenKeeper;
  /**
   * Finds the answer to a challenge, away from where it would hold up the page.
   *
   * @throws when `signal` is aborted
   */
  prove(
    challenge: Challenge,
    onProgress: (done: number) => void,
    signal: AbortSignal,
  ): Promise<string>;
}

export interface StrangerConnection {
  /** `onAnswer` is called at most once, with whatever came; see heard.ts. */
  command<Name extends StrangerCommand>(
    name: Name,
    body: StrangerBody<Name>,
    onAnswer: (answer: unknown) => void,
  ): void;
  close(): void;
}

export interface StrangerListener {
  onOpen(): void;
  /** Whatever the server says beside answers. */
  onNotice(name: string, data: unknown): void;
  onEnd(error?: CommandError): void;
}

/** Keeps one token, as long as the tab is open and no longer. */
export interface TokenKeeper {
  get(): string | undefined;
  set(token: string): void;
  clear(): void;
}

export class MemoryTokenKeeper implements TokenKeeper {
  #token: string | undefined;

  get(): string | undefined {
    return this.#token;
  }

  set(token: string): void {
    this.#token = token;
  }

  clear(): void {
    this.#token = undefined;
  }
}
