/** The handshake: which upgrades become connections, and who a connection belongs to. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Accounts, Session } from "#server/core/accounts.ts";
import { ChatError } from "#server/core/chat-error.ts";

/** What the handshake needs to know of HTTP: the rules are the same as for requests. */
export interface Gate {
  isOwnOrigin(origin: string, host: string | undefined): boolean;
  /** The token in the session cookie. */
  cookieToken(header: string | undefined): string | undefined;
}

const SOCKET_PATH = "/socket.io/";

/** Whether the upgrade may go on; if not, it has been answered and closed. */
export function admitUpgrade(request: IncomingMessage, socket: Duplex, gate: Gate): boolean {
  // A peer that resets the connection now must not end the process.
  socket.on("error", () => {
    socket.destroy();
  });
  const { origin, host } = request.headers;
  if (request.url?.startsWith(SOCKET_PATH) !== true) {
    refuse(socket, "404 Not Found", "There is no socket here.");
    return false;
  }
  // Node joins repeated headers with a comma, so two origins are none of ours.
  if (origin !== undefined && !gate.isOwnOrigin(origin, host)) {
    refuse(socket, "403 Forbidden", "This page may not connect to this server.");
    return false;
  }
  return true;
}

/**
 * The session of a new connection: `auth.token`, or the cookie, which counts only together with an `Origin` (checked
 * at the upgrade), because every browser sends one and only a browser has cookies.
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
  if (session !== undefined) return session;
  throw new ChatError("not-signed-in", "Please sign in first; your last session has ended.");
}

function refuse(socket: Duplex, status: string, reason: string): void {
  const head = [
    `HTTP/1.1 ${status}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(reason)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${reason}`);
}
