/**
 * A server with its supervisor: dies, is drained, stands still, and comes back as a new process.
 */
import type { Ground } from "./server-life.ts";
import { ServerLife } from "./server-life.ts";

export class Server {
  readonly name: string;
  readonly #ground: Ground;
  readonly #skewMs: number;
  #lives = 0;
  #life: ServerLife | undefined;
  #isComing = false;

  constructor(name: string, ground: Ground) {
    this.name = name;
    this.#ground = ground;
    this.#skewMs = Math.round(ground.random.between(-90_000, 90_000));
  }

  /** The running process, if it takes connections. */
  get open(): ServerLife | undefined {
    return this.#life?.isListening === true ? this.#life : undefined;
  }

  /** The running process, also while it starts or ends. */
  get life(): ServerLife | undefined {
    return this.#life?.isOver === true ? undefined : this.#life;
  }

  start(): void {
    this.#isComing = false;
    const life = new ServerLife(`${this.name}.${++this.#lives}`, this.#ground, this.#skewMs);
    this.#life = life;
    life.start().catch(() => {
      // Redis cannot be reached: the process ends, and its supervisor tries again.
      life.end(true);
      this.#comeBackIn(1_000);
    });
  }

  /** @param isSaid whether the machine lives on and closes the connections */
  crash(isSaid: boolean, downMs: number): void {
    this.#life?.end(isSaid);
    this.#comeBackIn(downMs);
  }

  drain(downMs: number): void {
    const life = this.open;
    if (life === undefined) return;
    void life.drain().then(() => {
      this.#comeBackIn(downMs);
      return undefined;
    });
  }

  #comeBackIn(ms: number): void {
    if (this.#isComing) return;
    this.#isComing = true;
    this.#ground.scheduler.after(ms, () => {
      this.start();
    });
  }
}
