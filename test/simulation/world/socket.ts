/**
 * A Socket.IO connection between a client and a server: two lanes, heartbeats, and all the ways in
 * which it ends.
 */
import type { Closing } from "#protocol/closings.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import { LIMITS } from "#protocol/limits.ts";
import type {
  CommandAnswer,
  CommandBody,
  CommandName,
  Connection,
  ConnectionListener,
} from "#sdk/environment.ts";
import type { Host } from "#test/simulation/redis/link-parts.ts";
import { Lane } from "#test/simulation/kernel/lane.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";

/** What a server's end does with what comes. */
export interface ServerEnd {
  command(name: string, body: unknown, ack: (answer: unknown) => void): void;
  ended(): void;
}

export interface SocketParts {
  readonly number: number;
  readonly scheduler: Scheduler;
  readonly latencyMs: () => number;
  readonly listener: ConnectionListener;
  /** The client's end is done with it. */
  readonly onOver: (socket: Socket) => void;
}

/**
 * A server pings this often; who hears nothing for both times together holds the connection for
 * dead.
 */
const SILENT_MS = LIMITS.pingIntervalMs + LIMITS.pingTimeoutMs;

export class Socket implements Connection {
  readonly number: number;
  readonly #parts: SocketParts;
  readonly #up: Lane;
  readonly #down: Lane;
  #listener: ConnectionListener | undefined;
  #host: Host | undefined;
  #end: ServerEnd | undefined;
  #stopIdle: () => void = () => undefined;
  #stopPing: () => void = () => undefined;
  /** Whether both ends can still reach each other, or will be able to. */
  #isWhole = true;
  /** The next answer is lost, and the connection with it. */
  #isTrapped = false;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.number = parts.number;
    this.#listener = parts.listener;
    this.#up = new Lane(parts.scheduler, parts.latencyMs);
    this.#down = new Lane(parts.scheduler, parts.latencyMs);
  }

  /** The client reaches out: `meet` runs when that has arrived at the other side. */
  dial(meet: () => void): void {
    this.#up.send(meet);
  }

  // The client's end.

  command<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
    onAnswer: (answer: CommandAnswer<Name>) => void,
  ): void {
    this.#up.send(() => {
      this.#atServer(() => {
        this.#end?.command(name, body, (answer) => {
          // oxlint-disable-next-line no-unsafe-type-assertion -- because `name` fits
          this.#answer(() => onAnswer(answer as CommandAnswer<Name>));
        });
      });
    });
  }

  close(): void {
    this.#leaveClient();
    this.#up.send(() => {
      this.#serverEnded();
    });
  }

  /** The device is gone; nobody is left there. `isSaid`: its system still closes the connection. */
  vanish(isSaid: boolean): void {
    if (isSaid) this.close();
    else {
      this.#leaveClient();
      this.#up.cut();
      this.#down.cut();
    }
  }

  // The server's end.

  /** From now on `end` hears what comes; `host` is the process that it lives in. */
  accept(host: Host, end: ServerEnd): void {
    this.#host = host;
    this.#end = end;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  get isConnected(): boolean {
    return this.#end !== undefined;
  }

  opened(): void {
    this.#toClient((listener) => {
      this.#heardServer();
      listener.onOpen();
    });
    this.#ping();
  }

  emitEvents(events: readonly RoomEvent[]): void {
    this.#toClient((listener) => {
      listener.onEvents(events);
    });
  }

  emitClosing(why: Closing): void {
    this.#toClient((listener) => {
      listener.onClosing(why);
    });
  }

  /** Ends it from the server's side, after what was sent. */
  disconnect(error?: CommandError): void {
    this.#serverEnded();
    this.#down.send(() => {
      this.#clientEnded(error);
    });
  }

  // What may happen to it.

  /** Breaks; an end that is not told finds out by silence. */
  cut(told: { readonly client: boolean; readonly server: boolean }): void {
    const { scheduler, latencyMs } = this.#parts;
    this.#isWhole = false;
    this.#up.cut();
    this.#down.cut();
    if (told.client) scheduler.after(latencyMs(), () => this.#clientEnded());
    if (told.server) {
      scheduler.after(latencyMs(), () => {
        this.#serverEnded();
      });
    }
  }

  /** Nothing passes, in one direction or both. */
  hold(which: "up" | "down" | "both"): void {
    if (which !== "down") this.#up.hold();
    if (which !== "up") this.#down.hold();
  }

  release(): void {
    this.#up.release();
    this.#down.release();
  }

  /** The next answer will not arrive. */
  trapNextAnswer(): void {
    this.#isTrapped = true;
  }

  #answer(hear: () => void): void {
    if (this.#isTrapped) this.cut({ client: true, server: true });
    else {
      this.#down.send(() => {
        if (this.#listener !== undefined) hear();
      });
    }
  }

  #toClient(tell: (listener: ConnectionListener) => void): void {
    this.#down.send(() => {
      if (this.#listener !== undefined) tell(this.#listener);
    });
  }

  #ping(): void {
    const host = this.#host;
    if (host === undefined) return;
    this.#stopPing = host.after(LIMITS.pingIntervalMs, () => {
      const stopWaiting = host.after(LIMITS.pingTimeoutMs, () => {
        this.disconnect();
      });
      this.#stopPing = stopWaiting;
      this.#toClient(() => {
        this.#heardServer();
        this.#up.send(() => {
          this.#atServer(() => {
            stopWaiting();
            this.#ping();
          });
        });
      });
    });
  }

  #heardServer(): void {
    this.#stopIdle();
    this.#stopIdle = this.#parts.scheduler.after(SILENT_MS, () => {
      const listener = this.#listener;
      this.close();
      listener?.onEnd();
    });
  }

  #clientEnded(error?: CommandError): void {
    const listener = this.#listener;
    this.#leaveClient();
    listener?.onEnd(error);
  }

  #leaveClient(): void {
    this.#stopIdle();
    this.#listener = undefined;
    this.#parts.onOver(this);
  }

  #atServer(step: () => void): void {
    this.#host?.enter(() => {
      if (this.#end !== undefined) step();
    });
  }

  #serverEnded(): void {
    this.#stopPing();
    this.#atServer(() => {
      const end = this.#end;
      this.#end = undefined;
      end?.ended();
    });
  }
}
