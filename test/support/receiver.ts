/** A program that is called: takes posts on a free port of this machine, and answers as a test says. */
import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { CallbackBody } from "#protocol/callback.ts";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** How the next calls are answered; an object as JSON, with 200. */
  answer: (response: ServerResponse) => void = (response) => response.end("{}");
  readonly #server = createServer((request, response) => void this.#take(request, response));
  url = "";

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((listening) => {
      receiver.#server.listen(0, "127.0.0.1", listening);
    });
    const address = receiver.#server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    receiver.url = `http://127.0.0.1:${address.port}/called`;
    return receiver;
  }

  replies(json: unknown, status = 200): void {
    this.answer = (response) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(json));
    };
  }

  bodies(): readonly CallbackBody[] {
    // oxlint-disable-next-line no-unsafe-type-assertion -- because a test checks what it reads
    return this.received.map(({ body }) => JSON.parse(body) as CallbackBody);
  }

  texts(): readonly string[] {
    return this.bodies().map(({ message }) => message.message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((closed) => {
      this.#server.close(() => {
        closed();
      });
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    this.received.push({ headers: request.headers, body });
    this.answer(response);
  }
}

/** Checks a signature as a receiver would, from what the documents say of it. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const given = /^t=(?<time>\d+),v1=(?<hex>[\da-f]{64})$/u.exec(
    String(headers["klatch-signature"]),
  )?.groups;
  const time = given?.["time"] ?? "";
  const hex = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return hex === given?.["hex"] && Math.abs(Date.now() / 1000 - Number(time)) < 30;
}
