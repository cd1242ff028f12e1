/** The load of the jitter test: many clients in one room whose connections are destroyed again and again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Seat } from "#bench/load/dialect.ts";
import { percentile } from "#bench/load/percentile.ts";
import { takePlan } from "#bench/run/program.ts";
import { ShownRecord } from "./record.ts";
import { wanderWithKlatch, wanderWithSocketIo } from "./wanderer.ts";
import type { Wanderer } from "./wanderer.ts";

export interface JitterPlan {
  readonly kind: "klatch" | "socket.io";
  /** The first one sends and is never cut. */
  readonly seats: readonly Seat[];
  readonly seconds: number;
  readonly messagesPerS: number;
  /** Each client is cut about this often, and away about this long. */
  readonly cutEveryMs: number;
  readonly awayMs: number;
}

export interface JitterResult {
  readonly said: number;
  readonly cuts: number;
  /** Messages times clients: how many there should be, and what became of them. */
  readonly all: number;
  readonly right: number;
  readonly missing: number;
  readonly twice: number;
  readonly outOfOrder: number;
  /** From having the network again to having everything said before that, in milliseconds. */
  readonly replayMs: { readonly p50: number; readonly p99: number };
  /** Breaks that were never made good. */
  readonly neverWhole: number;
}

const AT_A_TIME = 40;
const ENTER_MS = 30_000;
/** Time at the end for the last ones to catch up; who misses something by then misses it for good. */
const SETTLE_MS = 3_000;

interface Client {
  readonly wanderer: Wanderer;
  readonly record: ShownRecord;
}

class JitterLoad {
  readonly #plan: JitterPlan;
  readonly #clients: Client[] = [];
  #said = 0;
  /** What the one who is never cut has been shown: that much is said. */
  #heard = 0;
  #cuts = 0;
  #isOver = false;

  constructor(plan: JitterPlan) {
    this.#plan = plan;
  }

  async run(): Promise<JitterResult> {
    const { seats, seconds, messagesPerS } = this.#plan;
    await this.#enter();
    const [sender, ...others] = this.#clients;
    if (sender === undefined) throw new Error("There is nobody to send.");
    const wandering = others.map((client) => this.#wander(client));
    const messages = Math.round(seconds * messagesPerS);
    for (let n = 1; n <= messages; n++) {
      this.#said = n;
      sender.wanderer.send(`${n} said in the room`);
      await sleep(1000 / messagesPerS);
    }
    this.#isOver = true;
    await Promise.all(wandering);
    await this.#settle();
    const result = this.#result(others);
    for (const { wanderer } of this.#clients) wanderer.close();
    return { ...result, all: messages * (seats.length - 1) };
  }

  async #enter(): Promise<void> {
    const { kind, seats } = this.#plan;
    const wander = kind === "klatch" ? wanderWithKlatch : wanderWithSocketIo;
    for (let from = 0; from < seats.length; from += AT_A_TIME) {
      const part = seats.slice(from, from + AT_A_TIME).map((seat, index) => {
        const record = new ShownRecord();
        const wanderer = wander(seat, (text) => {
          const n = Number.parseInt(text, 10);
          if (from + index === 0) this.#heard = n;
          record.show(n, performance.now());
        });
        return { wanderer, record };
      });
      this.#clients.push(...part);
      const until = performance.now() + ENTER_MS;
      while (!part.every(({ wanderer }) => wanderer.isIn)) {
        if (performance.now() > until) throw new Error("Somebody did not get in.");
        await sleep(5);
      }
    }
  }

  /** The life of one client: a while on the network, a while without. */
  async #wander({ wanderer, record }: Client): Promise<void> {
    const { cutEveryMs, awayMs } = this.#plan;
    // At first anywhere within the interval, so that they do not all leave together.
    await this.#nap(Math.random() * cutEveryMs);
    while (!this.#isOver) {
      this.#cuts++;
      record.leave();
      wanderer.cut();
      await sleep(awayMs * (0.75 + Math.random() / 2));
      record.comeBack(this.#heard, performance.now());
      wanderer.comeBack();
      await this.#untilIn(wanderer);
      record.cameIn(performance.now());
      await this.#nap(cutEveryMs * (0.75 + Math.random() / 2) - awayMs);
    }
  }

  /** Waits, but not beyond the end. */
  async #nap(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.#isOver; left = until - performance.now()) {
      await sleep(Math.min(left, 500));
    }
  }

  async #untilIn(wanderer: Wanderer): Promise<void> {
    const until = performance.now() + ENTER_MS;
    while (!wanderer.isIn && performance.now() < until) await sleep(10);
  }

  async #settle(): Promise<void> {
    const until = performance.now() + SETTLE_MS;
    const isWhole = ({ record }: Client) => record.isWhole(this.#said);
    while (!this.#clients.every(isWhole) && performance.now() < until) await sleep(50);
  }

  #result(clients: readonly Client[]) {
    const shown = clients.map(({ record }) => record.result(this.#said));
    const sum = (of: "right" | "missing" | "twice" | "outOfOrder") =>
      shown.reduce((total, each) => total + each[of], 0);
    const replays = clients.flatMap(({ record }) => record.replays);
    return {
      said: this.#said,
      cuts: this.#cuts,
      right: sum("right"),
      missing: sum("missing"),
      twice: sum("twice"),
      outOfOrder: sum("outOfOrder"),
      replayMs: { p50: percentile(replays, 0.5), p99: percentile(replays, 0.99) },
      neverWhole: clients.reduce((total, { record }) => total + record.neverWhole, 0),
    };
  }
}

await takePlan((plan: JitterPlan) => new JitterLoad(plan).run());
