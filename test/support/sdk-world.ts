/**
 * A world for the client library: a clock moved by hand, and a server in memory that hears when
 * told to.
 */
import { setImmediate } from "node:timers/promises";
import type { CommandError } from "#protocol/errors.ts";
import type { JoinCommand, JoinResult, SendCommand, SendResult } from "#protocol/commands.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { START } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type {
  CommandAnswer,
  CommandBody,
  CommandName,
  ConnectOptions,
  Connection,
  ConnectionListener,
  Environment,
  Fetch,
} from "#sdk/environment.ts";

/** Time that passes only when told to. */
export class ManualClock {
  #now = 1_800_000_000_000;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(run: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Lets time pass, running timers in their order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }
}

/** Numbers that look random and are the same each time for one seed. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  await setImmediate();
}

/** One connection as the test sees it: two queues of what is under way. */
export class FakeConnection implements Connection {
  readonly options: ConnectOptions;
  readonly listener: ConnectionListener;
  readonly joined = new Set<string>();
  readonly #server: FakeServer;
  #toServer: (() => void)[] = [];
  #toClient: { what: string; run: () => void }[] = [];
  isOver = false;

  constructor(server: FakeServer, options: ConnectOptions, listener: ConnectionListener) {
    this.#server = server;
    this.options = options;
    this.listener = listener;
  }

  command<Name extends CommandName>(
    name: Name,
    body: CommandBody<Name>,
    onAnswer: (answer: CommandAnswer<Name>) => void,
  ): void {
    this.#toServer.push(() => {
      const answer = this.#server.carryOut(this, name, body);
      if (answer === undefined) return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `name` fits
      this.push("answer", () => onAnswer(answer as CommandAnswer<Name>));
    });
  }

  close(): void {
    this.isOver = true;
    this.#server.connections.delete(this);
  }

  push(what: string, run: () => void): void {
    this.#toClient.push({ what, run });
  }

  /** The server hears the next command, or all of them. */
  toServer(count = Infinity): void {
    for (let n = 0; n < count && !this.isOver; n++) {
      const next = this.#toServer.shift();
      if (next === undefined) return;
      next();
    }
  }

  /** The client hears what comes next, or all of it. */
  toClient(count = Infinity): void {
    for (let n = 0; n < count && !this.isOver; n++) {
      const next = this.#toClient.shift();
      if (next === undefined) return;
      next.run();
    }
  }

  /** The next frame of events gets lost on the way to the client, or comes twice. */
  spoil(how: "lose" | "double"): void {
    const index = this.#toClient.findIndex(({ what }) => what === "events");
    const frame = this.#toClient[index];
    if (frame === undefined) return;
    this.#toClient.splice(index, 1, ...(how === "lose" ? [] : [frame, frame]));
  }

  /** The line is cut: whatever was under way, in both directions, is gone. */
  cut(error?: CommandError): void {
    if (this.isOver) return;
    this.close();
    this.listener.onEnd(error);
  }
}

/** A server of one log for each room, that speaks the protocol correctly. */
export class FakeServer {
  readonly connections = new Set<FakeConnection>();
  readonly clock: ManualClock;
  readonly #logs = new Map<string, Message[]>();
  #lastId = 0;
  /** How much a page holds, and how much may be missed. */
  pageMax = 50;
  catchUpMax = 300;
  /** Answers commands before the server gets to see them. */
  refuse: ((name: CommandName, body: unknown) => CommandError | undefined) | undefined;
  /** Refuses connections. */
  refuseConnection: CommandError | undefined;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  log(room: string): Message[] {
    const log = this.#logs.get(room) ?? [];
    this.#logs.set(room, log);
    return log;
  }

  connect(options: ConnectOptions, listener: ConnectionListener): FakeConnection {
    const connection = new FakeConnection(this, options, listener);
    this.connections.add(connection);
    connection.push("open", () => {
      if (this.refuseConnection === undefined) listener.onOpen();
      else connection.cut(this.refuseConnection);
    });
    return connection;
  }

