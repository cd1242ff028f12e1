/** What the client library needs of the world around it, so that a simulation can be that world. */
import type { Closing } from "#protocol/closings.ts";
import type { ClientToServer, ServerToClient } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";

/**
 * Clock, chance, timers and connections. Nothing in the library reaches for the real ones except
 * through this. None of the callbacks it is given may be called before the method that took them
 * has returned.
 */
export interface Environment {
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, not including, 1; unpredictable enough to make ids from. */
  random(): number;
  /** Calls `run` once, `ms` milliseconds from now, unless the answer is called first. */
  setTimer(run: () => void, ms: number): () => void;
  /** Starts one connection. It never comes back by itself. */
  connect(options: ConnectOptions, listener: ConnectionListener): Connection;
  /**
   * Calls `listener` whenever waiting makes no sense any more: the network came back, the machine
   * woke up.
   */
  onWake?(listener: () => void): () => void;
  /** HTTP requests; default: the built-in `fetch`. */
  readonly fetch?: Fetch;
}

export interface ConnectOptions {
  /** Address of the server, no slash at its end; empty for the page's own origin. */
  readonly url: string;
  /** A session token; without one the browser's cookie says who connects. */
  readonly token: string | undefined;
  /**
   * Whom this client believes to be: the server need not take it for truth, but may refuse a
   * mismatch.
   */
  readonly user: number;
}

/** One connection to the server, from the attempt to its end. */
export interface Connection {
  /**
   * Gives a command; `onAnswer` is called at most once, and not at all if the connection ends
   * first.
   */
  command<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
    onAnswer: (answer: CommandAnswer<Name>) => void,
  ): void;
  /** Ends it; nothing is heard from it afterwards. */
  close(): void;
}

/** What one hears of a connection. */
export interface ConnectionListener {
  /** It stands: commands may be given. */
  onOpen(): void;
  onEvents(events: readonly RoomEvent[]): void;
  /** What the server says beside the rooms' own order. */
  onNotice?(notice: Notice): void;
  /** The server is about to end it. */
  onClosing(why: Closing): void;
  /**
   * It is over, or never came to be; called at most once, and last. `error` if the server said why.
   */
  onEnd(error?: CommandError): void;
}

/** Something about one's rooms is another, who is online, who has read how far, who is typing. */
export type Notice = {
  readonly [Type in NoticeType]: {
    readonly type: Type;
    readonly data: Parameters<ServerToClient[Type]>[0];
  };
}[NoticeType];

export type NoticeType = Exclude<keyof ServerToClient, "events" | "closing">;

export type CommandName = keyof ClientToServer;
export type CommandBody<Name extends CommandName> = Parameters<ClientToServer[Name]>[0];
export type CommandAnswer<Name extends CommandName> = Parameters<
  Parameters<ClientToServer[Name]>[1]
>[0];

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null; getSetCookie?(): string[] };
  json(): Promise<unknown>;
}
