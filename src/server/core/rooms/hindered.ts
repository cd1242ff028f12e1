/** The words for somebody who is in a room and may say nothing there. */
import { ChatError } from "#server/core/chat-error.ts";
import type { Hindered } from "#server/core/delivery/message-log.ts";

export function hindered(why: Hindered): ChatError {
  if (why.kind === "blocked") {
    // The same to both: it does not say who.
    const words = "Nothing can be said in this chat: one of you two blocks the other.";
    return new ChatError("blocked", words);
  }
  const { until } = why;
  const end = until === 0 ? "" : ` until ${inWords(until)}`;
  const words = `A moderator has muted you in this room${end}; you can read it.`;
  return new ChatError("muted", words, undefined, until === 0 ? undefined : until);
}

/** `2026-11-22 13:00 UTC`. */
function inWords(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
