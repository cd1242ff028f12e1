/**
 * One life of a server process: the real core over links of this world, wired as `main.ts` wires
 * it.
 */
import type { HistoryPage } from "#protocol/api.ts";
import { Accounts } from "#server/core/people/accounts.ts";
import { Beacon } from "#server/core/delivery/beacon.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import { listenToBus } from "#server/core/delivery/events-in.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import { SessionWatch } from "#server/core/people/session-watch.ts";
import { CommandLink } from "#test/simulation/redis/command-link.ts";
import type { Host } from "#test/simulation/redis/link-parts.ts";
import { ModelBus } from "#test/simulation/redis/model-bus.ts";
import {
  ModelAccountStore,
  ModelMessageLog,
  ModelSessionStore,
} from "#test/simulation/redis/ports.ts";
import type { RedisProcess } from "#test/simulation/redis/redis-process.ts";
import { Edge } from "./edge.ts";
import type { History } from "./history.ts";
import type { Random } from "#test/simulation/kernel/random.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";

/** What all servers of a world share. */
export interface Ground {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly history: History;
  readonly redis: RedisProcess;
  /** Milliseconds from a server to Redis. */
  readonly redisLatencyMs: () => number;
  /** How often the bus loses or repeats a message. */
  readonly flaws: () => { readonly lost: number; readonly doubled: number };
}

/** 15 January 2027, in milliseconds since 1970. */
export const EPOCH_MS = 1_800_000_000_000;

/** Nobody's rooms change but by the hand of fate in these worlds, which tells no one. */
const NO_ROOMS = {
  heard: () => undefined,
  heardBlocks: () => undefined,
  heardPreferences: () => undefined,
  heardRead: () => undefined,
  recheck: () => Promise.resolve(),
};

/** Nobody looks at who is online in these worlds. */
const NO_PRESENCE = { heard: () => undefined, refresh: () => Promise.resolve() };

export class ServerLife implements Host {
  readonly id: string;
  readonly link: CommandLink;
  readonly bus: ModelBus;
  readonly edge: Edge;
  readonly sessions: ModelSessionStore;
  readonly accounts: Accounts;
  readonly #ground: Ground;
  readonly #chat: Chat;
  readonly #hub: Hub;
  readonly #watch: SessionWatch;
  readonly #beacon: Beacon;
  /** What waits while the process stands still. */
  #stalled: (() => void)[] | undefined;
  #isOver = false;
  isListening = false;

