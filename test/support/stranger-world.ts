/**
 * A world for strangers without a server: a clock moved by hand, and a relay in memory that loses,
 * doubles and reorders frames as it is told.
 */
import { setTimeout as pause } from "node:timers/promises";
import { LIMITS } from "#protocol/limits.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { Frame, Pair, Role, SearchResult, Stamp } from "#protocol/stranger.ts";
import { Strangers } from "#sdk/strangers/strangers.ts";
import { prove } from "#sdk/strangers/proof.ts";
import { MemoryTokenKeeper } from "#sdk/strangers/world.ts";
import type {
  StrangerCommand,
  StrangerConnection,
  StrangerListener,
  StrangerWorld,
  TokenKeeper,
} from "#sdk/strangers/world.ts";
import { ManualClock, seededRandom } from "#test/support/sdk-world.ts";

/** What becomes of a frame on its way: how often it arrives, after how many others. */
export type Fate = (frame: Frame, from: Role) => readonly { readonly after: number }[];

export interface Passed {
  readonly frame: Frame;
  readonly from: Role;
}

interface Line {
  readonly listener: StrangerListener;
  token: string;
}

interface Chat {
  readonly id: string;
  readonly tokens: [string, string];
  epoch: number;
}

export class StrangerRelay {
  readonly clock = new ManualClock();
  /** How much time passes in one go while something is waited for, in milliseconds. */
  stepMs = 50;
  readonly random: () => number;
  /** All frames that came to the relay, in order. */
  readonly passed: Passed[] = [];
  readonly commands: { readonly name: StrangerCommand; readonly body: unknown }[] = [];
  fate: Fate = () => [{ after: 0 }];
  /** What a search is answered, in place of `waiting`. */
  searched: (body: unknown) => SearchResult | { readonly error: CommandError } = () => ({
    state: "waiting",
  });
  entering: () => CommandError | undefined = () => undefined;
  /** Changes frames on their way. */
  tamper: (frame: Frame, from: Role) => Frame = (frame) => frame;
  readonly #lines = new Set<Line>();
  readonly #late: { after: number; readonly run: () => void }[] = [];
  #waiting: string[] = [];
  #chat: Chat | undefined;
  #count = 0;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** Somebody with a page of their own; `keeper` outlives a reload of it. */
  visitor(
    keeper: TokenKeeper = new MemoryTokenKeeper(),
    more: Partial<StrangerWorld> = {},
  ): Strangers {
    const world: StrangerWorld = {
      now: () => this.clock.now(),
      random: this.random,
      setTimer: (run, ms) => this.clock.setTimer(run, ms),
      connect: (_, listener) => this.#connect(listener),
      keeper,
      prove,
      ...more,
    };
    return new Strangers({ world });
  }

  /** Two who have found each other and can talk. */
  async meet(): Promise<readonly [Strangers, Strangers]> {
    const two = [this.visitor(), this.visitor()] as const;
    for (const each of two) each.search({ interests: ["tea"], language: "en" });
    await this.until(() => two.every(({ state }) => state.at === "talking"));
    return two;
  }

