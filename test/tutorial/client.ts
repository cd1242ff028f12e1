/**
 * A client of the tutorial's contract, written from the contract alone: a cookie, plain requests, and a
 * Socket.IO client as it comes, which polls first.
 */
import { get } from "node:http";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import type { Answer } from "#test/support/member.ts";
import { Stream } from "#test/support/event-stream.ts";
import { request, tokenOf } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";

export const PASSWORD = "password123";

export interface Heard {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const EVENTS = ["message", "user.connected", "user.disconnected", "show.room"] as const;

export class TutorialClient {
  readonly url: string;
  readonly id: number;
  readonly username: string;
  readonly token: string;

  constructor(url: string, me: { readonly id: unknown; readonly username: string }, token: string) {
    this.url = url;
    this.id = Number(me.id);
    this.username = me.username;
    this.token = token;
  }

  /** Logs in, which registers who is not known; throws if that is refused. */
  static async enter(url: string, username: string, password = PASSWORD): Promise<TutorialClient> {
    const answer = await login(url, username, password);
    if (answer.status >= 300) throw new Error(`login ${username}: ${answer.status} ${answer.text}`);
    return new TutorialClient(url, answer.json(), tokenOf(answer));
  }

  /** The same browser at another server. */
  at(url: string): TutorialClient {
    return new TutorialClient(url, this, this.token);
  }

  get(path: string): Promise<Answer> {
    return request(this.url, "GET", path, { headers: this.headers });
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return request(this.url, "POST", path, { body, headers: this.headers });
  }

  async messages(room: string, offset = 0, size = 15): Promise<readonly Record<string, unknown>[]> {
    return (await this.get(`/room/${room}/messages?offset=${offset}&size=${size}`)).json();
  }

  /** As a browser sends them. */
  get headers(): Readonly<Record<string, string>> {
    return { Cookie: `klatch=${this.token}`, Origin: this.url };
  }

  /** An open `/stream`. */
  stream(): Promise<Stream> {
    return new Promise((resolve, reject) => {
      get(`${this.url}/stream`, { headers: this.headers, agent: false }, (response) => {
        resolve(new Stream(response));
      }).on("error", reject);
    });
  }

  /** A connected socket, or a rejection with the server's reason. */
  connect(transports: readonly ("polling" | "websocket")[] = ["polling", "websocket"]) {
    return TutorialLine.open(this, transports);
  }
}

export function login(url: string, username: unknown, password: unknown): Promise<Answer> {
  return request(url, "POST", "/login", { body: { username, password } });
}

/** A socket, and all that it was told. */
export class TutorialLine implements AsyncDisposable {
  readonly socket: Socket;
  readonly heard: Heard[] = [];
  readonly #client: TutorialClient;

  constructor(socket: Socket, client: TutorialClient) {
    this.socket = socket;
    this.#client = client;
    for (const type of EVENTS) {
      socket.on(type, (data: Heard["data"]) => {
        this.heard.push({ type, data });
      });
    }
  }

  static async open(
    client: TutorialClient,
    transports: readonly ("polling" | "websocket")[],
  ): Promise<TutorialLine> {
    const options = { forceNew: true, transports: [...transports], extraHeaders: client.headers };
    const line = new TutorialLine(io(client.url, options), client);
    await new Promise<void>((resolve, reject) => {
      line.socket.once("connect", resolve);
      line.socket.once("connect_error", reject);
    }).catch((error: unknown) => {
      line.socket.disconnect();
      throw error;
    });
    return line;
  }

  /** Sends as the tutorial's page does. */
  say(message: unknown, roomId: unknown = "0", rest: Readonly<Record<string, unknown>> = {}): void {
    const from = String(this.#client.id);
    this.socket.emit("message", { roomId, message, from, date: 1_600_000_000, ...rest });
  }

  /** Settles when all that was emitted before is done. */
  async done(): Promise<void> {
    await this.ask("room.join", "0");
  }

  /** An event with an answer, as the tutorial's page never asks for one. */
  ask(event: string, ...payload: readonly unknown[]): Promise<unknown> {
    return this.socket.timeout(5_000).emitWithAck(event, ...payload);
  }

  texts(): readonly unknown[] {
    return this.of("message").map(({ message }) => message);
  }

  of(type: (typeof EVENTS)[number]): readonly Heard["data"][] {
    return this.heard.filter((heard) => heard.type === type).map(({ data }) => data);
  }

  /** Resolves when such a message has come. */
  async hears(message: string): Promise<Heard["data"]> {
    const find = () => this.of("message").find((data) => data["message"] === message);
    await until(() => find() !== undefined, { what: `the message ${message}` });
    return find() ?? {};
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.socket.disconnect();
    return Promise.resolve();
  }
}
