/**
 * The bus on Redis: sharded pub/sub over a link of its own, which is replaced when it has gone
 * deaf.
 */
import type { Bus, BusListener, Topic } from "#server/core/delivery/bus.ts";
import type { Redis } from "./connect.ts";
import { answered, patientLink } from "./connect.ts";

export class RedisBus implements Bus {
  readonly #commands: Redis;
  readonly #url: string;
  readonly #name: string;
  /**
   * Wanted topics and the last subscription of each; after a break the library's list can be wrong.
   */
  readonly #wanted = new Map<Topic, object>();
  /** The last change of each topic: one must be done before the next, or its answer undoes it. */
  readonly #changing = new Map<Topic, Promise<void>>();
  #link: Redis;
  #listener: BusListener | undefined;
  #isClosed = false;

  constructor(commands: Redis, url: string, name: string) {
    this.#commands = commands;
    this.#url = url;
    this.#name = name;
    this.#link = this.#open();
  }

  /** Resolves once the link is up. Call once, before anything else. */
  async start(listener: BusListener): Promise<void> {
    this.#listener = listener;
    await answered(this.#link.connect());
  }

  async subscribe(topic: Topic): Promise<void> {
    const subscription = {};
    this.#wanted.set(topic, subscription);
    try {
      await this.#change(topic, (link) => link.sSubscribe(topic, this.#heard));
    } catch (error) {
      // A later one may already be on its way.
      if (this.#wanted.get(topic) === subscription) this.#wanted.delete(topic);
      throw error;
    }
  }

  unsubscribe(topic: Topic): Promise<void> {
    this.#wanted.delete(topic);
    return this.#change(topic, (link) => link.sUnsubscribe(topic));
  }

  async publish(topic: Topic, payload: string): Promise<void> {
    await answered(this.#commands.sPublish(topic, payload));
  }

  /** Gives up a link that brings nothing, whatever TCP says of it, and opens another. */
  replace(): void {
    this.#link.destroy();
    this.#changing.clear();
    this.#link = this.#open();
    this.#link.connect().catch(() => {
      // Closed, or replaced again, before it was up.
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#link.destroy();
  }

  readonly #heard = (payload: string, topic: Topic): void => {
    try {
      this.#listener?.heard(topic, payload);
    } catch (error) {
      // The library would swallow it, and whatever else came in the same piece.
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  #open(): Redis {
    const link = patientLink(this.#url, `${this.#name}:bus`);
    let isFirst = this.#listener === undefined;
    link.on("ready", () => {
      // The library lets a link come up that was destroyed while it was connecting.
      if (this.#isClosed || link !== this.#link) {
        link.destroy();
        return;
      }
      if (isFirst) {
        isFirst = false;
        return;
      }
      void this.#settle(link);
    });
    return link;
  }

  /**
   * After a break: hears exactly what is wanted again, then lets everyone look for what was missed.
   */
  async #settle(link: Redis): Promise<void> {
    const has = new Set(link.getPubSubListeners("SHARDED").keys());
    const missing = [...this.#wanted.keys()].filter((topic) => !has.has(topic));
    const stale = [...has].filter((topic) => !this.#wanted.has(topic));
    try {
      await Promise.all([
        ...missing.map((topic) => link.sSubscribe(topic, this.#heard)),
        ...stale.map((topic) => link.sUnsubscribe(topic)),
      ]);
      if (link === this.#link) this.#listener?.restored();
    } catch {
      // Down again: the next "ready" comes here again.
    }
  }

  #change(topic: Topic, act: (link: Redis) => Promise<void>): Promise<void> {
    const before = this.#changing.get(topic) ?? Promise.resolve();
    const change = before
      .catch(() => undefined)
      .then(() => answered(act(this.#link)))
      .finally(() => {
        if (this.#changing.get(topic) === change) this.#changing.delete(topic);
      });
    this.#changing.set(topic, change);
    return change;
  }
}
