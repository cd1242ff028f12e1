/** The one kind of error that the library throws, and which refusals pass by themselves. */
import type { CommandError, ErrorCode } from "#protocol/errors.ts";

/**
 * Something was refused, by the server or here (`outbox-full`), or the server could not be reached
 * (`offline`). The message is for people.
 */
export class KlatchError extends Error {
  override readonly name = "KlatchError";
  readonly code: ErrorCode | "offline" | "outbox-full";
  /** Seconds to wait before another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: KlatchError["code"], message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** There was no answer, so nobody knows; or there is no link to ask over. */
export function offline(): KlatchError {
  return new KlatchError("offline", "The server cannot be reached. Please try again.");
}

/** A refusal of the server, as it is thrown. */
export function toKlatchError({ code, detail, retryAfter }: CommandError): KlatchError {
  return new KlatchError(code, detail, retryAfter);
}

/**
 * Whether the same command may well succeed later. A refusal for want of a session counts: it says
 * nothing against the command, and whoever signs in again wants it carried out.
 */
export function isPassing({ code }: { readonly code: string }): boolean {
  return PASSING.has(code);
}

const PASSING: ReadonlySet<string> = new Set<ErrorCode>([
  "busy",
  "internal",
  "not-signed-in",
  "too-many-requests",
  "unavailable",
]);

/**
 * Whether something that arrived is an error of the protocol; a proxy in between may answer with
 * anything. A code that is newer than this client counts: its words still say what happened.
 */
export function isCommandError(value: unknown): value is CommandError {
  const { code, detail } = (value ?? {}) as Partial<Record<keyof CommandError, unknown>>;
  return typeof code === "string" && typeof detail === "string";
}
