/** Why one may not meet anybody here. */
import type { CommandError } from "#protocol/errors.ts";
import type { Refused } from "./state.ts";

/** A refusal of the server. */
export function refusedBy({ code, detail, until }: CommandError): Refused {
  const why =
    code === "strangers-banned" ? "banned" : code === "strangers-closed" ? "closed" : "other";
  return { at: "refused", why, detail, ...(until !== undefined && { until }) };
}

/** The browser's: pages that came over plain http have no cryptography. */
export function refusedByBrowser(): Refused | undefined {
  if (globalThis.crypto?.subtle !== undefined) return undefined;
  return {
    at: "refused",
    why: "insecure",
    detail: "What you say is encrypted in your browser, which does that on https pages only.",
  };
}
