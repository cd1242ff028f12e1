/**
 * Sends what is due, in order and not too fast: confirmations first, then lines until they are
 * confirmed, then typing. What no answer came to is due again.
 */
import type { CommandError } from "#protocol/errors.ts";
import type { RelayResult, SealedFrame, Stamp } from "#protocol/stranger.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import type { SealedChannel } from "#sdk/strangers/keys/sealed-channel.ts";
import { packArrived, packTyping } from "#sdk/strangers/lines/signals.ts";
import type { Arrived } from "#sdk/strangers/lines/signals.ts";
import type { Packed, Unconfirmed } from "#sdk/strangers/lines/unconfirmed.ts";
import type { StrangerWorld } from "#sdk/strangers/world.ts";
import { Timer } from "#sdk/timer.ts";
import { Pace } from "./pace.ts";

export interface SenderParts {
  readonly world: StrangerWorld;
  readonly unconfirmed: Unconfirmed;
  /** Passes a frame on; `onAnswer` with nothing if the link broke. */
  readonly relay: (
    frame: SealedFrame,
    onAnswer: (answer: RelayResult | CommandError | undefined) => void,
  ) => void;
  /** A line is on its way, with what proves it later. */
  readonly onSent: (line: Packed, stamp: Stamp | undefined) => void;
}

/** A line that is not confirmed is sent again after this long, then later each time. */
const AGAIN_MS = 2_000;
const AGAIN_MAX_MS = 10_000;

type Due =
  | { readonly kind: "ack"; readonly plain: Bytes }
  | { readonly kind: "typing"; readonly plain: Bytes }
  | { readonly kind: "line"; readonly plain: Bytes; readonly line: Packed };

export class Sender {
  readonly #parts: SenderParts;
  readonly #timer: Timer;
  readonly #pace: Pace;
  #channel: SealedChannel | undefined;
  #isBusy = false;
  #arrived = new Map<string, Arrived>();
  #typing: boolean | undefined;
  /** When each line that was sent is due again, and how often it was. */
  readonly #tries = new Map<number, { readonly tries: number; readonly dueAt: number }>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#timer = new Timer(parts.world);
    this.#pace = new Pace(parts.world.now());
  }

  /** Sends over this channel from now on, and all that is not confirmed again; or not at all. */
  use(channel: SealedChannel | undefined): void {
    this.#channel = channel;
    this.#tries.clear();
    this.#typing = undefined;
    if (channel === undefined) this.#timer.stop();
    else this.pump();
  }

  confirm(run: string, arrived: Arrived): void {
    this.#arrived.set(run, arrived);
    this.pump();
  }

  tellTyping(isTyping: boolean): void {
    // Never later: it would not be true any more.
    if (this.#channel === undefined) return;
    this.#typing = isTyping;
    this.pump();
  }

  /** These need not go again. */
  forget(numbers: readonly number[]): void {
    for (const number of numbers) this.#tries.delete(number);
  }

  /** Sends the next thing that is due, if there is one, and so on. */
  pump(): void {
    const channel = this.#channel;
    const { world } = this.#parts;
    const now = world.now();
    if (this.#isBusy || channel === undefined) return;
    const nextAt = this.#nextAt(now);
    if (nextAt === undefined) this.#timer.stop();
    else if (nextAt > now) this.#timer.set(() => this.pump(), nextAt - now);
    else if (!this.#pace.take(now)) this.#timer.set(() => this.pump(), this.#pace.waitMs(now));
    else {
      const due = this.#takeDue(now);
      if (due !== undefined) void this.#send(channel, due);
    }
  }

  async #send(channel: SealedChannel, due: Due): Promise<void> {
    this.#isBusy = true;
    const mark = due.kind === "line" ? due.line.mark : undefined;
    const frame = await channel.seal(due.kind, due.plain, mark);
    this.#isBusy = false;
    if (channel === this.#channel) {
      this.#parts.relay(frame, (answer) => this.#answered(due, answer));
    }
    this.pump();
  }

  #answered(due: Due, answer: RelayResult | CommandError | undefined): void {
    if (answer === undefined) return;
    if ("code" in answer) {
      const now = this.#parts.world.now();
      if (answer.code === "too-many-requests") {
        this.#pace.empty(now, (answer.retryAfter ?? 1) * 1_000);
      }
    } else if (due.kind === "line") this.#parts.onSent(due.line, answer.stamp);
  }

  /** When something is due: by now, later, or nothing. */
  #nextAt(now: number): number | undefined {
    if (this.#arrived.size > 0 || this.#typing !== undefined) return now;
    const all = this.#parts.unconfirmed.numbers();
    if (all.length === 0) return undefined;
    return Math.min(...all.map((number) => this.#tries.get(number)?.dueAt ?? now));
  }

  #takeDue(now: number): Due | undefined {
    for (const [run, arrived] of this.#arrived) {
      this.#arrived.delete(run);
      return { kind: "ack", plain: packArrived(arrived) };
    }
    const line = this.#dueLine(now);
    if (line !== undefined) return { kind: "line", plain: line.plain, line };
    const isTyping = this.#typing;
    this.#typing = undefined;
    return isTyping === undefined ? undefined : { kind: "typing", plain: packTyping(isTyping) };
  }

  #dueLine(now: number): Packed | undefined {
    const { unconfirmed } = this.#parts;
    const due = unconfirmed.numbers().find((each) => (this.#tries.get(each)?.dueAt ?? now) <= now);
    if (due === undefined) return undefined;
    const tries = (this.#tries.get(due)?.tries ?? 0) + 1;
    const pause = Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** (tries - 1));
    this.#tries.set(due, { tries, dueAt: now + pause });
    // A line goes out before typing that came after it, which the line would end.
    this.#typing = undefined;
    return unconfirmed.pack(due);
  }
}
