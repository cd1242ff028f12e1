/**
 * The beacon: a server hears itself over the bus now and then, because a link can be up and deaf.
 */
import type { Bus, Topic } from "./bus.ts";
import { serverTopic } from "./bus.ts";
import type { Clock } from "#server/core/clock.ts";

const EVERY_MS = 5_000;
/** Silent for this long although Redis took the beacons: the link is deaf. */
export const BEACON_SILENT_MS = 10_000;

interface Parts {
  readonly serverId: string;
  readonly bus: Bus;
  readonly clock: Clock;
  /** The link brings nothing any more and must be replaced. */
  readonly onDeaf: () => void;
}

export class Beacon {
  readonly #parts: Parts;
  readonly #topic: Topic;
  #heardAt: number;
  #stop: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#topic = serverTopic(parts.serverId);
    this.#heardAt = parts.clock.now();
  }

  async start(): Promise<void> {
    await this.#parts.bus.subscribe(this.#topic);
    this.#beat();
  }

  stop(): void {
    this.#stop();
  }

  heard(): void {
    this.#heardAt = this.#parts.clock.now();
  }

  /** Milliseconds since this server last heard itself. */
  get silentMs(): number {
    return this.#parts.clock.now() - this.#heardAt;
  }

  #beat(): void {
    void this.#send();
    this.#stop = this.#parts.clock.after(EVERY_MS, () => {
      this.#beat();
    });
  }

  async #send(): Promise<void> {
    try {
      await this.#parts.bus.publish(this.#topic, "beacon");
    } catch {
      // Redis did not take the beacon, so its silence proves nothing of the link.
      return;
    }
    if (this.silentMs <= BEACON_SILENT_MS) return;
    // A new link gets as long as the old one had before it is judged.
    this.heard();
    this.#parts.onDeaf();
  }
}
