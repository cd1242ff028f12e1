/**
 * The Socket.IO edge over sockets of this world: as `SocketEdge`, with the same commands,
 * connections and watch.
 */
import type { Closing } from "#protocol/closings.ts";
import { closing } from "#protocol/closings.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Accounts, Session } from "#server/core/people/accounts.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Hub } from "#server/core/delivery/hub.ts";
import type { SessionWatch } from "#server/core/people/session-watch.ts";
import type { CommandName } from "#server/realtime/commands.ts";
import { createCommands } from "#server/realtime/commands.ts";
import { Connection } from "#server/realtime/connection.ts";
import { identify } from "#server/realtime/handshake.ts";
import type { Host } from "#test/simulation/redis/link-parts.ts";
import type { History } from "./history.ts";
import type { Socket } from "./socket.ts";

export interface EdgeParts {
  readonly server: string;
  readonly host: Host;
  readonly accounts: Accounts;
  readonly chat: Chat;
  readonly hub: Hub;
  readonly watch: SessionWatch;
  readonly clock: Clock;
  readonly history: History;
}

/** As in the real edge. */
const FAREWELL_MS = 200;

const never = (): Promise<never> => Promise.reject(new Error("Nobody does this in these worlds."));
const UNUSED = {
  typing: { type: never },
  reads: { read: never },
  attendance: { online: () => ({ online: [], away: [] }) },
  marks: { react: never, pin: never },
};

/** The doors of HTTP stand open: what passes them is not under test here. */
const GATE = { inFull: () => "", isOwnOrigin: () => true, cookieToken: () => undefined };

interface Open {
  readonly socket: Socket;
  readonly session: Session;
  readonly rooms: Set<string>;
  /** When it asked for each room: the last time that was answered, or the first time. */
  readonly asked: Map<string, number>;
}

export class Edge {
  readonly #parts: EdgeParts;
  readonly #commands: ReturnType<typeof createCommands>;
  readonly #open = new Set<Open>();
  #isDraining = false;

  constructor(parts: EdgeParts) {
    this.#parts = parts;
    this.#commands = createCommands({ chat: parts.chat, ...UNUSED });
    parts.hub.addAudience((room, events) => {
      this.#tell(room, events);
    });
  }

  /** A client reaches out. */
  async admit(socket: Socket, auth: Readonly<Record<string, unknown>>): Promise<void> {
    // Whoever goes away meanwhile must be noticed, too.
    socket.accept(this.#parts.host, { command: () => undefined, ended: () => undefined });
    try {
      const session = await this.#identify(auth);
      if (socket.isConnected) await this.#take(socket, session);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      socket.disconnect(error.toWire());
    }
  }

  /** Tells every connection to come back later, and closes all. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const { socket } of this.#open) {
      socket.emitClosing(closing("restarting"));
    }
    await new Promise<void>((done) => {
      this.#parts.clock.after(FAREWELL_MS, done);
    });
    for (const { socket } of this.#open) socket.disconnect();
  }

  /** The process died. */
  die(isSaid: boolean): void {
    for (const { socket } of this.#open) socket.cut({ client: isSaid, server: false });
  }

  async #identify(auth: Readonly<Record<string, unknown>>): Promise<Session> {
    const { accounts, watch } = this.#parts;
    const session = await identify(auth, {}, accounts, GATE);
    if (watch.connectionsOf(session.user.id) >= LIMITS.connectionsPerUserMax) {
      throw new ChatError("too-many-requests", "You have many connections; close one first.");
    }
    return session;
  }

  async #take(socket: Socket, session: Session): Promise<void> {
    const { hub, clock, watch, host } = this.#parts;
    const open: Open = { socket, session, rooms: new Set(), asked: new Map() };
    const wire = {
      enter: (room: string) => void open.rooms.add(room),
      exit: (room: string) => void open.rooms.delete(room),
      close: (why: Closing) => {
        socket.emitClosing(why);
        clock.after(FAREWELL_MS, () => {
          socket.disconnect();
        });
      },
    };
    const connection = new Connection({ ...session, role: "member" }, wire, hub, clock);
    let unwatch: (() => void) | undefined;
    this.#open.add(open);
    socket.accept(host, {
      command: (name, body, ack) => {
        const answer = name === "join" ? this.#noting(open, body, ack) : ack;
        // oxlint-disable-next-line no-unsafe-type-assertion -- because the library is typed
        this.#carryOut(name as CommandName, { connection, body, ack: answer });
      },
      ended: () => {
        this.#open.delete(open);
        open.rooms.clear();
        connection.closed();
        unwatch?.();
      },
    });
    socket.opened();
    if (this.#isDraining) socket.disconnect();
    try {
      const watched = await watch.watch(session, () => {
        connection.closed();
        open.rooms.clear();
        wire.close(closing("signed-out"));
      });
      if (watched === undefined) connection.close(closing("signed-out"));
      else if (socket.isConnected)
        unwatch = () => {
          watched.end();
        };
      else watched.end();
    } catch {
      connection.close(closing("restarting"));
    }
  }

  #carryOut(name: CommandName, given: Given): void {
    const { connection, body, ack } = given;
    if (connection.isOver) return;
    this.#commands[name].run(connection, body).then(ack, (error: unknown) => {
      // What nobody expected must not look like a refusal.
      if (!(error instanceof ChatError)) throw error;
      ack({ error: error.toWire() satisfies CommandError });
    });
  }

  #noting(open: Open, body: unknown, ack: Given["ack"]): Given["ack"] {
    // oxlint-disable-next-line no-unsafe-type-assertion -- because the library is typed
    const { room } = body as { readonly room: string };
    const { now } = this.#parts.history;
    if (!open.asked.has(room)) open.asked.set(room, now);
    return (answer) => {
      open.asked.set(room, now);
      ack(answer);
    };
  }

  #tell(room: string, events: readonly RoomEvent[]): void {
    const { server, history } = this.#parts;
    history.add({ type: "delivered", server, room, events });
    for (const { socket, session, rooms, asked } of this.#open) {
      if (!rooms.has(room)) continue;
      history.add({
        type: "heard",
        server,
        connection: socket.number,
        user: session.user.id,
        session: session.id,
        room,
        joinAskedAt: asked.get(room) ?? 0,
        events,
      });
      socket.emitEvents(events);
    }
  }
}

interface Given {
  readonly connection: Connection;
  readonly body: unknown;
  readonly ack: (answer: unknown) => void;
}
