/** Ids of people in addresses. */
import { notFound } from "#server/core/chat-error.ts";

/** The id, or `not-found`: what is no id is nobody's. */
export function readId(text: string): number {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw notFound();
  return id;
}