  /** The connection of this role is lost; the other one is told. */
  cut(role: Role): void {
    const token = this.#chat?.tokens[role];
    const line = [...this.#lines].find((each) => each.token === token);
    if (line === undefined) return;
    this.#lines.delete(line);
    line.listener.onEnd();
    const other = this.#lineOf(role === 0 ? 1 : 0);
    const pair = this.#chat?.id;
    other?.listener.onNotice("away", { pair, forMs: LIMITS.strangerGraceMs });
  }

  /** Says something to one of the two, whatever it is. */
  tell(role: Role, name: string, data: unknown): void {
    this.#lineOf(role)?.listener.onNotice(name, data);
  }

  get pair(): string {
    return this.#chat?.id ?? "";
  }

  /** Lets time pass, with all the work that falls due, until `condition` holds. */
  async until(condition: () => boolean, what = "a condition"): Promise<void> {
    for (let turn = 0; !condition(); turn++) {
      if (turn > 5_000) throw new Error(`Waited in vain: ${what}.`);
      // Cryptography takes its own, real time.
      await pause(0);
      if (turn % 4 === 3) this.clock.advance(this.stepMs);
    }
  }

  #connect(listener: StrangerListener): StrangerConnection {
    const line: Line = { listener, token: "" };
    this.clock.setTimer(() => {
      this.#lines.add(line);
      listener.onOpen();
    }, 1);
    return {
      command: (name, body, onAnswer) => {
        this.clock.setTimer(() => {
          if (!this.#lines.has(line)) return;
          this.commands.push({ name, body });
          const answer = this.#carryOut(line, name, body);
          this.clock.setTimer(() => {
            if (this.#lines.has(line)) onAnswer(answer);
          }, 1);
        }, 1);
      },
      close: () => {
        this.#lines.delete(line);
      },
    };
  }

  #carryOut(line: Line, name: StrangerCommand, body: object): unknown {
    switch (name) {
      case "enter":
        return this.#enter(line, "token" in body ? String(body.token) : undefined);
      case "search":
        return this.#search(line, body);
      case "relay":
        return this.#relay(line, body);
      case "end":
      case "block":
      case "report":
        this.#end(line, name === "report" ? "reported" : "left");
        return {};
      case "stop":
        this.#waiting = this.#waiting.filter((token) => token !== line.token);
        return {};
    }
  }

  #enter(line: Line, token: string | undefined): unknown {
    const error = this.entering();
    if (error !== undefined) return { error };
    const role = this.#chat?.tokens.indexOf(token ?? "") ?? -1;
    line.token = `token-${++this.#count}`;
    if (role !== 0 && role !== 1) return { token: line.token };
    const older = this.#lineOf(role);
    if (this.#chat) this.#chat.tokens[role] = line.token;
    if (older) {
      older.listener.onNotice("moved", {});
      this.#lines.delete(older);
    }
    this.clock.setTimer(() => this.#open(), 2);
    return { token: line.token, pair: this.#pairOf(role) };
  }

  #search(line: Line, body: object): unknown {
    const answer = this.searched(body);
    if (!("state" in answer) || answer.state !== "waiting") return answer;
    this.#end(line, "skipped");
    if (!this.#waiting.includes(line.token)) this.#waiting.push(line.token);
    const [first, second] = this.#waiting;
    if (first !== undefined && second !== undefined) {
      this.#waiting = [];
      const id = Buffer.from(`the pair no. ${this.#count++}`).toString("base64url");
      this.#chat = { id, tokens: [first, second], epoch: 0 };
      this.clock.setTimer(() => {
        for (const role of [0, 1] as const) this.tell(role, "matched", this.#pairOf(role));
        this.#open();
      }, 2);
    }
    return answer;
  }

  #open(): void {
    const chat = this.#chat;
    if (chat === undefined || !this.#lineOf(0) || !this.#lineOf(1)) return;
    chat.epoch++;
    const notice = { pair: chat.id, epoch: chat.epoch };
    for (const role of [0, 1] as const) this.tell(role, "open", notice);
  }

  #relay(line: Line, body: object): unknown {
    const role = this.#roleOf(line);
    if (role === undefined || !("frame" in body)) return NOT_THERE;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the client made it
    const frame = body.frame as Frame;
    this.passed.push({ frame, from: role });
    const stamp: Stamp = { at: Math.floor(this.clock.now() / 1_000), mac: `mac-${role}` };
    const proof = frame.kind === "line" ? { stamp } : {};
    for (const late of this.#late) late.after--;
    for (const { after } of this.fate(frame, role)) {
      const run = () => this.#deliver(role, this.tamper(frame, role), proof);
      if (after === 0) run();
      else this.#late.push({ after, run });
    }
    const due = this.#late.filter(({ after }) => after <= 0);
    for (const each of due) this.#late.splice(this.#late.indexOf(each), 1);
    for (const { run } of due) run();
    return proof;
  }

  #deliver(from: Role, frame: Frame, proof: object): void {
    this.tell(from === 0 ? 1 : 0, "frame", { pair: this.pair, frame, ...proof });
  }

  #end(line: Line, reason: string): void {
    const role = this.#roleOf(line);
    if (role === undefined) return;
    const pair = this.pair;
    const other = this.#lineOf(role === 0 ? 1 : 0);
    this.#chat = undefined;
    other?.listener.onNotice("ended", { pair, reason });
  }

  #roleOf({ token }: Line): Role | undefined {
    const at = this.#chat?.tokens.indexOf(token);
    return at === 0 || at === 1 ? at : undefined;
  }

  #lineOf(role: Role): Line | undefined {
    const token = this.#chat?.tokens[role];
    return [...this.#lines].find((line) => line.token === token);
  }

  #pairOf(role: Role): Pair {
    const masks = [
      { name: "Quiet Heron", hue: 20 },
      { name: "Brave Otter", hue: 200 },
    ] as const;
    const they = masks[role === 0 ? 1 : 0];
    return { id: this.pair, role, you: masks[role], they, shared: ["tea"] };
  }
}

const NOT_THERE = { error: { code: "not-found", detail: "There is no such chat." } } as const;
