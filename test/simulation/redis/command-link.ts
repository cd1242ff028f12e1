/**
 * A server's link for commands: answers come in order, late or never; a break leaves it open what
 * was carried out.
 */
import { unavailable } from "#server/core/chat-error.ts";
import { Lane } from "#test/simulation/kernel/lane.ts";
import type { ModelRedis } from "./model-redis.ts";
import type { RedisLink, RedisProcess } from "./redis-process.ts";
import type { LinkParts } from "./link-parts.ts";
import { COMMAND_MS, reconnectMs } from "./link-parts.ts";

export class CommandLink implements RedisLink {
  readonly #parts: LinkParts;
  readonly #redis: RedisProcess;
  #requests: Lane;
  #answers: Lane;
  #isUp = true;
  #isClosed = false;
  /** Each tells its asker that no answer will come. */
  #unanswered = new Set<() => void>();

  constructor(parts: LinkParts, redis: RedisProcess) {
    this.#parts = parts;
    this.#redis = redis;
    [this.#requests, this.#answers] = this.#lanes();
    redis.attach(this);
  }

  ask = <Answer>(question: (redis: ModelRedis) => Answer): Promise<Answer> => {
    const { host } = this.#parts;
    return new Promise((resolve, reject) => {
      if (!this.#isUp) {
        reject(unavailable());
        return;
      }
      const answers = this.#answers;
      const settle = (act: () => void) => {
        if (!this.#unanswered.delete(giveUp)) return;
        stop();
        act();
      };
      const giveUp = () => {
        settle(() => {
          reject(unavailable());
        });
      };
      const stop = host.after(COMMAND_MS, giveUp);
      this.#unanswered.add(giveUp);
      this.#requests.send(() => {
        this.#redis.take(() => {
          const answer = question(this.#redis.model);
          answers.send(() => {
            host.enter(() => {
              settle(() => {
                resolve(answer);
              });
            });
          });
        });
      });
    });
  };

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Redis died. */
  broken(): void {
    this.#break(0);
  }

  /**
   * The link breaks: of the commands under way, some first ones may still be carried out,
   * unanswered.
   */
  cut(): void {
    if (!this.#isUp) return;
    this.#redis.detach(this);
    this.#break(this.#parts.random.int(0, this.#requests.underWay));
  }

  /** Nothing passes for a while; then everything does, in order. */
  hold(ms: number): void {
    const [requests, answers] = [this.#requests, this.#answers];
    requests.hold();
    answers.hold();
    this.#parts.scheduler.after(ms, () => {
      requests.release();
      answers.release();
    });
  }

  /** The server is gone. What it had asked may still be carried out. */
  close(): void {
    this.#isClosed = true;
    this.#redis.detach(this);
    this.#requests.cut(this.#parts.random.int(0, this.#requests.underWay));
    this.#answers.cut();
  }

  #break(keep: number): void {
    this.#isUp = false;
    this.#requests.cut(keep);
    this.#answers.cut();
    const { host } = this.#parts;
    host.enter(() => {
      for (const giveUp of this.#unanswered) giveUp();
    });
    this.#reconnect();
  }

  #reconnect(): void {
    const { scheduler, random } = this.#parts;
    scheduler.after(reconnectMs(random), () => {
      if (this.#isClosed) return;
      if (!this.#redis.isUp) {
        this.#reconnect();
        return;
      }
      [this.#requests, this.#answers] = this.#lanes();
      this.#redis.attach(this);
      this.#isUp = true;
    });
  }

  #lanes(): [Lane, Lane] {
    const { scheduler, latencyMs } = this.#parts;
    return [new Lane(scheduler, latencyMs), new Lane(scheduler, latencyMs)];
  }
}
