/**
 * The Socket.IO edge: WebSocket only, and the namespace `/chat`; with the tutorial's contract also polling,
 * and the namespace `/`.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Server as Engine } from "engine.io";
import type { Namespace, Socket } from "socket.io";
import { Server } from "socket.io";
import type { Closing } from "#protocol/closings.ts";
import { closing } from "#protocol/closings.ts";
import type { CommandError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Accounts, Session } from "#server/core/people/accounts.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import { isAllowed } from "#server/core/people/scopes.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import type { RoomWatch } from "#server/core/rooms/room-watch.ts";
import type { Typing } from "#server/core/rooms/typing.ts";
import type { SessionWatch } from "#server/core/people/session-watch.ts";
import { Broadcast } from "./broadcast.ts";
import type { ChatNamespace, ChatSocket } from "./chat-socket.ts";
import { listenerOf, roomListenerOf } from "./chat-socket.ts";
import type { Command } from "./commands.ts";
import { createCommands } from "./commands.ts";
import { Connection } from "./connection.ts";
import type { Gate } from "./handshake.ts";
import { admitUpgrade, identify, refusal } from "./handshake.ts";
import type { PeopleParts } from "./people-told.ts";
import { tellOfPeople } from "./people-told.ts";
import type { PollingGate } from "./polling.ts";
import { Polling } from "./polling.ts";
import type { SlowReaders } from "./slow-readers.ts";
import { queueOf } from "./socket-queue.ts";
import type { StrangerNamespace } from "./stranger-edge.ts";

export interface SocketParts extends PeopleParts {
  readonly accounts: Accounts;
  readonly chat: Chat;
  readonly marks: Marks;
  readonly reads: Reads;
  readonly hub: Hub;
  readonly watch: SessionWatch;
  readonly typing: Typing;
  readonly attendance: Attendance;
  readonly roomWatch: RoomWatch;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly slow: SlowReaders;
  /** With it there are polling and the namespace `/`, for the tutorial's clients. */
  readonly pollingGate?: PollingGate | undefined;
  /** An error nobody expected; never holds what the command said. */
  readonly onError: (error: unknown, command: string) => void;
}

/** Time for a last frame to leave before its socket is closed. */
const FAREWELL_MS = 200;

/** Sockets that are told who is there: all but those of bots that may not read. */
const READERS = "readers";

