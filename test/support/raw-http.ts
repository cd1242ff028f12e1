/** HTTP written by hand over TCP, for requests that no proper client would send. */
import type { Socket } from "node:net";
import { connect } from "node:net";

export interface RawAnswer {
  /** 0 if the server closed without an answer. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Everything that came, head and body. */
  readonly text: string;
}

const ANSWER_MS = 10_000;

/**
 * Sends these header lines and body as they are, and reads until the server closes or the answer is
 * complete.
 */
export function exchange(
  port: number,
  lines: readonly string[],
  body: string | Uint8Array = "",
): Promise<RawAnswer> {
  return converse(port, (socket) => {
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    socket.write(body);
  });
}

/** As `exchange`, with the headers that make it a well-formed request. */
export function ask(
  port: number,
  startLine: string,
  headers: readonly string[] = [],
  body: string | Uint8Array = "",
): Promise<RawAnswer> {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const counted = length > 0 ? [`Content-Length: ${length}`] : [];
  // Otherwise the server keeps reading what it refused, so that its answer is not lost in a reset.
  const last = startLine.startsWith("HEAD ") ? ["Connection: close"] : [];
  const own = [`Host: 127.0.0.1:${port}`, ...last, ...counted];
  return exchange(port, [`${startLine} HTTP/1.1`, ...own, ...headers], body);
}

export const SOCKET_TARGET = "/socket.io/?EIO=4&transport=websocket";

/**
 * Asks for a WebSocket with these further headers; `Host` is ours unless among them. The socket is
 * closed at once.
 */
export function upgrade(
  port: number,
  headers: readonly string[] = [],
  target = SOCKET_TARGET,
): Promise<RawAnswer> {
  const host = headers.some((line) => /^host:/iu.test(line)) ? [] : [`Host: 127.0.0.1:${port}`];
  const handshake = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  return exchange(port, [`GET ${target} HTTP/1.1`, ...host, ...handshake, ...headers]);
}

/** Opens a connection, lets `speak` write to it, and gives the first answer. */
export function converse(port: number, speak: (socket: Socket) => void): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No answer in ${ANSWER_MS} ms; so far: ${text.slice(0, 500)}`));
    }, ANSWER_MS);
    const done = () => {
      clearTimeout(late);
      socket.destroy();
      resolve(parse(text));
    };
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
      if (isComplete(text)) done();
    });
    // A server that refuses a long request may reset it; what it said before that counts.
    socket.on("error", done);
    socket.on("close", done);
    socket.once("connect", () => {
      speak(socket);
    });
  });
}

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const { status, headers, body } = parse(text);
  if (status === 101 || status === 204 || status === 304) return true;
  const length = headers.get("Content-Length");
  return length !== null && Buffer.byteLength(body) >= Number(length);
}

function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [startLine = "", ...lines] = (end < 0 ? text : text.slice(0, end)).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const status = Number(/^HTTP\/1\.1 (?<status>\d{3})/u.exec(startLine)?.groups?.["status"] ?? 0);
  return { status, headers, body: end < 0 ? "" : text.slice(end + 4), text };
}
