/** The HTTP server: its time limits, and a clean end. */
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { StartError } from "#server/start-error.ts";

/** A request's headers, and a whole request, must arrive within this. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CHECK_MS = 5_000;
/**
 * Longer than the minute after which common proxies give up an idle connection, so that they do it
 * first.
 */
const KEEP_ALIVE_MS = 65_000;
const FAREWELL_MS = 1_000;
/** Requests under way at the end get this long. */
const LAST_REQUESTS_MS = 4_000;

export interface Listener {
  readonly port: number;
  /** Accepts nothing new, and resolves when what is under way is done, or has had its time. */
  close(): Promise<void>;
}

/** What takes over once bytes have become a request, and what to say when they do not. */
interface Edge {
  readonly handle: RequestListener;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** A refusal as the whole answer on the wire. */
  readonly inFull: (refusal: ChatError) => string;
}

/** Listens, or throws a `StartError` that says why it cannot. */
export async function listen(
  { handle, upgrade, inFull }: Edge,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listener> {
  const server = createServer(
    {
      // Node refuses at this many, and counts the address, names and values.
      maxHeaderSize: LIMITS.headerBytesMax + 1,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Refused further in, in our own words.
      requireHostHeader: false,
      // Whoever offers another protocol, like HTTP/2 in the clear, is answered in this one.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    handle,
  );
  server.maxHeadersCount = LIMITS.headersMax;
  server.on("upgrade", upgrade);
  // An expectation we do not know is none we break.
  server.on("checkExpectation", handle);
  const refused = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Node goes on reading, and complains again of every piece of what it could not read.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else farewell(socket, inFull(malformed(error.code ?? "")));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(cannotListen(error, host, port));
    });
    server.listen(port, host, resolve);
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- because a server that listens on a port has such an address
  const { port: bound } = server.address() as AddressInfo;
  return { port: bound, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, LAST_REQUESTS_MS);
  await closed;
  clearTimeout(late);
}

/**
 * The last answer on a connection. What the client is still sending is read and thrown away for a
 * moment, because closing on it would make its system drop the answer.
 */
function farewell(socket: Duplex, answer: string): void {
  socket.end(answer);
  socket.resume();
  setTimeout(() => {
    socket.destroy();
  }, FAREWELL_MS).unref();
}

/** What Node could not read as HTTP never reaches a route. */
function malformed(code: string): ChatError {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new ChatError(
        "headers-too-large",
        `A request has up to ${LIMITS.headersMax} headers and ${LIMITS.headerBytesMax / 1024} KiB of them.`,
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ChatError("too-slow", "The request did not arrive in time. Please try again.");
    default:
      return new ChatError("bad-request", "What was sent is not an HTTP request.");
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code ?? "") {
    case "EADDRINUSE":
      return new StartError(
        `Port ${port} is taken by another program. Stop that one, or choose another with --port.`,
      );
    case "EACCES":
      return new StartError(
        `Port ${port} may not be used by this user. Choose one above 1023 with --port.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartError(
        `${host} is no address of this machine. Choose another with --host, like 127.0.0.1 or 0.0.0.0.`,
      );
    default:
      return error;
  }
}
