/** Looks for somebody: the search, its stages, and the work that may be asked for first. */
import type { CommandError } from "#protocol/errors.ts";
import type { Challenge, Proof, SearchCommand, Wait } from "#protocol/stranger.ts";
import { isPassing } from "#sdk/error.ts";
import { Timer } from "#sdk/timer.ts";
import { readSearched } from "./heard.ts";
import { stagesOf } from "./state.ts";
import type { Search, StrangerState } from "./state.ts";
import { refusalIn } from "./stranger-link.ts";
import type { StrangerWorld } from "./world.ts";

export interface SeekerParts {
  readonly world: StrangerWorld;
  readonly command: (body: SearchCommand, onAnswer: (answer: unknown) => void) => void;
  readonly onState: (state: Extract<StrangerState, { at: "searching" | "proving" }>) => void;
  /** There is no use in looking on. */
  readonly onRefused: (error: CommandError) => void;
}

const UNCLEAR: CommandError = {
  code: "internal",
  detail: "The server asked for something that this page does not know. Please reload it.",
};

export class Seeker {
  readonly #parts: SeekerParts;
  /** When the next stage begins, or another try. */
  readonly #stages: Timer;
  readonly #again: Timer;
  #search: Search | undefined;
  /** Names the current try: answers to earlier ones are not for it. */
  #try = 0;
  #work: AbortController | undefined;
  #wait: Wait | undefined;

  constructor(parts: SeekerParts) {
    this.#parts = parts;
    this.#stages = new Timer(parts.world);
    this.#again = new Timer(parts.world);
  }

  /** Whether somebody is looked for, or would be if there were a connection. */
  get isWanted(): boolean {
    return this.#search !== undefined;
  }

  /** Looks for this from the next `begin` on. */
  want(search: Search): void {
    this.#search = search;
  }

  /** Asks the server to look for what is wanted. */
  begin(proof?: Proof): void {
    const search = this.#search;
    if (search === undefined) return;
    this.pause();
    const attempt = this.#try;
    this.#wait = undefined;
    this.#goThroughStages(search, this.#parts.world.now());
    this.#parts.command({ ...search, ...(proof && { proof }) }, (answer) => {
      if (attempt === this.#try && answer !== undefined) this.#answered(answer);
    });
  }

  /** Somebody was found, or the connection is lost: nothing goes on until `begin`. */
  pause(): void {
    this.#try++;
    this.#stages.stop();
    this.#again.stop();
    this.#work?.abort();
    this.#work = undefined;
  }

  /** Nobody is looked for any more. */
  stop(): void {
    this.pause();
    this.#again.tries = 0;
    this.#search = undefined;
  }

  #answered(answer: unknown): void {
    const refusal = refusalIn(answer);
    if (refusal !== undefined) {
      if (isPassing(refusal)) this.#again.retry(() => this.begin(), refusal.retryAfter);
      else this.#parts.onRefused(refusal);
      return;
    }
    const result = readSearched(answer);
    if (result === undefined) this.#parts.onRefused(UNCLEAR);
    else if (result.state === "proof") void this.#prove(result.challenge);
    else {
      this.#again.tries = 0;
      this.#wait = result.wait;
      this.#tellStage();
    }
  }

  async #prove(challenge: Challenge): Promise<void> {
    this.pause();
    const attempt = this.#try;
    const work = new AbortController();
    this.#work = work;
    const onProgress = (done: number) => {
      if (attempt === this.#try) this.#parts.onState({ at: "proving", done });
    };
    onProgress(0);
    try {
      const answer = await this.#parts.world.prove(challenge, onProgress, work.signal);
      if (attempt === this.#try) this.begin({ nonce: challenge.nonce, answer });
    } catch {
      // Stopped by oneself, or the worker failed: then the next search asks for work again.
      if (attempt === this.#try) this.#again.retry(() => this.begin());
    }
  }

  #tellStage: () => void = () => {};

  #goThroughStages(search: Search, since: number): void {
    const { world, onState } = this.#parts;
    const stages = stagesOf(search);
    this.#tellStage = () => {
      const passed = world.now() - since;
      const current = stages.findLast(([afterMs]) => afterMs <= passed) ?? stages[0];
      const next = stages.find(([afterMs]) => afterMs > passed);
      if (next) this.#stages.set(() => this.#tellStage(), next[0] - passed);
      const wait = this.#wait;
      onState({ at: "searching", stage: current?.[1] ?? "anyone", ...(wait && { wait }) });
    };
    this.#tellStage();
  }
}
