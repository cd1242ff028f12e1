/** What the banner says about the connection: nothing at first, more the longer it lasts. */
import type { LinkState } from "#sdk/index.ts";

export type LinkNotice =
  | { readonly kind: "none" }
  /** The device itself has no network. */
  | { readonly kind: "offline" }
  | { readonly kind: "reconnecting" }
  /** The next try is this many seconds away; below 1 it is happening. */
  | { readonly kind: "countdown"; readonly seconds: number }
  | { readonly kind: "closed"; readonly words: string; readonly mayRetry: boolean };

/** A break shorter than this is nobody's business. */
export const PATIENCE_MS = 2_000;
/** After this long one wants to know when, and to have a button. */
export const COUNTDOWN_AFTER_MS = 10_000;

/**
 * @param downMs how long the link has not been open, in milliseconds
 * @param retryInMs how long until the next try, where one is planned
 */
export function linkNotice(
  link: LinkState,
  { downMs, retryInMs, online }: { downMs: number; retryInMs: number; online: boolean },
): LinkNotice {
  if (link.at === "open" || link.at === "idle") return { kind: "none" };
  if (link.at === "closed") return closedNotice(link.why);
  if (downMs < PATIENCE_MS) return { kind: "none" };
  if (!online) return { kind: "offline" };
  if (downMs < COUNTDOWN_AFTER_MS) return { kind: "reconnecting" };
  return { kind: "countdown", seconds: Math.max(0, Math.ceil(retryInMs / 1_000)) };
}

function closedNotice(why: Extract<LinkState, { at: "closed" }>["why"]): LinkNotice {
  switch (why) {
    // The door opens by itself for these two.
    case "signed-out":
    case "not-signed-in":
      return { kind: "none" };
    case "too-many-connections":
      return {
        kind: "closed",
        words: "Klatch is open in too many windows. Close one, then connect this one again.",
        mayRetry: true,
      };
    case "too-many-mistakes":
      return {
        kind: "closed",
        words:
          "The server closed the connection, because it did not understand this page. Reload it.",
        mayRetry: false,
      };
  }
}