  carryOut(connection: FakeConnection, name: CommandName, body: unknown): unknown {
    const error = this.refuse?.(name, body);
    if (error !== undefined) return { error };
    // oxlint-disable typescript/no-unsafe-type-assertion -- because the name says which body it is
    if (name === "send") return this.send(connection.options.user, body as SendCommand);
    if (name === "join") return this.#join(connection, body as JoinCommand);
    if (name === "people") {
      const { ids } = body as CommandBody<"people">;
      return { people: ids.filter((id) => id < 100).map((id) => ({ id, username: `p${id}` })) };
    }
    connection.joined.delete((body as CommandBody<"leave">).room);
    // oxlint-enable typescript/no-unsafe-type-assertion
    return {};
  }

  /** Stores a message, once for each author and cid, and tells everyone in the room. */
  send(from: number, { room, cid, message }: SendCommand): SendResult {
    const log = this.log(room);
    const stored = cid === "" ? undefined : log.find((one) => one.cid === cid && one.from === from);
    if (stored !== undefined) return { id: stored.id, date: stored.date };
    const prev = log.at(-1)?.id ?? START;
    this.#lastId = Math.max(this.#lastId + 1, this.clock.now() * 1_000);
    const digits = String(this.#lastId);
    const id = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
    const date = Math.floor(this.#lastId / 1e6);
    const data: Message = { from, date, message, roomId: room, id, cid };
    log.push(data);
    this.tell([{ type: "message", room, id, prev, data }]);
    return { id, date };
  }

  tell(events: readonly RoomEvent[]): void {
    for (const connection of this.connections) {
      if (!connection.joined.has(events[0]?.room ?? "")) continue;
      connection.push("events", () => connection.listener.onEvents(events));
    }
  }

  /** Redis loses the newest messages of a room and everyone there is told. */
  lose(room: string, count: number): Message[] {
    const log = this.log(room);
    const prev = log.at(-1)?.id ?? START;
    const lost = log.splice(Math.max(0, log.length - count));
    const id = log.at(-1)?.id ?? START;
    if (lost.length > 0) this.tell([{ type: "fork", room, id, prev, data: null }]);
    return lost;
  }

  page(room: string, before?: Position): { messages: Message[]; before?: Position } {
    const log = this.log(room);
    const end = before === undefined ? log.length : log.findIndex(({ id }) => id === before);
    const start = Math.max(0, end - this.pageMax);
    const messages = log.slice(start, end);
    const first = messages[0];
    return start > 0 && first !== undefined ? { messages, before: first.id } : { messages };
  }

  #join(connection: FakeConnection, { room, since }: JoinCommand): JoinResult {
    connection.joined.add(room);
    const log = this.log(room);
    const position = log.at(-1)?.id ?? START;
    const people = [...new Set(log.map(({ from }) => from))].map((id) => ({
      id,
      username: `p${id}`,
    }));
    if (since !== undefined) {
      const at = since === START ? -1 : log.findIndex(({ id }) => id === since);
      const isThere = since === START || at >= 0;
      const missed = log.slice(at + 1);
      if (!isThere) return { state: "fork", position, people, ...this.page(room) };
      if (missed.length <= this.catchUpMax) {
        return { state: "recovered", messages: missed, position, people };
      }
    }
    return { state: "limited", position, people, ...this.page(room) };
  }
}

/** A clock, a server and environments for as many clients as wanted. */
export class World {
  readonly clock = new ManualClock();
  readonly server = new FakeServer(this.clock);
  readonly random: () => number;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** A client's environment; `connections` are those it made, the current one last. */
  environment(
    fetch?: Fetch,
  ): Environment & { readonly connections: FakeConnection[]; wake: () => void } {
    const connections: FakeConnection[] = [];
    const listeners = new Set<() => void>();
    return {
      connections,
      wake: () => {
        for (const listener of listeners) listener();
      },
      now: () => this.clock.now(),
      random: this.random,
      setTimer: (run, ms) => this.clock.setTimer(run, ms),
      connect: (options, listener) => {
        const connection = this.server.connect(options, listener);
        connections.push(connection);
        return connection;
      },
      onWake: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ...(fetch === undefined ? {} : { fetch }),
    };
  }

  /** Delivers everything, both ways, until nobody has anything more to say at this moment. */
  async deliver(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await settle();
      for (const connection of this.server.connections) {
        connection.toServer();
        connection.toClient();
      }
    }
  }

  /** Lets `seconds` pass while everything is delivered. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1_000);
      await this.deliver();
    }
  }
}
