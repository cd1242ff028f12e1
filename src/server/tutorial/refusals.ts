/** Refusals as the tutorial's Node app answers them: a status, and its name as plain text. */
import { STATUS_CODES } from "node:http";
import type { ErrorHandler } from "hono";
import { ERRORS } from "#protocol/errors.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Env } from "./door.ts";

/** 403 `Forbidden`, 404 `Not Found`, and so on; who is not signed in is forbidden, not unauthorized. */
export function inText<E extends Env>(
  onError: (error: unknown, where: string) => void,
): ErrorHandler<E> {
  return (error, c) => {
    if (!(error instanceof ChatError)) onError(error, `${c.req.method} of the tutorial`);
    const status = statusOf(error);
    const headers = { "Content-Type": "text/plain; charset=utf-8", ...retryAfter(error) };
    return new Response(STATUS_CODES[status] ?? "", { status, headers });
  };
}

/** The refusal to log in, whose words the tutorial's page shows. */
export function inMessage(error: unknown): Response {
  if (!(error instanceof ChatError)) throw error;
  if (error.code === "wrong-credentials") {
    return Response.json({ message: "Invalid username or password" }, { status: 404 });
  }
  const headers = retryAfter(error);
  return Response.json({ message: error.message }, { status: ERRORS[error.code].status, headers });
}

/** Nobody is signed in: that is no error of `/me`. */
export function orNull(error: unknown): null {
  if (error instanceof ChatError && error.code === "not-signed-in") return null;
  throw error;
}

/** A room that is not one's own is as one that has no key: nothing is in it. */
export function orNone(error: unknown): readonly never[] {
  if (error instanceof ChatError && error.code === "not-found") return [];
  throw error;
}

function statusOf(error: unknown): number {
  if (!(error instanceof ChatError)) return 500;
  return error.code === "not-signed-in" ? 403 : ERRORS[error.code].status;
}

function retryAfter(error: unknown): Readonly<Record<string, string>> {
  const seconds = error instanceof ChatError ? error.toWire().retryAfter : undefined;
  return seconds === undefined ? {} : { "Retry-After": String(seconds) };
}
