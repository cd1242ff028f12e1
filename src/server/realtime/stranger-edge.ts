/** The Socket.IO namespace `/strangers`: needs no account, reads no cookie, knows nobody. */
import type { DefaultEventsMap, Namespace, Socket } from "socket.io";
import type { z } from "zod";
import { closing } from "#protocol/closings.ts";
import type { StrangerToServer, ServerToStranger } from "#protocol/stranger.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";
import { problemOf } from "#server/shapes/schemas.ts";
import { strangerShapes } from "#server/shapes/stranger-shapes.ts";
import type { Stranger, Wire } from "#server/stranger/stranger.ts";
import type { Strangers } from "#server/stranger/strangers.ts";
import { queueOf } from "./socket-queue.ts";
import type { SlowReaders } from "./slow-readers.ts";

export interface StrangerEdgeParts {
  readonly strangers: Strangers;
  readonly clock: Clock;
  readonly slow: SlowReaders;
  /** Where a connection comes from: its peer, and what a trusted proxy says of it. */
  readonly addressOf: (peer: string | undefined, forwarded: string | undefined) => string;
  /** An error nobody expected; never holds what the command said. */
  readonly onError: (error: unknown, command: string) => void;
}

export type StrangerSocket = Socket<
  StrangerToServer,
  ServerToStranger,
  DefaultEventsMap,
  Record<string, never>
>;
export type StrangerNamespace = Namespace<
  StrangerToServer,
  ServerToStranger,
  DefaultEventsMap,
  Record<string, never>
>;

/** Time for a last frame to leave before its socket is closed. */
const FAREWELL_MS = 200;

export class StrangerEdge {
  readonly #namespace: StrangerNamespace;

  constructor(namespace: StrangerNamespace, parts: StrangerEdgeParts) {
    this.#namespace = namespace;
    namespace.on("connection", (socket) => {
      new StrangerConnection(socket, parts).takeCommands();
    });
  }

  /** Open connections. */
  get connections(): number {
    return this.#namespace.sockets.size;
  }

  /** Tells every page to come back; its chat waits for it on another server. */
  drain(): void {
    this.#namespace.local.emit("closing", closing("restarting"));
  }
}

type NoticeOf<Name extends keyof ServerToStranger> = Parameters<ServerToStranger[Name]>[0];

/** One connection: enters once, then may do what strangers do. */
class StrangerConnection {
  readonly #socket: StrangerSocket;
  readonly #parts: StrangerEdgeParts;
  readonly #commands: TokenBucket;
  readonly #wire: Wire;
  #stranger: Stranger | undefined;
  #isEntering = false;
  #isOver = false;
  #strikes = 0;

  constructor(socket: StrangerSocket, parts: StrangerEdgeParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#commands = new TokenBucket(parts.clock, LIMITS.commandBurst, LIMITS.commandPerSecond);
    this.#wire = {
      tell: <Name extends keyof ServerToStranger>(name: Name, notice: NoticeOf<Name>) => {
        // oxlint-disable-next-line no-unsafe-type-assertion -- because the arguments of each event are one notice
        socket.emit(name, ...([notice] as Parameters<ServerToStranger[Name]>));
      },
      close: (why) => {
        this.#isOver = true;
        if (why !== undefined) socket.emit("closing", why);
        parts.clock.after(FAREWELL_MS, () => socket.disconnect(true));
      },
    };
  }

  takeCommands(): void {
    const { slow, strangers, clock } = this.#parts;
    const unwatch = slow.watch(queueOf(this.#socket.conn));
    const impatient = clock.after(LIMITS.handshakeMs, () => {
      if (this.#stranger === undefined) this.#socket.disconnect(true);
    });
    this.#socket.on("disconnect", () => {
      this.#isOver = true;
      unwatch();
      impatient();
      if (this.#stranger !== undefined) strangers.lost(this.#stranger, this.#wire);
    });
    this.#socket.onAny((name: string, ...args: readonly unknown[]) => {
      void this.#take(name, args);
    });
  }

  async #take(name: string, args: readonly unknown[]): Promise<void> {
    if (this.#isOver) return;
    const ack = args.at(-1);
    if (typeof ack !== "function") {
      this.#strike();
      return;
    }
    let answer: unknown;
    let isMistake = false;
    try {
      answer = await this.#run(name, args.length > 1 ? args[0] : undefined);
    } catch (error) {
      isMistake = error instanceof ChatError && error.code === "bad-request";
      answer = { error: this.#known(error, name).toWire() };
    }
    // oxlint-disable-next-line no-unsafe-call -- because Socket.IO made this function, and takes any value
    ack(answer);
    if (isMistake) this.#strike();
  }

  #run(name: string, input: unknown): Promise<unknown> {
    const waitMs = this.#commands.take();
    if (waitMs > 0) throw new ChatError("too-many-requests", "Too many commands.", waitMs);
    if (name === "enter") return this.#enter(read(strangerShapes.enter, input));
    const { strangers } = this.#parts;
    const stranger = this.#stranger;
    if (stranger === undefined) throw new ChatError("bad-request", "Enter first.");
    switch (name) {
      case "search":
        return strangers.search(stranger, read(strangerShapes.search, input));
      case "stop":
        return empty(strangers.stop(stranger));
      case "relay": {
        const { pair, frame } = read(strangerShapes.relay, input);
        return strangers.relay(stranger, pair, frame);
      }
      case "end":
        return empty(strangers.end(stranger, read(strangerShapes.end, input).pair));
      case "block":
        return empty(strangers.block(stranger, read(strangerShapes.block, input).pair));
      case "report":
        return empty(strangers.report(stranger, read(strangerShapes.report, input)));
      default:
        throw new ChatError("bad-request", "There is no such command.");
    }
  }

  async #enter({ token }: z.output<typeof strangerShapes.enter>): Promise<unknown> {
    if (this.#isEntering) throw new ChatError("bad-request", "You have entered already.");
    this.#isEntering = true;
    const { strangers, addressOf } = this.#parts;
    const { headers, socket } = this.#socket.conn.request;
    const forwarded = headers["x-forwarded-for"];
    try {
      const said = typeof forwarded === "string" ? forwarded : undefined;
      const from = { address: addressOf(socket.remoteAddress, said) };
      const { stranger, result } = await strangers.enter(this.#wire, from, token);
      this.#stranger = stranger;
      // It may have closed meanwhile, and nobody else would say so.
      if (!this.#socket.connected) strangers.lost(stranger, this.#wire);
      return result;
    } catch (error) {
      this.#isEntering = false;
      throw error;
    }
  }

  #strike(): void {
    if (++this.#strikes >= LIMITS.strikesMax && !this.#isOver) {
      this.#wire.close(closing("too-many-mistakes"));
    }
  }

  #known(error: unknown, command: string): ChatError {
    if (error instanceof ChatError) return error;
    this.#parts.onError(error, command);
    return new ChatError("internal", "Something went wrong here. Please try again later.");
  }
}

function read<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new ChatError("bad-request", problemOf(parsed.error));
  return parsed.data;
}

async function empty(done: Promise<void>): Promise<Record<string, never>> {
  await done;
  return {};
}
