/**
 * The limit: a program that does nothing for a message but write bytes that were made beforehand, to every socket that
 * wants them. The bytes are as many as Klatch's; what came in one tick goes out in one frame, as Klatch's does.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { textOf } from "#bench/load/dialect.ts";
import { takePlan } from "#bench/run/program.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const JOIN_BYTES = Buffer.byteLength("join");

const listeners = new Set<Socket>();
/** One for each number of messages a tick has brought so far. */
const frames = new Map<number, Buffer>();
let waiting = 0;

/** An event as Klatch tells it. */
const EVENT = JSON.stringify({
  type: "message",
  room: "0",
  id: "1700000000.000001",
  prev: "1700000000.000000",
  data: {
    from: 1234,
    date: 1_700_000_000,
    message: textOf(0),
    roomId: "0",
    id: "1700000000.000001",
    cid: "bench-1234-12345",
  },
});

function frameOf(messages: number): Buffer {
  const known = frames.get(messages);
  if (known !== undefined) return known;
  const events = Array.from({ length: messages }, () => EVENT).join(",");
  const frame = frameText(`42/chat,["events",[${events}]]`);
  frames.set(messages, frame);
  return frame;
}

function frameText(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length < 126) return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  const header = Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = header.length === 4 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(payload.length, 2);
  else header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

function tell(): void {
  const frame = frameOf(waiting);
  waiting = 0;
  for (const listener of listeners) listener.write(frame);
}

/** What one client says: only how long its frames are is looked at. */
function follow(socket: Socket): void {
  let isUpgraded = false;
  let kept: Buffer = Buffer.alloc(0);
  socket.on("data", (part: Buffer) => {
    kept = kept.length === 0 ? part : Buffer.concat([kept, part]);
    if (!isUpgraded) {
      const end = kept.indexOf("\r\n\r\n");
      if (end === -1) return;
      const key = /sec-websocket-key: (?<key>\S+)/iu.exec(kept.toString("latin1"))?.groups?.["key"];
      socket.write(upgraded(key ?? ""));
      socket.write(frameText("hello"));
      kept = kept.subarray(end + 4);
      isUpgraded = true;
    }
    kept = takeFrames(socket, kept);
  });
  const leave = () => void listeners.delete(socket);
  socket.on("error", leave).on("close", leave);
}

/** The rest that is no whole frame yet. */
function takeFrames(socket: Socket, bytes: Buffer): Buffer {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const length =
      short < 126 ? short : at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 65_536;
    const end = at + (short < 126 ? 6 : 8) + length;
    if (end > bytes.length) break;
    at = end;
    if (length === JOIN_BYTES) {
      listeners.add(socket);
      socket.write(frameText("joined"));
    } else if (waiting++ === 0) setImmediate(tell);
  }
  return bytes.subarray(at);
}

function upgraded(key: string): string {
  const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
  const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
  return `${head}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

await takePlan(async () => {
  const server = createServer({ noDelay: true }, follow);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  return { port: (server.address() as AddressInfo).port };
});
