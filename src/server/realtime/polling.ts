/**
 * Long polling, for the tutorial's clients alone, who begin with it. What they ask is checked here before
 * Engine.IO sees it; connections that began so are remembered, for Klatch's own namespaces are WebSocket
 * only.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server as Engine } from "engine.io";
import type { Namespace, Socket } from "socket.io";
import type { ErrorCode, Problem } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Gate } from "./handshake.ts";
import { SOCKET_PATH, refusal } from "./handshake.ts";

/** What each answer has besides its own headers, and how a refusal looks. */
export interface PollingGate extends Gate {
  readonly headers: Readonly<Record<string, string>>;
  problem(refusal: ChatError): Problem;
}

/** What is used of Engine.IO's socket, whose id its types keep to themselves. */
interface EngineConnection {
  readonly id: string;
  readonly request: IncomingMessage;
  once(event: "close", task: () => void): unknown;
}

export class Polling {
  readonly #engine: Engine;
  readonly #gate: PollingGate;
  readonly #begun = new WeakSet<IncomingMessage>();
  readonly #sessions = new Set<string>();

  constructor(engine: Engine, gate: PollingGate) {
    this.#engine = engine;
    this.#gate = gate;
    engine.on("connection", (connection: EngineConnection) => {
      if (!this.#begun.has(connection.request)) return;
      this.#sessions.add(connection.id);
      connection.once("close", () => {
        this.#sessions.delete(connection.id);
      });
    });
  }

  /** Whether a request is one for `handle`. */
  static isFor({ url }: IncomingMessage): boolean {
    return url?.startsWith(SOCKET_PATH) === true;
  }

  /** Whether this connection began with polling, even if it is a WebSocket by now. */
  hasBegun({ conn }: Pick<Socket, "conn">): boolean {
    return this.#begun.has(conn.request);
  }

  /** Whether a WebSocket may take such a connection over. */
  mayUpgrade(sid: string): boolean {
    return this.#sessions.has(sid);
  }

  /** These namespaces are not there for connections that began with polling. */
  closeTo(namespaces: readonly Pick<Namespace, "use">[]): void {
    const refused = refusal(new ChatError("bad-request", "Connect over WebSocket from the start."));
    for (const namespace of namespaces) {
      namespace.use((socket, next) => {
        if (this.hasBegun(socket)) next(refused);
        else next();
      });
    }
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#gate.headers)) response.setHeader(name, value);
    const wrong = this.#refusal(request);
    if (wrong !== undefined) {
      request.resume();
      const [code, detail] = wrong;
      const problem = this.#gate.problem(new ChatError(code, detail));
      const body = JSON.stringify(problem);
      const length = Buffer.byteLength(body);
      response
        .writeHead(problem.status, {
          "Content-Type": "application/problem+json",
          "Content-Length": length,
        })
        .end(body);
      return;
    }
    if (request.method === "GET") this.#begun.add(request);
    this.#engine.handleRequest(request, response);
  }

  /**
   * A foreign page can send a request with the cookie, but not read the answer, and so never learns
   * the connection's id; what it could learn or say besides is refused by where it comes from.
   */
  #refusal({ method, url, headers }: IncomingMessage): [ErrorCode, string] | undefined {
    if ((url?.length ?? 0) > LIMITS.urlCharsMax) {
      return ["url-too-long", `An address has up to ${LIMITS.urlCharsMax} characters.`];
    }
    const { origin, host, cookie } = headers;
    const site = headers["sec-fetch-site"];
    const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
    const isOwn = origin !== undefined && this.#gate.isOwnOrigin(origin, host);
    const mustHaveOrigin = method !== "GET" && this.#gate.cookieToken(cookie) !== undefined;
    if (isForeign || (origin === undefined ? mustHaveOrigin : !isOwn)) {
      return ["origin-refused", "This page may not connect to this server."];
    }
    const query = new URLSearchParams(url?.slice(SOCKET_PATH.length));
    const names = [...query.keys()];
    const isKnown = names.every((name) => NAMES.has(name)) && new Set(names).size === names.length;
    const isRight = query.get("EIO") === "4" && query.get("transport") === "polling";
    if (isKnown && isRight && (method === "GET" || method === "POST")) return undefined;
    return ["bad-request", "Connect with Socket.IO 3 or newer."];
  }
}

/** Nothing else has a meaning; JSONP, which any page could read, would be among it. */
const NAMES: ReadonlySet<string> = new Set(["EIO", "transport", "t", "sid"]);
