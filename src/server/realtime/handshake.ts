/** The handshake: which upgrades become connections, and who a connection belongs to. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { CommandError, ErrorCode } from "#protocol/errors.ts";
import type { Accounts, Session } from "#server/core/people/accounts.ts";
import { ChatError } from "#server/core/chat-error.ts";

/** What the handshake needs to know of HTTP: the rules are the same as for requests. */
export interface Gate {
  /** A refusal as the whole answer on the wire. */
  inFull(refusal: ChatError): string;
  isOwnOrigin(origin: string, host: string | undefined): boolean;
  /** The token in the session cookie. */
  cookieToken(header: string | undefined): string | undefined;
}

export const SOCKET_PATH = "/socket.io/";

/** Whether the upgrade may go on; if not, it has been answered and closed. */
export function admitUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  gate: Gate,
  polling?: { mayUpgrade(sid: string): boolean },
): boolean {
  // A peer that resets the connection now must not end the process.
  socket.on("error", () => {
    socket.destroy();
  });
  const refuse = (code: ErrorCode, detail: string) => {
    socket.end(gate.inFull(new ChatError(code, detail)));
    return false;
  };
  const { origin, host } = request.headers;
  if (request.url?.startsWith(SOCKET_PATH) !== true) {
    return refuse("not-found", "There is no socket here.");
  }
  // Node joins repeated headers with a comma, so two origins are none of ours.
  if (origin !== undefined && !gate.isOwnOrigin(origin, host)) {
    return refuse("origin-refused", "This page may not connect to this server.");
  }
  if (!isSocketIo(request, polling)) {
    return refuse("bad-request", "Connect with Socket.IO 3 or newer, over WebSocket.");
  }
  return true;
}

/**
 * The session of a new connection: `auth.token`, or the cookie, which counts only together with an
 * `Origin` (checked at the upgrade), because every browser sends one and only a browser has
 * cookies. `auth.user`, where it is given, is who the client believes to be.
 */
export async function identify(
  auth: Readonly<Record<string, unknown>>,
  headers: IncomingMessage["headers"],
  accounts: Accounts,
  gate: Gate,
): Promise<Session> {
  const given = auth["token"];
  const cookie = headers.origin === undefined ? undefined : gate.cookieToken(headers.cookie);
  const token = typeof given === "string" ? given : cookie;
  const session = token === undefined ? undefined : await accounts.resolve(token);
  // A page that waited to come back while another person signed in beside it must not send its
  // messages as them.
  const isExpected = typeof auth["user"] !== "number" || auth["user"] === session?.user.id;
  if (session !== undefined && isExpected) return session;
  throw new ChatError("not-signed-in", "Please sign in first; your last session has ended.");
}

/**
 * Whether the libraries below would take it; they refuse in HTML, and without the headers of every
 * answer.
 */
function isSocketIo(
  { method, url, headers }: IncomingMessage,
  polling?: { mayUpgrade(sid: string): boolean },
): boolean {
  const query = new URLSearchParams(url?.slice(SOCKET_PATH.length));
  const sid = query.get("sid");
  return (
    method === "GET" &&
    query.get("EIO") === "4" &&
    query.get("transport") === "websocket" &&
    (sid === null || polling?.mayUpgrade(sid) === true) &&
    /^[+/0-9A-Za-z]{22}==$/u.test(headers["sec-websocket-key"] ?? "") &&
    headers["sec-websocket-version"] === "13"
  );
}

/** A refused connection: the client finds the reason in `data` of its `connect_error`. */
export function refusal(error: ChatError): Error & { data: CommandError } {
  return Object.assign(new Error(error.message), { data: error.toWire() });
}
