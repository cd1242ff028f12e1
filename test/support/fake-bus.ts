/** A bus in memory whose link a test can hold and break. */
import type { Bus, Topic } from "#server/core/delivery/bus.ts";

export class FakeBus implements Bus {
  readonly subscribed = new Set<Topic>();
  readonly published: { readonly topic: Topic; readonly payload: string }[] = [];
  /** Every change of subscriptions, in order: `+room:0`, `-room:0`. */
  readonly changes: string[] = [];
  /** What the next calls throw; empty for none. */
  readonly failures: Error[] = [];
  #held: PromiseWithResolvers<void> | undefined;

  /** From now on nothing is answered, until the returned function is called. */
  hold(): () => void {
    const held = Promise.withResolvers<void>();
    this.#held = held;
    return () => {
      this.#held = undefined;
      held.resolve();
    };
  }

  async subscribe(topic: Topic): Promise<void> {
    await this.#answer();
    this.changes.push(`+${topic}`);
    this.subscribed.add(topic);
  }

  async unsubscribe(topic: Topic): Promise<void> {
    await this.#answer();
    this.changes.push(`-${topic}`);
    this.subscribed.delete(topic);
  }

  async publish(topic: Topic, payload: string): Promise<void> {
    await this.#answer();
    this.published.push({ topic, payload });
  }

  async #answer(): Promise<void> {
    const failure = this.failures.shift();
    await this.#held?.promise;
    if (failure !== undefined) throw failure;
  }
}
