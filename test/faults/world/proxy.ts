/**
 * A TCP proxy between two processes that does to a connection what networks do: delay, throttle,
 * swallow, cut.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, NetConnectOpts, Server, Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";

/** `up` is away from whoever connected, `down` is back to it. */
export type Direction = "up" | "down";

/** What happens to the bytes of one direction. All of it is off by default. */
export interface Trouble {
  /** Each piece waits so long, plus up to `jitterMs` more. */
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Pieces are cut into slices of at most so many bytes. */
  readonly sliceBytes?: number;
  /** After so many bytes the connection is reset. */
  readonly limitBytes?: number;
}

/** A piece that waits, and the connection it is on. */
export interface Intercepted {
  readonly wire: Wire;
  readonly go: () => void;
}

/**
 * Sees each piece before it passes; a promise holds it, and what comes after it, until it resolves.
 */
export type Watcher = (wire: Wire, direction: Direction, piece: Buffer) => Promise<void> | void;

/** Beginnings of what was said are kept, to tell one connection from another. */
const SAID_MAX = 4_096;

/** Bytes that have left one end and not reached the other; beyond that the sender has to wait. */
const ON_THE_WAY_MAX = 1 << 18;

interface Passing extends Trouble {
  readonly direction: Direction;
  /** By `performance.now()`. */
  readonly dueAt: number;
}

/** Resolves when there is room again, or nobody to write to any more. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}

function delayMs({ latencyMs = 0, jitterMs = 0 }: Trouble): number {
  return latencyMs + Math.random() * jitterMs;
}

/** One connection through the proxy, with its two ends. */
export class Wire {
  /** The first bytes that were sent up, as Latin-1. */
  said = "";
  readonly target: NetConnectOpts;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #held = new Map<Direction, PromiseWithResolvers<void>>();
  #isCut = false;

  constructor(near: Socket, target: NetConnectOpts) {
    this.#near = near;
    this.target = target;
    this.#far = connect({ ...target, noDelay: true });
  }

  /** The port from which the one who was called sees it come. */
  get port(): number | undefined {
    return this.#far.localPort;
  }

  /**
   * Swallows what is said in this direction, the end of the connection included, until `release`.
   */
  hold(direction: Direction): void {
    if (!this.#held.has(direction)) this.#held.set(direction, Promise.withResolvers());
  }

  release(direction: Direction): void {
    this.#held.get(direction)?.resolve();
    this.#held.delete(direction);
  }

  /** Ends it abruptly at both ends: a TCP reset, where there is TCP. */
  reset(): void {
    this.#isCut = true;
    for (const direction of ["up", "down"] as const) this.release(direction);
    for (const socket of [this.#near, this.#far]) {
      if (socket.remotePort === undefined) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Carries both directions; resolves when the connection is over. */
  async carry(proxy: Proxy): Promise<void> {
    await Promise.all([
      this.#pump(proxy, "up", this.#near, this.#far),
      this.#pump(proxy, "down", this.#far, this.#near),
    ]);
  }

  async #pump(proxy: Proxy, direction: Direction, from: Socket, to: Socket): Promise<void> {
    let read = 0;
    let passed = 0;
    let due = 0;
    let last: Promise<void> = Promise.resolve();
    // An end that is gone is told by the end of the loop below.
    to.on("error", () => undefined);
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        if (direction === "up" && this.said.length < SAID_MAX)
          this.said += piece.toString("latin1");
        await proxy.look(this, direction, piece);
        const trouble = proxy.trouble[direction] ?? {};
        // Pieces travel side by side, but never overtake each other.
        due = Math.max(due, performance.now() + delayMs(trouble));
        const dueAt = due;
        read += piece.length;
        last = last.then(async () => {
          await this.#pass(to, piece, { direction, dueAt, ...trouble });
          passed += piece.length;
          return undefined;
        });
        last.catch(() => undefined);
        if (read - passed > ON_THE_WAY_MAX || trouble.bytesPerSecond !== undefined) await last;
        if (read > (trouble.limitBytes ?? Infinity)) this.reset();
      }
      await last;
      await this.#passage(direction);
      to.end();
    } catch {
      await this.#passage(direction);
      this.reset();
    }
  }

  async #pass(to: Socket, piece: Buffer, trouble: Passing): Promise<void> {
    const { direction, dueAt, bytesPerSecond, sliceBytes } = trouble;
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    const step = sliceBytes ?? Math.min(piece.length, bytesPerSecond ?? Infinity);
    for (let at = 0; at < piece.length; at += step) {
      await this.#passage(direction);
      if (this.#isCut || to.destroyed) return;
      const slice = piece.subarray(at, at + step);
      if (!to.write(slice)) await drained(to);
      if (bytesPerSecond !== undefined) await sleep((1_000 * slice.length) / bytesPerSecond);
      else if (sliceBytes !== undefined) await turn();
    }
  }

  async #passage(direction: Direction): Promise<void> {
    for (let held = this.#held.get(direction); held; held = this.#held.get(direction)) {
      await held.promise;
    }
  }
}

