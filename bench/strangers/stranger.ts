/** A stranger of a bench: a bare socket from an address of its own, and when it was told what. */
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";

const PATIENCE_MS = 30_000;

export interface Told {
  readonly name: string;
  readonly notice: Readonly<Record<string, unknown>>;
  /** In milliseconds of this process. */
  readonly at: number;
}

let count = 0;

export class BenchStranger {
  readonly #socket: Socket;
  readonly #told: Told[] = [];
  readonly #waiting: { readonly names: readonly string[]; readonly take: (told: Told) => void }[] =
    [];
  token = "";
  /** Called with every frame, and when it came. */
  onFrame: (notice: Told["notice"], at: number) => void = () => undefined;

  private constructor(url: string) {
    count++;
    const address = `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`;
    this.#socket = io(`${url}/strangers`, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      extraHeaders: { "x-forwarded-for": address },
    });
    this.#socket.onAny((name: string, notice: Told["notice"]) => {
      const at = performance.now();
      if (name === "frame") this.onFrame(notice, at);
      else this.#take({ name, notice, at });
    });
    this.#socket.on("disconnect", () => {
      this.#take({ name: "disconnect", notice: {}, at: performance.now() });
    });
  }

  /** Connects and enters; with a token, comes back. */
  static async enter(url: string, token?: string): Promise<BenchStranger> {
    const stranger = new BenchStranger(url);
    await new Promise<void>((resolve, reject) => {
      stranger.#socket.once("connect", resolve);
      stranger.#socket.once("connect_error", reject);
    });
    const result = await stranger.ask("enter", {
      adult: true,
      ...(token !== undefined && { token }),
    });
    stranger.token = String(result["token"]);
    return stranger;
  }

  /** Rejects with what it is refused with. */
  async ask(name: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer: unknown = await this.#socket.timeout(PATIENCE_MS).emitWithAck(name, body);
    if (typeof answer !== "object" || answer === null) throw new Error(`${name}: no answer`);
    if ("error" in answer) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    return { ...answer };
  }

  search(interest: string): Promise<unknown> {
    return this.ask("search", { interests: [interest], language: "en", onlyInterests: true });
  }

  /** The next notice of these names, also one that came since the last that was read. */
  async next(...names: readonly string[]): Promise<Told> {
    const at = this.#told.findIndex(({ name }) => names.includes(name));
    if (at >= 0) {
      const [told] = this.#told.splice(0, at + 1).slice(-1);
      if (told !== undefined) return told;
    }
    this.#told.length = 0;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`Waited in vain for ${names.join(" or ")}.`));
      }, PATIENCE_MS);
      const take = (told: Told) => {
        clearTimeout(timer);
        resolve(told);
      };
      this.#waiting.push({ names, take });
    });
  }

  relay(pair: string, seq: number): Promise<unknown> {
    return this.ask("relay", { pair, frame: { kind: "ack", epoch: 0, seq, box: BOX } });
  }

  /** As a page that is closed, or killed. */
  leave(): void {
    this.#socket.disconnect();
  }

  #take(told: Told): void {
    const at = this.#waiting.findIndex(({ names }) => names.includes(told.name));
    if (at === -1) this.#told.push(told);
    else this.#waiting.splice(at, 1)[0]?.take(told);
  }
}

const BOX = Buffer.alloc(272, 7).toString("base64url");

/** Two who have met. */
export interface Met {
  readonly one: BenchStranger;
  readonly two: BenchStranger;
  readonly pair: string;
  /** From the second search to the moment at which both were told `open`. */
  readonly openMs: number;
}

let interests = 0;

/** Something that nobody else looks for. */
export const ownInterest = (): string => `topic ${interests++}`;

/** The first waits; then the second comes, from where it is measured. */
export async function meet(one: BenchStranger, two: BenchStranger): Promise<Met> {
  const interest = ownInterest();
  await one.search(interest);
  const opened = [one, two].map((each) => each.next("open"));
  const began = performance.now();
  await two.search(interest);
  const ends = await Promise.all(opened);
  const openMs = Math.max(...ends.map(({ at }) => at)) - began;
  return { one, two, pair: String(ends[0]?.notice["pair"]), openMs };
}
