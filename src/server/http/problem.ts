/** Problems: every refused HTTP request is answered with an RFC 9457 document. */
import { STATUS_CODES } from "node:http";
import type { ErrorCode, Problem } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import { ChatError } from "#server/core/chat-error.ts";

/**
 * The answer to a refusal; anything that is not a `ChatError` is ours to fix, and says nothing of
 * itself. `methods` are those that the address takes, told to who came with another.
 */
export function problemResponse(error: unknown, methods: readonly string[] = []): Response {
  const refusal =
    error instanceof ChatError
      ? error
      : new ChatError("internal", "Something went wrong here. Please try again later.");
  const { status } = ERRORS[refusal.code];
  const problem = toProblem(refusal);
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (problem.retryAfter !== undefined) headers.set("Retry-After", String(problem.retryAfter));
  // HTTP asks for both. No browser opens a window of its own for this scheme.
  if (status === 401) headers.set("WWW-Authenticate", 'Bearer realm="Klatch"');
  if (status === 405) headers.set("Allow", methods.join(", "));
  return new Response(JSON.stringify(problem), { status, headers });
}

/** The whole answer as text, for a peer whose bytes never became a request. */
export function problemText(refusal: ChatError, common: Readonly<Record<string, string>>): string {
  const problem = toProblem(refusal);
  const body = JSON.stringify(problem);
  const headers = {
    ...common,
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const { status } = problem;
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", body].join("\r\n");
}

export function toProblem(refusal: ChatError): Problem {
  const { code, ...rest } = refusal.toWire();
  const { status, title } = ERRORS[code];
  return { type: "about:blank", title, status, code, ...rest };
}

export function refuse(code: ErrorCode, detail: string): ChatError {
  return new ChatError(code, detail);
}
