/** The id of a person in a path; one that cannot be is answered like one that is not there. */
import { notFound } from "#server/core/chat-error.ts";

export function readUser(text: string): number {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw notFound();
  return id;
}
