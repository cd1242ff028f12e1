/** Signed posts: calls a bot's address, checking where it really leads, and reads what it answers. */
import { createHmac } from "node:crypto";
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns";
import type { IncomingMessage } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { LIMITS } from "#protocol/limits.ts";
import type { CallTarget } from "#server/core/rooms/call-target.ts";
import type { Called, Caller } from "#server/core/rooms/callbacks.ts";
import { isClosedHost, isPublicAddress } from "./public-address.ts";

/** For the whole call, from the lookup of the name to the end of the answer. */
export const CALL_MS = 5_000;

export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

interface Options {
  /** Whether addresses of private networks may be called; the operator says so. */
  readonly mayBePrivate: boolean;
  readonly limitMs?: number;
  readonly resolve?: Resolve;
}

interface Posting {
  readonly body: string;
  readonly signed: string;
  readonly signal: AbortSignal;
}

const systemResolve: Resolve = (hostname, done) => {
  lookup(hostname, { all: true }, done);
};

export class SignedPost implements Caller {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async call({ url, secret }: CallTarget, body: string): Promise<Called> {
    const signal = AbortSignal.timeout(this.#options.limitMs ?? CALL_MS);
    const signed = signature(secret, body);
    try {
      const answer = await this.#post(new URL(url), { body, signed, signal });
      const status = answer.statusCode ?? 0;
      // Redirects are not followed: they could lead anywhere.
      if (status < 200 || status > 299) {
        answer.destroy();
        return { ok: false, why: `it answered ${status}` };
      }
      return { ok: true, text: readReply(await readAll(answer)) };
    } catch (error) {
      return { ok: false, why: signal.aborted ? "it took too long" : reason(error) };
    }
  }

  /** Resolves to the head of the answer; its body is bound by the same limit of time. */
  #post(url: URL, { body, signed, signal }: Posting): Promise<IncomingMessage> {
    const { mayBePrivate } = this.#options;
    // A number in place of a name is never looked up.
    if (!mayBePrivate && isClosedHost(url.hostname)) throw new ClosedAddress();
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method: "POST",
        // A connection of its own each time, so that each is checked.
        agent: false,
        lookup: this.#lookup,
        signal,
        headers: {
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(body),
          "Klatch-Signature": signed,
          "User-Agent": "Klatch",
        },
      });
      request.on("error", reject).on("response", resolve);
      request.end(body);
    });
  }

  /**
   * Gives the connection only addresses that were checked: what the name leads to a moment later
   * plays no part.
   */
  readonly #lookup: LookupFunction = (hostname, options, done) => {
    const { mayBePrivate, resolve = systemResolve } = this.#options;
    resolve(hostname, (error, found) => {
      const open = found.filter(({ address }) => mayBePrivate || isPublicAddress(address));
      const [first] = open;
      if (error !== null || first === undefined) {
        done(error ?? new ClosedAddress(), "", 0);
      } else if (options.all === true) {
        done(null, [...open]);
      } else {
        done(null, first.address, first.family);
      }
    });
  };
}

class ClosedAddress extends Error {
  override readonly name = "ClosedAddress";
}

/** `t=SECONDS,v1=HEX`, over both the time and the body, so that neither can be exchanged. */
export function signature(secret: string, body: string, nowMs = Date.now()): string {
  const seconds = Math.floor(nowMs / 1000);
  const hex = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${hex}`;
}

/** What was answered, if it is no longer than a request to us may be. */
async function readAll(answer: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > LIMITS.bodyBytesMax) {
      answer.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The text to be said; anything else than JSON with a text says nothing. */
function readReply(body: string | undefined): string | undefined {
  try {
    const answer: unknown = JSON.parse(body ?? "");
    if (typeof answer !== "object" || answer === null || !("text" in answer)) return undefined;
    return typeof answer.text === "string" && answer.text !== "" ? answer.text : undefined;
  } catch {
    return undefined;
  }
}

/** For the log: never what the other side said. */
function reason(error: unknown): string {
  if (error instanceof ClosedAddress) return "its address is not public";
  if (!(error instanceof Error)) return "the call failed";
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return `the connection failed (${code})`;
}