  /** @param skewMs how wrong this machine's clock is */
  constructor(id: string, ground: Ground, skewMs: number) {
    this.id = id;
    this.#ground = ground;
    const { scheduler, random, redis, redisLatencyMs, flaws, history } = ground;
    const parts = { scheduler, random, latencyMs: redisLatencyMs, host: this };
    const clock: Clock = {
      now: () => EPOCH_MS + Math.floor(scheduler.now) + skewMs,
      after: (ms, task) => this.after(ms, task),
      soon: (task) => void this.after(0, task),
    };
    this.link = new CommandLink(parts, redis);
    const { ask } = this.link;
    const onFlaw = (fault: string) => {
      history.add({ type: "fault", fault, server: id, until: scheduler.now });
    };
    const bus = new ModelBus({ ...parts, redis, ask, flaws, onFlaw });
    this.bus = bus;
    const log = new ModelMessageLog(ask);
    const people = new ModelAccountStore(ask);
    this.sessions = new ModelSessionStore(ask);
    this.accounts = new Accounts({
      accounts: people,
      sessions: this.sessions,
      throttle: { take: () => Promise.resolve(0), clear: () => Promise.resolve() },
      hasher: {
        hash: (password) => Promise.resolve(password),
        verify: () => Promise.resolve(true),
        isCommon: () => false,
      },
      tokens: { create: () => newToken(random), digest: sessionOf },
    });
    const onFork = (room: string) => {
      history.add({ type: "forked", server: id, room });
    };
    this.#hub = new Hub({
      bus: this.#noting(bus),
      log,
      clock,
      random: () => random.next(),
      onFork,
    });
    this.#watch = new SessionWatch({ bus, sessions: this.sessions, clock });
    const onDeaf = () => {
      bus.replace();
    };
    this.#beacon = new Beacon({ serverId: id, bus, clock, onDeaf });
    this.#chat = new Chat({ log, accounts: people, clock });
    this.edge = new Edge({
      server: id,
      host: this,
      accounts: this.accounts,
      chat: this.#chat,
      hub: this.#hub,
      watch: this.#watch,
      clock,
      history,
    });
  }

  /** Rejects if Redis cannot be reached; then the process would end. */
  async start(): Promise<void> {
    const beacon = this.#beacon;
    const onBeacon = () => {
      beacon.heard();
    };
    this.bus.start(
      listenToBus({
        hub: this.#hub,
        watch: this.#watch,
        typing: { heard: () => undefined },
        presence: NO_PRESENCE,
        activity: NO_PRESENCE,
        news: NO_PRESENCE,
        attendance: { look: () => Promise.resolve(), refresh: () => Promise.resolve() },
        rooms: NO_ROOMS,
        onBeacon,
        onJunk: () => undefined,
      }),
    );
    await beacon.start();
    this.#hub.start();
    this.#watch.start();
    this.isListening = true;
  }

  enter(step: () => void): void {
    if (this.#isOver) return;
    if (this.#stalled === undefined) step();
    else this.#stalled.push(step);
  }

  after(ms: number, task: () => void): () => void {
    let isCancelled = false;
    const stop = this.#ground.scheduler.after(ms, () => {
      this.enter(() => {
        if (!isCancelled) task();
      });
    });
    return () => {
      isCancelled = true;
      stop();
    };
  }

  /** Stands still, as a process does that is stopped or has too much to do; what arrives waits. */
  stall(ms: number): void {
    if (this.#stalled !== undefined) return;
    this.#stalled = [];
    const { scheduler } = this.#ground;
    scheduler.after(ms, () => {
      const waiting = this.#stalled ?? [];
      this.#stalled = undefined;
      // One by one, so that the promises of each settle before the next.
      for (const step of waiting) {
        scheduler.after(0, () => {
          this.enter(step);
        });
      }
    });
  }

  /** Says goodbye to everyone, and ends. */
  async drain(): Promise<void> {
    this.isListening = false;
    await this.edge.drain();
    this.end(true);
  }

  /** The process is gone. `isSaid`: its system still closes its connections. */
  end(isSaid: boolean): void {
    if (this.#isOver) return;
    this.edge.die(isSaid);
    this.#isOver = true;
    this.isListening = false;
    this.link.close();
    this.bus.close();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A page of history for whoever holds this token. */
  async page(token: string, room: string, cursor: Cursor, limit: number): Promise<HistoryPage> {
    const session = await this.accounts.resolve(token);
    if (session === undefined) throw new ChatError("not-signed-in", "Please sign in.");
    return this.#chat.page(session.user, room, cursor, limit);
  }

  /** The hub's view of the bus: opening a room begins with its subscription. */
  #noting(bus: Bus): Bus {
    const { history } = this.#ground;
    return {
      subscribe: (topic) => {
        history.add({ type: "opened", server: this.id, room: topic.slice("room:".length) });
        return bus.subscribe(topic);
      },
      unsubscribe: (topic) => bus.unsubscribe(topic),
      publish: (topic, payload) => bus.publish(topic, payload),
    };
  }
}

/** Only as secret as a simulation needs. */
export const sessionOf = (token: string): string => `session-${token.slice(0, 8)}`;

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

export function newToken(random: Random): string {
  return Array.from({ length: 43 }, () => LETTERS[random.int(0, 35)]).join("");
}
