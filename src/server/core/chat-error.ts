/**
 * A refusal: thrown by the chat, turned into a problem document or a command's error by an edge.
 */
import type { CommandError, ErrorCode } from "#protocol/errors.ts";

export class ChatError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs: number | undefined;
  /** When what keeps the person from it is over, in seconds since 1970. */
  readonly until: number | undefined;

  /**
   * `detail` is for the person: what happened and what to do. It never holds a secret or a message.
   */
  constructor(code: ErrorCode, detail: string, retryAfterMs?: number, until?: number) {
    super(detail);
    this.name = "ChatError";
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.until = until;
  }

  /** The refusal as it goes over the wire; `retryAfter` in whole seconds, as in HTTP. */
  toWire(): CommandError {
    const { code, message: detail, retryAfterMs, until } = this;
    return {
      code,
      detail,
      ...(retryAfterMs !== undefined && {
        retryAfter: Math.max(1, Math.ceil(retryAfterMs / 1000)),
      }),
      ...(until !== undefined && { until }),
    };
  }
}

/** "Not there" and "not yours" are one answer, so that nobody learns of a room by asking. */
export function notFound(): ChatError {
  return new ChatError("not-found", "There is nothing here, or it is not open to you.");
}

/** What everyone hears who would change something there. */
export function archived(): ChatError {
  return new ChatError("archived", "This room is archived; it can only be read.");
}

/**
 * Redis did not answer; whether the command was carried out is unknown. Safe to repeat with the
 * same cid.
 */
export function unavailable(): ChatError {
  return new ChatError("unavailable", "The chat cannot reach its memory. Please try again.", 1000);
}