/** A listening port that passes each connection on to whatever `target` says at that moment. */
export class Proxy implements AsyncDisposable {
  readonly wires = new Set<Wire>();
  readonly trouble: Partial<Record<Direction, Trouble>> = {};
  readonly watchers = new Set<Watcher>();
  /** New connections are reset at once. */
  isDown = false;
  /** New connections are held in these directions from their first byte. */
  swallows: readonly Direction[] = [];
  /** Lets go of what was intercepted. */
  readonly #stopped = new Set<() => void>();
  readonly #server: Server;
  readonly #target: () => NetConnectOpts | undefined;

  private constructor(server: Server, target: () => NetConnectOpts | undefined) {
    this.#server = server;
    this.#target = target;
  }

  /** Opens one on a free port of 127.0.0.1. With no target, a connection is reset. */
  static async open(target: () => NetConnectOpts | undefined): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    const proxy = new Proxy(server, target);
    server.on("connection", (near) => proxy.#connect(near));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
    return (this.#server.address() as AddressInfo).port;
  }

  /** Those whose first words contain `text`. */
  find(text: string): readonly Wire[] {
    return [...this.wires].filter(({ said }) => said.includes(text));
  }

  /** Swallows everything in these directions on all connections, and on new ones, until `heal`. */
  swallow(...directions: readonly Direction[]): void {
    this.swallows = directions;
    for (const wire of this.wires) for (const direction of directions) wire.hold(direction);
  }

  reset(): void {
    for (const wire of this.wires) wire.reset();
  }

  /**
   * Ends every kind of trouble. What was swallowed arrives now, as retransmission would bring it.
   */
  heal(): void {
    this.isDown = false;
    this.swallows = [];
    this.watchers.clear();
    for (const go of this.#stopped) go();
    this.#stopped.clear();
    for (const direction of ["up", "down"] as const) {
      delete this.trouble[direction];
      for (const wire of this.wires) wire.release(direction);
    }
  }

  /**
   * Resolves with the first piece that contains one of `texts`; it passes on only after `go`, or
   * `heal`.
   */
  intercept(direction: Direction, ...texts: readonly string[]): Promise<Intercepted> {
    const found = Promise.withResolvers<Intercepted>();
    const watcher: Watcher = (wire, way, piece) => {
      if (way !== direction || !texts.some((text) => piece.includes(text))) return undefined;
      this.watchers.delete(watcher);
      const { promise, resolve: go } = Promise.withResolvers<void>();
      this.#stopped.add(go);
      found.resolve({ wire, go });
      return promise;
    };
    this.watchers.add(watcher);
    return found.promise;
  }

  /** For wires: shows a piece to all watchers. */
  async look(wire: Wire, direction: Direction, piece: Buffer): Promise<void> {
    for (const watcher of this.watchers) await watcher(wire, direction, piece);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    this.isDown = true;
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }

  #connect(near: Socket): void {
    const target = this.isDown ? undefined : this.#target();
    if (target === undefined) {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const wire = new Wire(near, target);
    for (const direction of this.swallows) wire.hold(direction);
    this.wires.add(wire);
    void wire.carry(this).finally(() => this.wires.delete(wire));
  }
}
