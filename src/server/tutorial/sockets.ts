/** The tutorial's Socket.IO contract on the namespace `/`: who connects, and which events there are. */
import type { DefaultEventsMap, Namespace, Socket } from "socket.io";
import type { CommandError } from "#protocol/errors.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { Told } from "./contract.ts";
import type { Mouth, VisitorParts } from "./visitor.ts";
import { Visitor } from "./visitor.ts";
import type { Visitors } from "./visitors.ts";
import type { Speaker } from "./talk.ts";
import { Talk } from "./talk.ts";

type ToClient = Record<Told["type"], (data: unknown) => void>;
type SocketData = { session: Session };
export type TutorialSocket = Socket<DefaultEventsMap, ToClient, DefaultEventsMap, SocketData>;
export type TutorialNamespace = Namespace<DefaultEventsMap, ToClient, DefaultEventsMap, SocketData>;

export interface SocketParts extends VisitorParts {
  readonly chat: VisitorParts["chat"] & Speaker;
  readonly visitors: Visitors;
  readonly clock: Clock;
  /** Whose connection it is; rejects with a `ChatError`. */
  readonly identify: (socket: TutorialSocket) => Promise<Session>;
  /** Watches what is written for a connection and not read; undone by what it returns. */
  readonly watchQueue: (connection: TutorialSocket["conn"]) => () => void;
  /** An error nobody expected; never holds what the event said. */
  readonly onError: (error: unknown, event: string) => void;
}

/** Serves the namespace from now on. */
export function serveSockets(namespace: TutorialNamespace, parts: SocketParts): void {
  /** The tutorial's page may open the namespace twice over one connection: it is one visitor. */
  const wires = new WeakMap<object, Wire>();
  namespace.use((socket, next) => {
    void admit(socket, parts, { isKnown: wires.has(socket.conn), next });
  });
  namespace.on("connection", (socket) => {
    if (wires.get(socket.conn)?.takes(socket) === true) return;
    const wire = new Wire(socket, parts);
    wires.set(socket.conn, wire);
    void wire.open();
  });
}

/** Where there is nothing more to say, `next` is not called. */
async function admit(
  socket: TutorialSocket,
  parts: SocketParts,
  { isKnown, next }: { readonly isKnown: boolean; readonly next: (refused?: Error) => void },
): Promise<void> {
  try {
    socket.data.session = await parts.identify(socket);
    if (!isKnown) Visitor.mustBeFew(socket.data.session, parts);
  } catch (error) {
    if (error instanceof ChatError && error.code !== "unavailable") {
      next(refusal(error));
      return;
    }
    if (!(error instanceof ChatError)) parts.onError(error, "connect");
    // A refusal would be final for the tutorial's client; a lost connection is not.
    socket.conn.close();
    return;
  }
  next();
}

/** One connection with all its sockets: what is told is written once, whichever of them takes commands. */
class Wire implements Mouth {
  readonly #sockets = new Set<TutorialSocket>();
  readonly #visitor: Visitor;
  readonly #talk: Talk;
  readonly #ends: (() => void)[];

  constructor(socket: TutorialSocket, parts: SocketParts) {
    const { session } = socket.data;
    this.#visitor = new Visitor(session, this, parts);
    this.#talk = new Talk(this.#visitor, parts, () => {
      this.close("too-many-mistakes");
    });
    this.#ends = [parts.visitors.add(this.#visitor, "socket"), parts.watchQueue(socket.conn)];
    this.takes(socket);
  }

  async open(): Promise<void> {
    // What comes before the rooms are heard waits, so that nobody misses the answer to their words.
    this.#talk.after(this.#visitor.open());
    await this.#talk.done;
  }

  /** Whether this socket, opened over the same connection, belongs to the same visitor. */
  takes(socket: TutorialSocket): boolean {
    if (this.#visitor.isOver || socket.data.session.id !== this.#visitor.session.id) return false;
    this.#sockets.add(socket);
    socket.onAny((event: string, ...args: readonly unknown[]) => {
      this.#talk.hear(event, args);
    });
    socket.on("disconnect", () => {
      this.#lost();
    });
    return true;
  }

  tell({ type, data }: Told): void {
    const [socket] = this.#sockets;
    socket?.emit(type, data);
  }

  close(why: Parameters<Mouth["close"]>[0]): void {
    const [socket] = this.#sockets;
    this.#lost();
    // Who is told goodbye stays away; who loses the connection comes back by itself.
    if (why === "restarting") socket?.conn.close();
    else socket?.disconnect(true);
  }

  /** The client leaves with all its sockets at once. */
  #lost(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#visitor.gone();
    for (const socket of this.#sockets) {
      this.#sockets.delete(socket);
      socket.disconnect();
    }
  }
}

/** A refused connection: the client finds the reason in its `connect_error`. */
function refusal(error: ChatError): Error & { data: CommandError } {
  return Object.assign(new Error(error.message), { data: error.toWire() });
}
