/** A stranger as a test plays one: a socket of their own, and all that the server tells them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import type { CommandError } from "#protocol/errors.ts";
import type {
  EnterResult,
  Frame,
  Pair,
  RelayResult,
  SearchCommand,
  SearchResult,
  ServerToStranger,
  StrangerToServer,
} from "#protocol/stranger.ts";

type Name = keyof ServerToStranger;
type Notice<N extends Name> = Parameters<ServerToStranger[N]>[0];
type Sent<N extends keyof StrangerToServer> = Parameters<StrangerToServer[N]>[0];

const PATIENCE_MS = 20_000;

export interface Told {
  readonly name: string;
  readonly notice: unknown;
  /** When, in milliseconds of this process. */
  readonly at: number;
}

export class TestStranger implements AsyncDisposable {
  readonly #socket: Socket;
  readonly told: Told[] = [];
  #read = 0;
  token = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.onAny((name: string, notice: unknown) => {
      this.told.push({ name, notice, at: performance.now() });
    });
  }

  /** Connects, each from a network of its own; resolves once the namespace has taken them. */
  static async connect(url: string, headers: Readonly<Record<string, string>> = anywhere()) {
    const socket = io(`${url}/strangers`, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      extraHeaders: headers,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    return new TestStranger(socket);
  }

  /** Connects and enters; with a token, comes back. */
  static async enter(url: string, token?: string): Promise<TestStranger> {
    const stranger = await TestStranger.connect(url);
    await stranger.enter(token);
    return stranger;
  }

  async enter(token?: string): Promise<EnterResult> {
    const result = await this.ask("enter", { adult: true, ...(token !== undefined && { token }) });
    this.token = result.token;
    return result;
  }

  search(wish: Partial<SearchCommand> = {}): Promise<SearchResult> {
    return this.ask("search", { interests: [], language: "en", ...wish });
  }

  relay(pair: string, frame: Frame): Promise<RelayResult> {
    return this.ask("relay", { pair, frame });
  }

  /** Sends a command; throws what it is refused with. */
  ask(name: "enter", input: Sent<"enter">): Promise<EnterResult>;
  ask(name: "search", input: Sent<"search">): Promise<SearchResult>;
  ask(name: "relay", input: Sent<"relay">): Promise<RelayResult>;
  ask(name: keyof StrangerToServer, input: unknown): Promise<Record<string, never>>;
  async ask(name: string, input: unknown): Promise<unknown> {
    const answer = await this.raw(name, input);
    if (typeof answer === "object" && answer !== null && "error" in answer) {
      // oxlint-disable-next-line no-unsafe-type-assertion -- because a test that is told otherwise fails anyhow
      throw new Refused(answer.error as CommandError);
    }
    return answer;
  }

  /** The answer as it comes, whatever was sent. */
  async raw(name: string, input: unknown): Promise<unknown> {
    return this.#socket.timeout(PATIENCE_MS).emitWithAck(name, input);
  }

  /** The next notice of this name that was not read before; what came before it is skipped. */
  async next<N extends Name>(name: N, withinMs = PATIENCE_MS): Promise<Notice<N>> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const at = this.told.findIndex((each, place) => place >= this.#read && each.name === name);
      if (at >= 0) {
        this.#read = at + 1;
        // oxlint-disable-next-line no-unsafe-type-assertion -- because a test that is told otherwise fails anyhow
        return this.told[at]?.notice as Notice<N>;
      }
      if (performance.now() > deadline) {
        const names = this.told.map((each) => each.name).join(" ");
        throw new Error(`Waited ${withinMs} ms in vain for "${name}"; told: ${names}`);
      }
      await sleep(5);
    }
  }

  /** Searches until both are there. */
  async meet(wish: Partial<SearchCommand> = {}): Promise<Pair> {
    const met = this.next("matched");
    await this.search(wish);
    const pair = await met;
    await this.next("open");
    return pair;
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  /** As a page that is closed. */
  disconnect(): void {
    this.#socket.disconnect();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#socket.disconnect();
    return Promise.resolve();
  }
}

/** An address that nobody has, for servers that take this machine for their proxy. */
function anywhere(): Readonly<Record<string, string>> {
  const parts = Array.from({ length: 3 }, () => 1 + Math.floor(Math.random() * 254));
  return { "X-Forwarded-For": `10.${parts.join(".")}` };
}

export class Refused extends Error {
  readonly refusal: CommandError;

  constructor(refusal: CommandError) {
    super(`${refusal.code}: ${refusal.detail}`);
    this.refusal = refusal;
  }
}

/** A line as the server sees one: sealed, so any bytes will do. */
export function sealed(seq = 0, kind: "line" | "ack" | "typing" = "line"): Frame {
  const box = Buffer.alloc(272, seq).toString("base64url");
  const mark = Buffer.alloc(32, seq).toString("base64url");
  return kind === "line" ? { kind, epoch: 0, seq, box, mark } : { kind, epoch: 0, seq, box };
}

/** Two who meet over an interest of their own, each at their own server. */
export async function meetTwo(one: string, two: string, interest: string) {
  const ada = await TestStranger.enter(one);
  const bob = await TestStranger.enter(two);
  const wish = { interests: [interest] };
  const [pair] = await Promise.all([ada.meet(wish), bob.meet(wish)]);
  const both = async () => {
    await Promise.all([ada[Symbol.asyncDispose](), bob[Symbol.asyncDispose]()]);
  };
  return { ada, bob, pair: pair.id, [Symbol.asyncDispose]: both };
}
