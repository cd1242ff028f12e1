/** `MESSAGES`: the one channel on which the tutorial's servers tell each other everything. */
import type { Redis } from "#server/redis/connect.ts";
import { answered, patientLink } from "#server/redis/connect.ts";

export const MESSAGES = "MESSAGES";

export interface ChannelListener {
  /** Must not throw. */
  heard(payload: string): void;
  /** The link is back after a break: anything may have been missed. */
  restored(): void;
}

export class MessagesChannel {
  readonly #link: Redis;
  #isClosed = false;

  constructor(url: string, name: string) {
    this.#link = patientLink(url, `${name}:messages`);
  }

  /** Resolves once the channel is heard. After a break the library subscribes again by itself. */
  async start(listener: ChannelListener): Promise<void> {
    await answered(this.#link.connect());
    await answered(
      this.#link.subscribe(MESSAGES, (payload) => {
        listener.heard(payload);
      }),
    );
    this.#link.on("ready", () => {
      // The library lets a link come up that was destroyed while it was connecting.
      if (this.#isClosed) this.#link.destroy();
      else listener.restored();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#link.destroy();
  }
}
