/** A WebSocket client that does as little as can be done: it counts what comes, and reads only what it must. */
import { connect } from "node:net";
import type { Socket } from "node:net";

/** Every message of a bench holds one of these, `§`, and nothing else holds its second byte. */
export const MARK = "§";
const MARK_BYTE = 0xa7;

/** Shared by all sockets: what is read is counted, or copied, before the next is read. */
const READ_BUFFER = Buffer.allocUnsafe(256 * 1024);
const PING = 0x32;
/** The longest frame header from a server: it does not mask. */
const HEADER_MAX = 10;
const CLOSE = 8;

export interface RawListener {
  /** A whole frame, as text; only while `reads`. */
  onFrame(text: string): void;
  /** So many messages were in what just came; only while not `reads`. */
  onMessages(count: number): void;
  /** It is over, and nobody here wanted that. */
  onLost(why: string): void;
}

export class RawSocket {
  /** Whether frames are given as text; otherwise their messages are counted. */
  reads = true;
  /** Frames and bytes that came, headers not counted. */
  frames = 0;
  bytes = 0;
  readonly #socket: Socket;
  readonly #listener: RawListener;
  #isUpgraded = false;
  #isClosing = false;
  /** Bytes of the present frame that have not come yet. */
  #left = 0;
  /** What came of a header, or of the frame that is being read. */
  #kept: Buffer[] = [];

  constructor(port: number, path: string, listener: RawListener) {
    this.#listener = listener;
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        this.#take(READ_BUFFER.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true, onread });
    this.#socket.on("error", (error) => this.#lost(error.message));
    this.#socket.on("close", () => this.#lost("closed"));
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  }

  /** Sends a text frame; masked, as the protocol demands, with a mask that changes nothing. */
  write(text: string): void {
    const bytes = Buffer.byteLength(text);
    const start = bytes < 126 ? 6 : 8;
    const frame = Buffer.alloc(start + bytes);
    frame[0] = 0x81;
    frame[1] = 0x80 | (bytes < 126 ? bytes : 126);
    if (bytes >= 126) frame.writeUInt16BE(bytes, 2);
    frame.write(text, start);
    this.#socket.write(frame);
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #lost(why: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.destroy();
    this.#listener.onLost(why);
  }

  #take(part: Buffer): void {
    let chunk = part;
    if (!this.#isUpgraded) {
      const rest = this.#upgrade(chunk);
      if (rest === undefined) return;
      chunk = rest;
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const end = Math.min(chunk.length, at + this.#left);
        this.#left -= end - at;
        this.#payload(chunk, at, end);
        at = end;
      } else {
        if (this.#kept.length > 0) {
          chunk = Buffer.concat([...this.#kept, chunk.subarray(at)]);
          this.#kept = [];
          at = 0;
        }
        const length = this.#header(chunk, at);
        if (length === undefined) return;
        at += length;
      }
    }
  }

  /** The rest after the answer to the upgrade, once that is whole. */
  #upgrade(chunk: Buffer): Buffer | undefined {
    const all = Buffer.concat([...this.#kept, chunk]);
    const end = all.indexOf("\r\n\r\n");
    this.#kept = end === -1 ? [all] : [];
    if (end === -1) return undefined;
    const status = all.toString("latin1", 0, all.indexOf("\r\n"));
    if (!status.includes(" 101 ")) {
      this.#lost(status);
      return undefined;
    }
    this.#isUpgraded = true;
    return all.subarray(end + 4);
  }

  /** Reads a header; its length, or nothing if it has not come whole yet. */
  #header(chunk: Buffer, at: number): number | undefined {
    const short = (chunk[at + 1] ?? 0) & 0x7f;
    const length = short < 126 ? 2 : short === 126 ? 4 : HEADER_MAX;
    if (at + length > chunk.length) {
      this.#kept = [Buffer.from(chunk.subarray(at))];
      return undefined;
    }
    if (((chunk[at] ?? 0) & 0x0f) === CLOSE) this.#lost("the server said goodbye");
    if (length === 2) this.#left = short;
    else if (length === 4) this.#left = chunk.readUInt16BE(at + 2);
    else this.#left = Number(chunk.readBigUInt64BE(at + 2));
    this.frames++;
    return length;
  }

  #payload(chunk: Buffer, from: number, to: number): void {
    this.bytes += to - from;
    if (this.reads) this.#read(chunk.subarray(from, to));
    else if (to - from === 1 && chunk[from] === PING) this.write("3");
    else this.#count(chunk, from, to);
  }

  #read(part: Buffer): void {
    if (this.#left > 0) {
      this.#kept.push(Buffer.from(part));
      return;
    }
    const text = this.#kept.length === 0 ? part.toString() : this.#wholeText(part);
    if (text === "2") this.write("3");
    else this.#listener.onFrame(text);
  }

  #wholeText(part: Buffer): string {
    const text = Buffer.concat([...this.#kept, part]).toString();
    this.#kept = [];
    return text;
  }

  #count(chunk: Buffer, from: number, to: number): void {
    let count = 0;
    for (let at = chunk.indexOf(MARK_BYTE, from); at !== -1 && at < to;) {
      count++;
      at = chunk.indexOf(MARK_BYTE, at + 1);
    }
    if (count > 0) this.#listener.onMessages(count);
  }
}
