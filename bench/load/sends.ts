/** The load of the send bench: pairs talk, each person again as soon as their last message is acknowledged. */
import { setTimeout as sleep } from "node:timers/promises";
import { takePlan } from "#bench/run/program.ts";
import { cpuTimes } from "./cpu.ts";
import { DIALECTS, textOf } from "./dialect.ts";
import type { DialectName, Seat } from "./dialect.ts";
import { percentile } from "./percentile.ts";
import { takeSeats } from "./seats.ts";
import type { Seated } from "./seats.ts";

export interface SendsPlan {
  readonly dialect: DialectName;
  readonly seats: readonly Seat[];
  /** Messages on their way at the same time, never two of one person. */
  readonly window: number;
  readonly warmMs: number;
  readonly measureMs: number;
  readonly pids: readonly number[];
}

export interface SendsResult {
  readonly sendsPerS: number;
  /** From sending to the acknowledgement, in milliseconds. */
  readonly ackMs: { readonly p50: number; readonly p99: number };
  /** All that were acknowledged, warming up and ending included. */
  readonly acknowledged: number;
  readonly clientBusy: number;
  readonly serverBusy: number;
}

/** A message that is not acknowledged by then is lost. */
const DRAIN_MS = 15_000;

class Sends {
  readonly #plan: SendsPlan;
  #seated: readonly Seated[] = [];
  /** Those with nothing on its way, longest waiting first. */
  readonly #idle: number[] = [];
  readonly #sentAt = new Map<number, number>();
  #sent = 0;
  #acknowledged = 0;
  #isSending = false;
  #latencies: number[] = [];

  constructor(plan: SendsPlan) {
    this.#plan = plan;
  }

  async run(): Promise<SendsResult> {
    const { dialect, seats, window, warmMs, measureMs, pids } = this.#plan;
    const onFrame = (text: string, index: number) => this.#heard(text, index);
    this.#seated = await takeSeats(seats, { dialect, hears: true, onFrame });
    this.#idle.push(...seats.keys());
    this.#isSending = true;
    for (let n = 0; n < window; n++) this.#send();
    await sleep(warmMs);
    this.#latencies = [];
    const before = this.#state(pids);
    await sleep(measureMs);
    const after = this.#state(pids);
    const latencies = this.#latencies;
    await this.#drain();
    const ms = after.at - before.at;
    return {
      sendsPerS: (1000 * (after.acknowledged - before.acknowledged)) / ms,
      ackMs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
      acknowledged: this.#acknowledged,
      clientBusy: (after.cpu.own - before.cpu.own) / ms,
      serverBusy: (after.cpu.others - before.cpu.others) / ms,
    };
  }

  #state(pids: readonly number[]) {
    return { at: performance.now(), acknowledged: this.#acknowledged, cpu: cpuTimes(pids) };
  }

  #send(): void {
    const index = this.#idle.shift();
    const seated = index === undefined ? undefined : this.#seated[index];
    if (index === undefined || seated === undefined) return;
    const n = this.#sent++;
    this.#sentAt.set(index, performance.now());
    seated.socket.write(DIALECTS[this.#plan.dialect].send(seated.seat, n, textOf(n)));
  }

  #heard(frame: string, index: number): void {
    const seated = this.#seated[index];
    const sentAt = this.#sentAt.get(index);
    if (seated === undefined || sentAt === undefined) return;
    if (!DIALECTS[this.#plan.dialect].isSent(frame, seated.seat)) return;
    this.#sentAt.delete(index);
    this.#acknowledged++;
    this.#latencies.push(performance.now() - sentAt);
    this.#idle.push(index);
    if (this.#isSending) this.#send();
  }

  async #drain(): Promise<void> {
    this.#isSending = false;
    const until = performance.now() + DRAIN_MS;
    while (this.#sentAt.size > 0) {
      if (performance.now() > until) {
        throw new Error(`${this.#sentAt.size} messages were never acknowledged.`);
      }
      await sleep(20);
    }
    for (const { socket } of this.#seated) socket.close();
  }
}

await takePlan((plan: SendsPlan) => new Sends(plan).run());
