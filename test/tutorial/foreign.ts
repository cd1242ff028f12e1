/** Handles on servers of another kind: what a test lets their clients do, and what they hear. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "#test/support/until.ts";

export type ForeignRequest =
  | {
      readonly type: "say";
      readonly room: string;
      /** Ids are texts there, of whoever has signed in. */
      readonly from: string | number;
      readonly text: string;
      /** Its score; else the present second. */
      readonly at?: number;
      /** The server dies between storing it and telling of it. */
      readonly isSilent?: boolean;
    }
  | { readonly type: "online"; readonly user: string; readonly isOnline: boolean }
  | { readonly type: "open"; readonly people: readonly [number, number] }
  | { readonly type: "register" | "log-in"; readonly username: string; readonly password: string }
  | { readonly type: "history"; readonly room: string; readonly size: number }
  | { readonly type: "command"; readonly words: readonly string[] };

/** What it heard of other servers on the channel. */
export interface ForeignEvent {
  readonly heard: string;
}

export interface ForeignReply {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** An event of a Klatch, as it came. */
export interface FromKlatch {
  readonly serverId: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const PROGRAM = fileURLToPath(new URL("foreign-server.ts", import.meta.url));

export class Foreign implements AsyncDisposable {
  /** Everything other servers said, Klatch and others, in its order. */
  readonly heard: FromKlatch[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #isReady = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message: ForeignEvent | ForeignReply) => {
      this.#take(message);
    });
  }

  static async start(socket: string): Promise<Foreign> {
    const child = fork(PROGRAM, [socket], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const endNow = () => void child.kill("SIGKILL");
    process.once("exit", endNow);
    child.once("exit", () => process.off("exit", endNow));
    const foreign = new Foreign(child);
    await until(() => foreign.#isReady, { what: "the foreign server listens", timeoutMs: 15_000 });
    return foreign;
  }

  ask(request: ForeignRequest): Promise<unknown> {
    const number = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(number, waiting);
    this.#child.send({ number, request });
    return waiting.promise;
  }

  async say(
    room: string,
    from: string | number,
    text: string,
    more: { readonly at?: number; readonly isSilent?: boolean } = {},
  ): Promise<void> {
    await this.ask({ type: "say", room, from, text, ...more });
  }

  /** A command on its own connection, as somebody would type it. */
  async command(...words: readonly string[]): Promise<unknown> {
    return this.ask({ type: "command", words });
  }

  texts(): readonly string[] {
    return this.heard.flatMap(({ type, data }) =>
      type === "message" ? [String(data["message"])] : [],
    );
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #take(message: ForeignEvent | ForeignReply): void {
    if ("heard" in message) {
      if (message.heard === "ready") this.#isReady = true;
      // oxlint-disable-next-line no-unsafe-type-assertion -- because the test looks at what it names
      else this.heard.push(JSON.parse(message.heard) as FromKlatch);
      return;
    }
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (message.error === undefined) waiting?.resolve(message.value);
    else waiting?.reject(new Error(message.error));
  }
}
