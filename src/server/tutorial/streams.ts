/** The tutorial's `/stream`: unnamed server-sent events, written as the Python app's are. */
import type { ServerResponse } from "node:http";
import type { Clock } from "#server/core/clock.ts";
import type { Session } from "#server/core/people/accounts.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Told } from "./contract.ts";
import { pythonJson } from "./python-json.ts";
import type { Mouth, VisitorParts } from "./visitor.ts";
import { Visitor } from "./visitor.ts";
import type { Visitors } from "./visitors.ts";

/** Proxies give up a silent connection after 30 s or more. */
const HEARTBEAT_MS = 15_000;

/** What is written for a stream and not yet taken, for who cuts slow readers off. */
export interface Queue {
  bytes(): number;
  cut(): void;
}

export interface StreamParts extends VisitorParts {
  readonly visitors: Visitors;
  readonly clock: Clock;
  readonly watchStream: (queue: Queue) => () => void;
}

export class TutorialStreams {
  readonly #parts: StreamParts;
  readonly #open = new Set<Stream>();

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** Writes to this response from now on; throws before it if the session may not have one more. */
  async open(
    session: Session,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { visitors, clock, watchStream } = this.#parts;
    Visitor.mustBeFew(session, this.#parts);
    const stream = new Stream(session, response, this.#parts);
    this.#open.add(stream);
    const ends = [
      visitors.add(stream.visitor, "stream"),
      watchStream(stream),
      every(clock, HEARTBEAT_MS, () => stream.beat()),
      () => this.#open.delete(stream),
    ];
    response.once("close", () => {
      stream.visitor.gone();
      for (const end of ends) end();
    });
    await stream.visitor.open();
    if (response.headersSent || response.destroyed) return;
    if (stream.visitor.isOver) {
      for (const end of ends) end();
      throw new ChatError("not-signed-in", "Your session has ended.");
    }
    response.writeHead(200, { ...headers, ...HEADERS });
    response.flushHeaders();
    stream.begin();
  }

  /** Ends all streams; their clients come back by themselves. */
  drain(): void {
    for (const stream of this.#open) stream.close();
  }
}

/** `X-Accel-Buffering` keeps nginx, and `no-transform` other proxies, from holding events back. */
const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
} as const;

/** One reader; what a socket of its session at this server is told as well is left out, as in the tutorial. */
class Stream implements Mouth, Queue {
  readonly visitor: Visitor;
  readonly #response: ServerResponse;
  readonly #visitors: Visitors;
  #hasBegun = false;
  /** Told before the head was sent. */
  readonly #early: string[] = [];

  constructor(session: Session, response: ServerResponse, parts: StreamParts) {
    this.visitor = new Visitor(session, this, parts);
    this.#response = response;
    this.#visitors = parts.visitors;
  }

  begin(): void {
    this.#hasBegun = true;
    for (const text of this.#early.splice(0)) this.#response.write(text);
  }

  /** A line that means nothing, so that proxies see the stream is alive. */
  beat(): void {
    if (this.#hasBegun) this.#response.write(":\n\n");
  }

  tell(told: Told): void {
    const room = told.type === "message" ? told.data.roomId : undefined;
    if (this.#visitors.hasSocket(this.visitor.session.id, room)) return;
    const text = `data:  ${pythonJson({ type: told.type, data: told.data })}\n\n`;
    if (this.#hasBegun) this.#response.write(text);
    else this.#early.push(text);
  }

  close(): void {
    this.visitor.gone();
    if (this.#hasBegun) this.#response.end();
  }

  bytes(): number {
    return this.#response.writableLength;
  }

  cut(): void {
    this.#response.destroy();
  }
}

function every(clock: Clock, ms: number, task: () => void): () => void {
  const again = (): (() => void) =>
    clock.after(ms, () => {
      task();
      stop = again();
    });
  let stop = again();
  return () => {
    stop();
  };
}
