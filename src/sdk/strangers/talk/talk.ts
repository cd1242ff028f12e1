/** One chat of two strangers, as one end of it: keys, lines, confirmations, typing. */
import type { CommandError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type {
  Frame,
  FrameNotice,
  FrankedLine,
  Pair,
  RelayResult,
  SealedFrame,
} from "#protocol/stranger.ts";
import { lineProblem } from "#protocol/stranger-line.ts";
import type { StrangerLine } from "#protocol/stranger-line.ts";
import { KlatchError } from "#sdk/error.ts";
import { fromBase64 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";
import type { Agreed } from "#sdk/strangers/keys/exchange.ts";
import type { SealedChannel } from "#sdk/strangers/keys/sealed-channel.ts";
import { Arrivals } from "#sdk/strangers/lines/arrivals.ts";
import { EvidenceBox } from "#sdk/strangers/lines/evidence.ts";
import { markedLine } from "#sdk/strangers/lines/mark.ts";
import { readArrived, readTyping, runName } from "#sdk/strangers/lines/signals.ts";
import { Unconfirmed } from "#sdk/strangers/lines/unconfirmed.ts";
import type { ShownLine } from "#sdk/strangers/state.ts";
import type { StrangerWorld } from "#sdk/strangers/world.ts";
import { KeyAgreement } from "./key-agreement.ts";
import { Sender } from "./sender.ts";
import { Typing } from "./typing.ts";

export interface TalkParts {
  readonly world: StrangerWorld;
  readonly pair: Pair;
  readonly relay: (
    frame: Frame,
    onAnswer: (answer: RelayResult | CommandError | undefined) => void,
  ) => void;
  /** Keys are agreed on: one can talk, now or again. */
  readonly onReady: () => void;
  /** Somebody tampered with the keys: it must end. */
  readonly onCheated: () => void;
  /** So much is lost that only another `open` helps. */
  readonly onOutOfStep: () => void;
  /** Lines, ticks or typing are others now. */
  readonly onChange: () => void;
}

interface Arrival {
  readonly line: StrangerLine;
  readonly plain: Bytes;
  readonly notice: FrameNotice;
}

export class Talk {
  readonly pair: Pair;
  readonly #parts: TalkParts;
  readonly #agreement: KeyAgreement;
  readonly #sender: Sender;
  readonly #typing: Typing;
  readonly #unconfirmed = new Unconfirmed();
  readonly #arrivals = new Arrivals<Arrival>();
  readonly #evidence = new EvidenceBox();
  #channel: SealedChannel | undefined;
  #lines: readonly ShownLine[] = [];
  #phrase: readonly string[] = [];
  #dropped = 0;
  #isClosed = false;

  constructor(parts: TalkParts) {
    const { world, pair } = parts;
    this.pair = pair;
    this.#parts = parts;
    this.#agreement = new KeyAgreement({
      world,
      pair: pair.id,
      role: pair.role,
      say: (frame) => parts.relay(frame, () => {}),
      onAgreed: (agreed) => this.#agreed(agreed),
      onCheated: () => parts.onCheated(),
    });
    this.#sender = new Sender({
      world,
      unconfirmed: this.#unconfirmed,
      relay: (frame, onAnswer) => parts.relay(frame, onAnswer),
      onSent: (line, stamp) => {
        const id = ownId(line.number);
        if (stamp) this.#evidence.keep({ ...line, id, from: pair.role, stamp });
        this.#mark([id], "sent");
      },
    });
    this.#typing = new Typing(
      world,
      (isTyping) => this.#sender.tellTyping(isTyping),
      () => parts.onChange(),
    );
  }

  /** What is shown, in the order of this page; up to 1,000 lines. */
  get lines(): readonly ShownLine[] {
    return this.#lines;
  }

  get isTheyTyping(): boolean {
    return this.#typing.isTheirs;
  }

  /** The safety phrase, once there are keys; see safety-phrase.ts for what it is worth. */
  get phrase(): readonly string[] {
    return this.#phrase;
  }

  /** Lines that came and were not shown, because they were not what the other end sealed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Ids of lines that can be reported, oldest first. */
  get reportable(): readonly string[] {
    return this.#evidence.ids;
  }

  /** Both are there: fresh keys, then all that is not confirmed goes out again. */
  open(epoch: number): void {
    if (!this.#agreement.open(epoch)) return;
    this.pause();
  }

  /** Nothing can be passed on until the next `open`. */
  pause(): void {
    this.#sender.use(undefined);
    this.#channel?.forget();
    this.#channel = undefined;
    this.#typing.heard(false);
  }

  async hear(notice: FrameNotice): Promise<void> {
    const { frame } = notice;
    if (frame.kind === "commit" || frame.kind === "key") this.#agreement.hear(frame);
    else {
      // What was sealed right behind a key needs that key first.
      await this.#agreement.settled();
      await this.#hearSealed(frame, notice);
    }
  }

  /**
   * Says a line: it is shown at once, and goes out until the other end has confirmed it.
   *
   * @throws KlatchError `message-not-allowed`, or `outbox-full` while too many are unconfirmed
   */
  say(text: string): void {
    const problem = lineProblem(text);
    if (problem !== undefined) throw new KlatchError("message-not-allowed", problem);
    if (this.#unconfirmed.isFull) {
      throw new KlatchError("outbox-full", "Please wait until what you said has arrived.");
    }
    const id = ownId(this.#unconfirmed.add(text));
    this.#typing.said();
    this.#show({ id, from: "you", text, at: this.#parts.world.now(), state: "sending" });
    this.#sender.pump();
  }

  /** Something is in the box, or nothing any more. */
  typing(isTyping: boolean): void {
    if (isTyping) this.#typing.typed();
    else this.#typing.stopped();
  }

  /** Which of these lines fit into one report: the newest. */
  fitting(ids: ReadonlySet<string>): ReadonlySet<string> {
    return this.#evidence.fitting(ids);
  }

  excerpt(ids: ReadonlySet<string>): readonly FrankedLine[] {
    return this.#evidence.excerpt(ids);
  }

  /** It is over; what is shown stays for a report. */
  close(): void {
    this.#isClosed = true;
    this.pause();
    this.#agreement.close();
  }

  /** Nothing is left of it here. */
  forget(): void {
    this.close();
    this.#evidence.forget();
    this.#lines = [];
    this.#phrase = [];
  }

  #agreed({ channel, phrase }: Agreed): void {
    if (this.#isClosed) return;
    this.#channel = channel;
    this.#phrase = phrase;
    this.#sender.use(channel);
    this.#parts.onReady();
  }

  async #hearSealed(frame: SealedFrame, notice: FrameNotice): Promise<void> {
    const channel = this.#channel;
    const opened = await channel?.open(frame);
    if (opened === undefined || channel !== this.#channel) return;
    if (opened.is === "far") this.#parts.onOutOfStep();
    else if (opened.is === "forged") this.#drop();
    else if (opened.is === "genuine") this.#read(frame, opened.plain, notice);
  }

  #read({ kind, mark }: SealedFrame, plain: Bytes, notice: FrameNotice): void {
    if (kind === "line") {
      const line = markedLine(plain, mark);
      if (line === undefined) this.#drop();
      else this.#arrived({ line, plain, notice });
    } else if (kind === "ack") {
      const arrived = readArrived(plain);
      if (arrived === undefined) return;
      const confirmed = this.#unconfirmed.confirm(arrived);
      this.#sender.forget(confirmed);
      this.#mark(confirmed.map(ownId), "delivered");
    } else {
      const isTyping = readTyping(plain);
      if (isTyping !== undefined) this.#typing.heard(isTyping);
    }
  }

  #arrived(arrival: Arrival): void {
    for (const { line, plain, notice } of this.#arrivals.take(arrival)) {
      const id = `they:${runName(line.run)}:${line.number}`;
      const mark = fromBase64(markIn(notice.frame));
      const { stamp } = notice;
      if (mark && stamp) {
        this.#evidence.keep({ id, from: this.pair.role === 0 ? 1 : 0, plain, mark, stamp });
      }
      this.#typing.heard(false);
      this.#show({ id, from: "they", text: line.text, at: this.#parts.world.now() });
    }
    const { run } = arrival.line;
    this.#sender.confirm(runName(run), this.#arrivals.confirmation(arrival.line));
  }

  #drop(): void {
    this.#dropped++;
    this.#parts.onChange();
  }

  #show(line: ShownLine): void {
    this.#lines = [...this.#lines, line].slice(-LIMITS.strangerLinesKeptMax);
    this.#parts.onChange();
  }

  #mark(ids: readonly string[], state: "sent" | "delivered"): void {
    const news = new Set(ids);
    this.#lines = this.#lines.map((line) =>
      news.has(line.id) && line.state !== "delivered" ? { ...line, state } : line,
    );
    this.#parts.onChange();
  }
}

function ownId(number: number): string {
  return `you:${number}`;
}

function markIn(frame: Frame): string {
  return "mark" in frame ? (frame.mark ?? "") : "";
}
