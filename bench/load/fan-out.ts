/** The load of the fan-out bench: many hear one room; first as much is said as can be, then one thing at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { takePlan } from "#bench/run/program.ts";
import { cpuTimes } from "./cpu.ts";
import { DIALECTS, textOf } from "./dialect.ts";
import type { DialectName, Seat } from "./dialect.ts";
import { percentile } from "./percentile.ts";
import { takeSeats } from "./seats.ts";
import type { Seated } from "./seats.ts";

export interface FanOutPlan {
  readonly dialect: DialectName;
  readonly listeners: readonly Seat[];
  /** They send in turn, and do not listen. */
  readonly senders: readonly Seat[];
  /** Messages that may be on their way at the same time; each is tried, and the one that does best counts. */
  readonly windows: readonly number[];
  readonly warmMs: number;
  readonly measureMs: number;
  /** Messages sent one at a time, each after the last one has reached everyone. */
  readonly singles: number;
  /** Processes of the servers. */
  readonly pids: readonly number[];
}

export interface FanOutResult {
  /** The one that did best. */
  readonly window: number;
  readonly deliveriesPerS: number;
  readonly messagesPerS: number;
  readonly messagesPerFrame: number;
  readonly bytesPerDelivery: number;
  /** From sending to arriving, with everything saturated, in milliseconds. */
  readonly floodMs: { readonly p50: number; readonly p99: number };
  /** From sending one message to the last listener having it, in milliseconds. */
  readonly singleMs: { readonly p50: number; readonly p99: number };
  /** Deliveries a second when only one message at a time is sent. */
  readonly singleDeliveriesPerS: number;
  /** Share of one core that the load client, and the servers, took. */
  readonly clientBusy: number;
  readonly serverBusy: number;
}

/** Nothing arriving for this long means that something is lost. */
const STALL_MS = 10_000;
/** Every so many listeners, one notes when each message came. */
const SAMPLE_EVERY = 100;

class FanOutLoad {
  readonly #plan: FanOutPlan;
  #listeners: readonly Seated[] = [];
  #senders: readonly Seated[] = [];
  #sent = 0;
  #delivered = 0;
  /** How many messages are kept on their way; 0 while nothing is sent by itself. */
  #window = 0;
  /** When each message was sent; the n-th to arrive is taken for the n-th sent. */
  readonly #sentAt: number[] = [];
  readonly #arrived = new Map<number, number>();
  #latencies: number[] = [];
  #waiting: { readonly target: number; readonly done: () => void } | undefined;

  constructor(plan: FanOutPlan) {
    this.#plan = plan;
  }

  async run(): Promise<FanOutResult> {
    const { dialect, listeners, senders } = this.#plan;
    this.#listeners = await takeSeats(listeners, {
      dialect,
      hears: true,
      onMessages: (count, index) => this.#heard(count, index),
    });
    this.#senders = await takeSeats(senders, {
      dialect,
      hears: false,
      onFrame: (text, index) => {
        const seat = senders[index];
        if (seat !== undefined) DIALECTS[dialect].isSent(text, seat);
      },
    });
    for (let index = 0; index < listeners.length; index += SAMPLE_EVERY)
      this.#arrived.set(index, 0);
    const watch = this.#watchForStalls();
    const floods = [];
    for (const window of this.#plan.windows) floods.push(await this.#flood(window));
    const best = floods.reduce((a, b) => (b.deliveriesPerS > a.deliveriesPerS ? b : a));
    const single = await this.#oneAtATime();
    clearInterval(watch);
    for (const { socket } of [...this.#listeners, ...this.#senders]) socket.close();
    return { ...best, ...single };
  }

  async #flood(window: number) {
    const { warmMs, measureMs, pids } = this.#plan;
    this.#window = window;
    this.#fill();
    await sleep(warmMs);
    this.#latencies = [];
    const before = this.#state(pids);
    await sleep(measureMs);
    const after = this.#state(pids);
    const latencies = this.#latencies;
    this.#window = 0;
    await this.#untilDelivered();
    const ms = after.at - before.at;
    const deliveries = after.delivered - before.delivered;
    const frames = after.frames - before.frames;
    return {
      window,
      deliveriesPerS: (1000 * deliveries) / ms,
      messagesPerS: (1000 * deliveries) / ms / this.#listeners.length,
      messagesPerFrame: deliveries / frames,
      bytesPerDelivery: (after.bytes - before.bytes) / deliveries,
      floodMs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
      clientBusy: (after.cpu.own - before.cpu.own) / ms,
      serverBusy: (after.cpu.others - before.cpu.others) / ms,
    };
  }

  #state(pids: readonly number[]) {
    const sum = (of: "frames" | "bytes") =>
      this.#listeners.reduce((total, { socket }) => total + socket[of], 0);
    return {
      at: performance.now(),
      delivered: this.#delivered,
      frames: sum("frames"),
      bytes: sum("bytes"),
      cpu: cpuTimes(pids),
    };
  }

  async #oneAtATime() {
    const { singles } = this.#plan;
    const times: number[] = [];
    for (let n = 0; n < singles; n++) {
      const began = performance.now();
      this.#send();
      await this.#untilDelivered();
      times.push(performance.now() - began);
    }
    const ms = times.reduce((sum, time) => sum + time, 0);
    return {
      singleMs: { p50: percentile(times, 0.5), p99: percentile(times, 0.99) },
      singleDeliveriesPerS: ms === 0 ? 0 : (1000 * singles * this.#listeners.length) / ms,
    };
  }

  #send(): void {
    const sender = this.#senders[this.#sent % this.#senders.length];
    if (sender === undefined) return;
    const n = this.#sent++;
    this.#sentAt.push(performance.now());
    sender.socket.write(DIALECTS[this.#plan.dialect].send(sender.seat, n, textOf(n)));
  }

  /** Keeps as many messages on their way as the window allows. */
  #fill(): void {
    const most = this.#delivered / this.#listeners.length + this.#window;
    while (this.#sent < most) this.#send();
  }

  #heard(count: number, index: number): void {
    this.#delivered += count;
    const arrived = this.#arrived.get(index);
    if (arrived !== undefined) {
      const now = performance.now();
      for (let n = arrived; n < arrived + count; n++) {
        this.#latencies.push(now - (this.#sentAt[n] ?? now));
      }
      this.#arrived.set(index, arrived + count);
    }
    if (this.#window > 0) this.#fill();
    else if (this.#waiting !== undefined && this.#delivered >= this.#waiting.target) {
      this.#waiting.done();
      this.#waiting = undefined;
    }
  }

  async #untilDelivered(): Promise<void> {
    const target = this.#sent * this.#listeners.length;
    if (this.#delivered >= target) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { target, done: resolve };
    await promise;
  }

  #watchForStalls(): NodeJS.Timeout {
    let last = -1;
    return setInterval(() => {
      if (this.#delivered === last) {
        const missing = this.#sent * this.#listeners.length - this.#delivered;
        throw new Error(`Nothing arrives any more; ${missing} deliveries are missing.`);
      }
      last = this.#delivered;
    }, STALL_MS);
  }
}

await takePlan((plan: FanOutPlan) => new FanOutLoad(plan).run());
