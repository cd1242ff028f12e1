/** Strangers are let in only as long as their Redis forgets: looked at now and then. */
import type { Stage } from "#server/assembly/stage.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Redis } from "#server/redis/connect.ts";
import { forgetfulFaults } from "#server/redis/strangers/forgetful.ts";
import type { Strangers } from "#server/stranger/strangers.ts";

export type Step = () => Promise<void>;

export interface GuardParts {
  readonly redis: Redis;
  readonly keeper: string;
  readonly strangers: Strangers;
  /** What is still to be done before anybody may come in. */
  readonly begin: Step[];
  readonly stage: Stage;
}

/** Lets strangers in only as long as their Redis forgets; begins with the first time it does. */
export class Guard {
  readonly #parts: GuardParts;
  #told = "";

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  async check(): Promise<void> {
    const { redis, keeper, strangers, begin, stage } = this.#parts;
    try {
      const faults = await forgetfulFaults(redis, keeper);
      if (faults.length > 0) {
        await this.#close(faults);
        return;
      }
      for (let [step] = begin; step !== undefined; [step] = begin) {
        // oxlint-disable-next-line no-await-in-loop -- because each step needs the one before
        await step();
        begin.shift();
      }
      this.#told = "";
      strangers.open("start");
      strangers.open("redis");
    } catch (error) {
      if (!(error instanceof ChatError)) stage.log.error({ error }, "unexpected error");
      this.#shut("The place where strangers meet does not answer just now.");
    }
  }

  async #close(faults: readonly string[]): Promise<void> {
    const { strangers, stage } = this.#parts;
    this.#shut("The place where strangers meet might keep something; so it is closed.");
    if (this.#told !== faults.join()) {
      this.#told = faults.join();
      stage.log.error({ faults }, "no strangers can be met: their Redis might keep something");
      stage.say("Strangers cannot be met: the Redis for them might keep what they say.");
      for (const fault of faults) stage.say(`  - ${fault}`);
    }
    await strangers.endAll();
  }

  /** From now on this is the reason; that it has just started is none any more. */
  #shut(reason: string): void {
    const { strangers } = this.#parts;
    strangers.shut("redis", reason);
    strangers.open("start");
  }
}