export class SocketEdge {
  readonly #parts: SocketParts;
  readonly #engine: Engine;
  readonly #io: Server;
  readonly #polling: Polling | undefined;
  readonly #chat: ChatNamespace;
  readonly #broadcast = new Broadcast();
  readonly #commands: Readonly<Record<string, Command>>;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.#commands = createCommands(parts);
    this.#engine = new Engine({
      transports: parts.pollingGate ? ["polling", "websocket"] : ["websocket"],
      maxHttpBufferSize: LIMITS.frameBytesMax,
      pingInterval: LIMITS.pingIntervalMs,
      pingTimeout: LIMITS.pingTimeoutMs,
      perMessageDeflate: false,
      httpCompression: false,
    });
    this.#io = new Server({ connectTimeout: LIMITS.handshakeMs, serveClient: false });
    this.#io.bind(this.#engine);
    this.#chat = this.#io.of("/chat");
    this.#polling = parts.pollingGate && new Polling(this.#engine, parts.pollingGate);
    if (this.#polling !== undefined) this.#polling.closeTo([this.#chat, this.strangers]);
    // Every Socket.IO server has a namespace "/"; nobody else has business there.
    else refuseAll(this.#io.of("/"), new ChatError("not-found", "Connect to the namespace /chat."));
    this.#chat.use((socket, next) => {
      void this.#admit(socket, next);
    });
    this.#chat.on("connection", (socket) => {
      void this.#open(socket);
    });
    parts.hub.addAudience((room, events) => {
      this.#broadcast.tell(room, events);
    });
    parts.typing.addAudience((notice, unheardBy) => {
      this.#broadcast.say(notice.room, "typing", notice, unheardBy);
    });
    tellOfPeople(parts, this.#chat.local.to(READERS));
  }

  /** Another namespace on the same engine. */
  get strangers(): StrangerNamespace {
    return this.#io.of("/strangers");
  }

  /** The namespace `/`; only for those who come with the tutorial's contract. */
  get root(): Namespace {
    return this.#io.of("/");
  }

  /** What goes to polling and not to a route; `undefined` where there is none. */
  get polling(): Polling | undefined {
    return this.#polling;
  }

  /** The session of a socket of `root`. */
  whose({ handshake, conn }: Pick<Socket, "handshake" | "conn">): Promise<Session> {
    const { accounts, gate } = this.#parts;
    // A page names its origin at every request of a poll but the first, which is where we know it from.
    const origin = this.#polling?.hasBegun({ conn }) === true ? "checked" : undefined;
    const headers = { ...handshake.headers, ...(origin !== undefined && { origin }) };
    return identify(handshake.auth, headers, accounts, gate);
  }

  /** An HTTP upgrade request, as Node's server emits it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!admitUpgrade(request, socket, this.#parts.gate, this.#polling)) return;
    this.#engine.handleUpgrade(request, socket, head);
  }

  /** Open connections. */
  get connections(): number {
    return this.#chat.sockets.size;
  }

  /** Tells every connection to come back later, and closes all. */
  async drain(): Promise<void> {
    this.#chat.local.emit("closing", closing("restarting"));
    if (this.connections + this.strangers.sockets.size > 0) {
      await new Promise<void>((done) => {
        this.#parts.clock.after(FAREWELL_MS, done);
      });
    }
    await this.#io.close();
  }

  async #admit(socket: ChatSocket, next: (refused?: Error) => void): Promise<void> {
    try {
      socket.data.session = await this.#identify(socket);
    } catch (error) {
      next(refusal(error instanceof ChatError ? error : this.#unexpected(error, "connect")));
      return;
    }
    next();
  }

  async #identify(socket: ChatSocket): Promise<Session> {
    const { accounts, gate, watch } = this.#parts;
    const { auth, headers } = socket.handshake;
    const session = await identify(auth, headers, accounts, gate);
    if (watch.connectionsOf(session.user.id) >= LIMITS.connectionsPerUserMax) {
      const most = LIMITS.connectionsPerUserMax;
      throw new ChatError("too-many-requests", `You have ${most} connections; close one first.`);
    }
    return session;
  }

  async #open(socket: ChatSocket): Promise<void> {
    const { hub, clock, watch, roomWatch, slow } = this.#parts;
    const { session } = socket.data;
    const listener = listenerOf(socket.conn, session.user.id, () => connection.expectsAnswer);
    const wire = {
      enter: (room: string) => {
        this.#broadcast.enter(room, listener);
      },
      exit: (room: string) => {
        this.#broadcast.exit(room, listener);
      },
      close: (why: Closing) => {
        socket.emit("closing", why);
        clock.after(FAREWELL_MS, () => socket.disconnect(true));
      },
    };
    const connection = new Connection(session, wire, hub, clock);
    const unwatchQueue = slow.watch(queueOf(socket.conn));
    socket.on("disconnect", () => {
      unwatchQueue();
      connection.closed();
    });
    if (isAllowed(session, "read")) {
      void socket.join(READERS);
      const unlisten = roomWatch.listen(session.user.id, roomListenerOf(socket, connection));
      socket.on("disconnect", unlisten);
    }
    // Asked again, since many may have been admitted at the same time.
    if (watch.connectionsOf(session.user.id) >= LIMITS.connectionsPerUserMax) {
      connection.close(closing("too-many-connections"));
      return;
    }
    this.#takeCommands(socket, connection);
    try {
      const visit = await watch.watch(session, () => {
        // Deaf at once; the farewell frame may take its time.
        connection.closed();
        wire.close(closing("signed-out"));
      });
      if (visit === undefined) connection.close(closing("signed-out"));
      else if (socket.connected) {
        socket.once("disconnect", () => {
          visit.end();
        });
        connection.visits(visit);
      } else visit.end();
    } catch {
      // Whether the session still is cannot be known, so nothing is promised: the client comes
      // back.
      connection.close(closing("restarting"));
    }
  }

  #takeCommands(socket: ChatSocket, connection: Connection): void {
    socket.onAny((name: string, ...args: readonly unknown[]) => {
      if (connection.isOver) return;
      const ack = args.at(-1);
      if (typeof ack !== "function") {
        connection.strike();
        return;
      }
      const known = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
      const command = known ?? NO_COMMAND;
      const answer = (result: unknown) => {
        // oxlint-disable-next-line no-unsafe-call -- because Socket.IO made this function, and takes any value
        ack(result);
      };
      void command
        .run(connection, args.length > 1 ? args[0] : undefined)
        .then(answer, (error: unknown) => {
          const isMistake = error instanceof ChatError && error.code === "bad-request";
          if (isMistake && connection.isOver) return;
          answer({ error: this.#wire(error, name) });
          if (isMistake) connection.strike();
        });
    });
  }

  #wire(error: unknown, name: string): CommandError {
    return (error instanceof ChatError ? error : this.#unexpected(error, name)).toWire();
  }

  #unexpected(error: unknown, command: string): ChatError {
    this.#parts.onError(error, command);
    return new ChatError("internal", "Something went wrong here. Please try again later.");
  }
}

const NO_COMMAND: Command = {
  run: () => Promise.reject(new ChatError("bad-request", "There is no such command.")),
};

function refuseAll(namespace: Namespace, error: ChatError): void {
  namespace.use((_socket, next) => {
    next(refusal(error));
  });
}
