/**
 * A device: its store and its network outlive the program on it, which may be closed at any moment.
 */
import type { Environment, OutboxStore, Unsent } from "#sdk/index.ts";
import type { ConnectOptions, ConnectionListener } from "#sdk/environment.ts";
import type { Network } from "./network.ts";
import type { Random } from "#test/simulation/kernel/random.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";
import { EPOCH_MS } from "./server-life.ts";
import type { Socket } from "./socket.ts";

export interface DeviceParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  /** The session that its person has signed in to. */
  readonly token: string;
}

export class Device {
  /** What is unsent, by cid. */
  readonly kept = new Map<string, Unsent>();
  readonly sockets = new Set<Socket>();
  /** Messages written on it so far. */
  written = 0;
  /** The session's token, which a reload finds again. */
  token: string;
  readonly #parts: DeviceParts;
  /** How wrong its clock is. */
  readonly #skewMs: number;
  #hole: "up" | "down" | "both" | undefined;
  #wakers = new Set<() => void>();

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.token = parts.token;
    this.#skewMs = Math.round(parts.random.between(-3_600_000, 3_600_000));
  }

  /** A program starts: its world, which ends when the program does. */
  boot(): Program {
    const { scheduler, random } = this.#parts;
    const wakers = new Set<() => void>();
    this.#wakers = wakers;
    let isOver = false;
    const whileRunning = (run: () => void) => () => {
      if (!isOver) run();
    };
    const later = () => scheduler.sleep(random.between(1, 8));
    const store: OutboxStore = {
      load: async () => {
        await later();
        return [...this.kept.values()];
      },
      put: async (_owner, unsent) => {
        await later();
        if (!isOver) this.kept.set(unsent.cid, unsent);
      },
      remove: async (_owner, cid) => {
        await later();
        if (!isOver) this.kept.delete(cid);
      },
    };
    const environment: Environment = {
      now: () => EPOCH_MS + Math.floor(scheduler.now) + this.#skewMs,
      random: () => random.next(),
      setTimer: (run, ms) => scheduler.after(ms, whileRunning(run)),
      connect: (options, listener) => this.#connect(options, listener),
      fetch: async (url, request) => {
        const response = await this.#parts.network.fetch(url, request, {
          isInHole: () => this.#hole !== undefined,
          isOver: () => isOver,
        });
        const [cookie] = response.headers.getSetCookie?.() ?? [];
        if (cookie !== undefined) this.token = cookie.slice("klatch=".length, cookie.indexOf(";"));
        return response;
      },
      onWake: (listener) => {
        wakers.add(listener);
        return () => wakers.delete(listener);
      },
    };
    const end = (isSaid: boolean) => {
      isOver = true;
      for (const socket of this.sockets) socket.vanish(isSaid);
    };
    return { environment, store, end };
  }

  /** Its network swallows packets, in one direction or both, until `reappear`. */
  disappear(which: "up" | "down" | "both"): void {
    this.#hole = which;
    for (const socket of this.sockets) socket.hold(which);
  }

  reappear(isNoticed: boolean): void {
    if (this.#hole === undefined) return;
    this.#hole = undefined;
    for (const socket of this.sockets) socket.release();
    if (isNoticed) for (const wake of this.#wakers) wake();
  }

  #connect(options: ConnectOptions, listener: ConnectionListener): Socket {
    const onOver = (over: Socket) => void this.sockets.delete(over);
    const socket = this.#parts.network.connect(options, listener, onOver);
    this.sockets.add(socket);
    if (this.#hole !== undefined) socket.hold(this.#hole);
    return socket;
  }
}

export interface Program {
  readonly environment: Environment;
  readonly store: OutboxStore;
  /** @param isSaid whether the system still closes its connections */
  end(isSaid: boolean): void;
}
