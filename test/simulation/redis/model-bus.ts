/**
 * The bus on the model of Redis: a link of its own that breaks, goes deaf, loses and repeats, and
 * is replaced.
 */
import { unavailable } from "#server/core/chat-error.ts";
import type { Bus, BusListener, Topic } from "#server/core/delivery/bus.ts";
import { Lane } from "#test/simulation/kernel/lane.ts";
import type { RedisProcess, Subscriber } from "./redis-process.ts";
import type { LinkParts } from "./link-parts.ts";
import { COMMAND_MS, reconnectMs } from "./link-parts.ts";
import type { Ask } from "./ports.ts";

export interface ModelBusParts extends LinkParts {
  readonly redis: RedisProcess;
  readonly ask: Ask;
  /** How often a message is lost, or comes twice, although the link is up. */
  readonly flaws: () => { readonly lost: number; readonly doubled: number };
  readonly onFlaw: (flaw: "bus-message-lost" | "bus-message-doubled") => void;
}

/** One TCP connection. */
interface Link extends Subscriber {
  readonly up: Lane;
  readonly down: Lane;
  isOver: boolean;
  readonly unanswered: Set<() => void>;
}

export class ModelBus implements Bus {
  readonly #parts: ModelBusParts;
  /** By the subscription that was last. */
  readonly #wanted = new Map<Topic, object>();
  /** The last change of each topic: one must be done before the next. */
  readonly #changing = new Map<Topic, Promise<void>>();
  #link: Link | undefined;
  #listener: BusListener | undefined;
  #isClosed = false;
  /** Names the present link: what an earlier one still tries is not heard. */
  #generation = 0;

  constructor(parts: ModelBusParts) {
    this.#parts = parts;
  }

  start(listener: BusListener): void {
    this.#listener = listener;
    this.#link = this.#open();
  }

  async subscribe(topic: Topic): Promise<void> {
    const subscription = {};
    this.#wanted.set(topic, subscription);
    try {
      await this.#change(topic, (redis, link) => {
        redis.subscribe(topic, link);
      });
    } catch (error) {
      if (this.#wanted.get(topic) === subscription) this.#wanted.delete(topic);
      throw error;
    }
  }

  unsubscribe(topic: Topic): Promise<void> {
    this.#wanted.delete(topic);
    return this.#change(topic, (redis, link) => {
      redis.unsubscribe(topic, link);
    });
  }

  publish(topic: Topic, payload: string): Promise<void> {
    return this.#parts.ask((redis) => {
      redis.publish(topic, payload);
    });
  }

  /** Gives the link up, whatever it seems to be, and opens another. */
  replace(): void {
    this.#changing.clear();
    this.cut();
  }

  /** The link breaks; it comes back by itself. */
  cut(): void {
    const link = this.#link;
    if (link === undefined) return;
    this.#parts.redis.detach(link);
    link.broken();
  }

  /** From now on the link brings nothing, although it seems to be up. */
  deafen(): void {
    this.#link?.down.hold();
  }

  close(): void {
    this.#isClosed = true;
    this.cut();
  }

  #open(): Link {
    const { scheduler, latencyMs, redis, host, random, flaws, onFlaw } = this.#parts;
    const down = new Lane(scheduler, latencyMs);
    const deliver = (topic: Topic, payload: string) => {
      down.send(() => {
        host.enter(() => {
          if (!link.isOver) this.#listener?.heard(topic, payload);
        });
      });
    };
    const link: Link = {
      up: new Lane(scheduler, latencyMs),
      down,
      isOver: false,
      unanswered: new Set(),
      published: (topic, payload) => {
        const { lost, doubled } = flaws();
        if (random.chance(lost)) {
          onFlaw("bus-message-lost");
          return;
        }
        deliver(topic, payload);
        if (!random.chance(doubled)) return;
        onFlaw("bus-message-doubled");
        deliver(topic, payload);
      },
      broken: () => {
        this.#broken(link);
      },
    };
    redis.attach(link);
    return link;
  }

  #broken(link: Link): void {
    if (link.isOver) return;
    link.isOver = true;
    link.up.cut();
    link.down.cut();
    if (this.#link === link) this.#link = undefined;
    this.#parts.host.enter(() => {
      for (const giveUp of link.unanswered) giveUp();
    });
    this.#reconnect(++this.#generation);
  }

  #reconnect(generation: number): void {
    const { scheduler, random, redis, host } = this.#parts;
    scheduler.after(reconnectMs(random), () => {
      if (this.#isClosed || generation !== this.#generation) return;
      if (!redis.isUp) {
        this.#reconnect(generation);
        return;
      }
      const link = this.#open();
      this.#link = link;
      host.enter(() => {
        void this.#settle(link);
      });
    });
  }

  /** After a break: hears what is wanted again, then lets everyone look for what was missed. */
  async #settle(link: Link): Promise<void> {
    const { redis } = this.#parts;
    const subscribe = (topic: Topic) =>
      this.#call(link, () => {
        redis.subscribe(topic, link);
      });
    try {
      await Promise.all([...this.#wanted.keys()].map(subscribe));
      if (link === this.#link) this.#listener?.restored();
    } catch {
      // Down again: the next connection comes here again. One that is up and silent is found out by
      // the beacon.
    }
  }

  #change(topic: Topic, act: (redis: RedisProcess, link: Link) => void): Promise<void> {
    const before = this.#changing.get(topic) ?? Promise.resolve();
    const change = before
      .catch(() => undefined)
      .then(async () => {
        const link = this.#link;
        if (link === undefined) throw unavailable();
        return this.#call(link, () => {
          act(this.#parts.redis, link);
        });
      })
      .finally(() => {
        if (this.#changing.get(topic) === change) this.#changing.delete(topic);
      });
    this.#changing.set(topic, change);
    return change;
  }

  /**
   * Has something done at the other end; rejects when no answer comes in time, or the link breaks.
   */
  #call(link: Link, act: () => void): Promise<void> {
    const { host, redis } = this.#parts;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        if (!link.unanswered.delete(giveUp)) return;
        stop();
        then();
      };
      const giveUp = () => {
        settle(() => {
          reject(unavailable());
        });
      };
      const stop = host.after(COMMAND_MS, giveUp);
      link.unanswered.add(giveUp);
      link.up.send(() => {
        redis.take(() => {
          if (link.isOver) return;
          act();
          link.down.send(() => {
            host.enter(() => {
              settle(resolve);
            });
          });
        });
      });
    });
  }
}
