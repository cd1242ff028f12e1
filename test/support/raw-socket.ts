/**
 * Socket.IO written by hand over a plain WebSocket, for frames that no proper client would send.
 */
import { SOCKET_TARGET } from "#test/support/raw-http.ts";
import { until } from "#test/support/until.ts";

interface Waiting {
  readonly answer: (ack: unknown) => void;
}

export class RawSocket implements AsyncDisposable {
  /** Every frame that came, as text. */
  readonly frames: string[] = [];
  /** Reasons of the `closing` events that came. */
  readonly closings: string[] = [];
  /** The close code, once it is closed. */
  code: number | undefined;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#take(String(data));
    });
    socket.addEventListener("close", ({ code }) => {
      this.code = code;
      for (const { answer } of this.#waiting.values()) answer(undefined);
    });
    // A close always follows, and says the same.
    socket.addEventListener("error", () => undefined);
  }

  /** Upgrades, and no more: it has joined no namespace. */
  static async upgraded(url: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const address = `${url.replace(/^http/u, "ws")}${SOCKET_TARGET}`;
    const raw = new RawSocket(new WebSocket(address, { headers }));
    await raw.until(() => raw.frames.some((frame) => frame.startsWith("0")), "Engine.IO opens");
    return raw;
  }

  /** A connection to `/chat` that is signed in. */
  static async signedIn(url: string, token: string): Promise<RawSocket> {
    const raw = await RawSocket.upgraded(url);
    raw.write(`40/chat,${JSON.stringify({ token })}`);
    await raw.until(() => raw.frames.some((frame) => frame.startsWith("40/chat,")), "it is in");
    return raw;
  }

  /** Sends one frame as it is. */
  write(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /**
   * Sends an event whose arguments are this JSON text, e.g. `"send",{"room":"0"}`, and asks for an
   * answer. Resolves to what the server answers, or to `undefined` if it closes instead.
   */
  command(json: string): Promise<unknown> {
    const id = this.#lastId++;
    if (this.code !== undefined) return Promise.resolve(undefined);
    return new Promise((answer) => {
      this.#waiting.set(id, { answer });
      this.write(`42/chat,${id}[${json}]`);
    });
  }

  /** The code of an answer's error; `undefined` if it has none. */
  async refusal(json: string): Promise<string | undefined> {
    return errorCode(await this.command(json));
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    await until(() => isSo() || this.code !== undefined, { what });
    if (!isSo()) throw new Error(`Closed (${this.code}) before: ${what}`);
  }

  /** Resolves to the close code. */
  async closed(timeoutMs = 5_000): Promise<number> {
    await until(() => this.code !== undefined, { what: "the connection is closed", timeoutMs });
    return this.code ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed();
  }

  #take(frame: string): void {
    this.frames.push(frame);
    if (frame === "2") this.write("3");
    const event = /^42\/chat,(?<json>\["closing".*)$/su.exec(frame)?.groups?.["json"];
    if (event !== undefined) this.closings.push(/"reason":"(?<why>[^"]*)"/u.exec(event)?.[1] ?? "");
    const ack = /^43\/chat,(?<id>\d+)\[(?<json>.*)\]$/su.exec(frame)?.groups;
    if (ack === undefined) return;
    const id = Number(ack["id"]);
    this.#waiting.get(id)?.answer(JSON.parse(ack["json"] ?? "null"));
    this.#waiting.delete(id);
  }
}

/** The code of a refused command's answer; `undefined` if it was not refused. */
export function errorCode(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return undefined;
  const { error } = answer;
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
