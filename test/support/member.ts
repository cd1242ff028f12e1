/**
 * A member under test: plain HTTP with its cookie, and a plain Socket.IO socket, as any program
 * would speak them.
 */
import { randomUUID } from "node:crypto";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import type { HistoryPage, Me } from "#protocol/api.ts";
import type {
  ClientToServer,
  JoinResult,
  RoomsNotice,
  SendResult,
  ServerToClient,
} from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";

export const PASSWORD = "correct horse battery";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws if it is none. */
  // oxlint-disable-next-line no-unnecessary-type-parameters -- because a test names the shape
  json<T>(): T;
}

/** One request, with nothing added that is not asked for. */
export async function request(
  url: string,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const { body, headers = {} } = options;
  const response = await fetch(url + path, {
    method,
    redirect: "manual",
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    // oxlint-disable-next-line no-unsafe-type-assertion, no-unnecessary-type-parameters -- because tests name it
    json: <T>() => JSON.parse(text) as T,
  };
}

type ChatSocket = Socket<ServerToClient, ClientToServer>;
type Outcome<T> = T | { readonly error: CommandError };

export class Member {
  readonly url: string;
  readonly me: Me;
  readonly token: string;

  constructor(url: string, me: Me, token: string) {
    this.url = url;
    this.me = me;
    this.token = token;
  }

  /** Registers, or with `signIn` signs in, and throws if that is refused. */
  static async enter(url: string, username: string, way: "register" | "signIn" = "register") {
    const path = way === "register" ? "/api/accounts" : "/api/session";
    const answer = await request(url, "POST", path, { body: { username, password: PASSWORD } });
    if (answer.status >= 300) throw new Error(`${way} ${username}: ${answer.text}`);
    return new Member(url, answer.json<Me>(), tokenOf(answer));
  }

  /** The same person and session at another server. */
  at(url: string): Member {
    return new Member(url, this.me, this.token);
  }

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.token}` };
    return request(this.url, method, path, { body, headers });
  }

  async history(query = "", room = "0"): Promise<HistoryPage> {
    return (await this.call("GET", `/api/rooms/${room}/messages${query}`)).json<HistoryPage>();
  }

  say(message: string, cid: string = randomUUID(), room = "0"): Promise<Answer> {
    return this.call("POST", `/api/rooms/${room}/messages`, { cid, message });
  }

  /** A connected socket, or a rejection with the server's reason in `data`. */
  connect(options: { readonly extraHeaders?: Readonly<Record<string, string>> } = {}) {
    return Line.open(this.url, { token: this.token }, options.extraHeaders ?? {});
  }
}

/** A socket and what came over it. */
export class Line implements AsyncDisposable {
  readonly socket: ChatSocket;
  readonly events: RoomEvent[] = [];
  /** How many `events` frames there were. */
  frames = 0;
  closing: string | undefined;
  readonly notices: RoomsNotice[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(socket: ChatSocket) {
    this.socket = socket;
    socket.on("events", (events) => {
      this.frames++;
      this.events.push(...events);
      this.#wake();
    });
    socket.on("rooms", (notice) => {
      this.notices.push(notice);
      this.#wake();
    });
    socket.on("closing", ({ reason }) => {
      this.closing = reason;
      this.#wake();
    });
    socket.on("disconnect", () => {
      this.#wake();
    });
  }

  static async open(
    url: string,
    auth: Readonly<Record<string, unknown>>,
    extraHeaders: Readonly<Record<string, string>>,
  ): Promise<Line> {
    const socket: ChatSocket = io(`${url}/chat`, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      auth,
      extraHeaders,
    });
    const line = new Line(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    return line;
  }

  send(message: string, cid: string = randomUUID(), room = "0"): Promise<Outcome<SendResult>> {
    return this.ask("send", { room, cid, message });
  }

  async join(since?: string, room = "0"): Promise<JoinResult> {
    const answer = await this.ask<JoinResult>(
      "join",
      since === undefined ? { room } : { room, since },
    );
    if ("error" in answer) throw new Error(answer.error.detail);
    return answer;
  }

  /** Any command with any payload, as a program with mistakes would send it. */
  async ask<T>(command: string, ...payload: readonly unknown[]): Promise<Outcome<T>> {
    const untyped: Socket = this.socket;
    // oxlint-disable-next-line no-unsafe-type-assertion -- because a test says what it expects and then checks it
    return (await untyped.timeout(5_000).emitWithAck(command, ...payload)) as Outcome<T>;
  }

  /** Resolves when `isSo`; rejects after `ms`. Looks again at everything that arrives. */
  async until(isSo: () => boolean, what: string, ms = 5_000): Promise<void> {
    const late = AbortSignal.timeout(ms);
    while (!isSo()) {
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          reject(new Error(`Not within ${ms} ms: ${what}`));
        };
        late.addEventListener("abort", stop, { once: true });
        this.#waiting.add(() => {
          late.removeEventListener("abort", stop);
          resolve();
        });
      });
    }
  }

  texts(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "message" ? [event.data.message] : []));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.socket.disconnect();
    return Promise.resolve();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export function tokenOf({ headers }: Answer): string {
  const cookie = headers.getSetCookie()[0] ?? "";
  const token = /^(?:__Host-)?klatch=(?<token>[^;]+)/u.exec(cookie)?.groups?.["token"];
  if (token === undefined) throw new Error(`No session cookie in "${cookie}"`);
  return token;
}
