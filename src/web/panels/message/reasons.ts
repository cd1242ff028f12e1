/** What may be wrong with a message, in words. */
import type { ReportReason } from "#protocol/reports.ts";

/** Reason, name, meaning. */
export const REASONS = [
  ["spam", "Spam", "Advertising, or the same over and over."],
  ["harassment", "Harassment", "It insults, threatens or pursues somebody."],
  ["violence", "Violence", "It calls for violence, or shows it."],
  ["illegal", "Against the law", "It should not be here at all."],
  ["other", "Something else", "Please say what, below."],
] as const satisfies readonly (readonly [ReportReason, string, string])[];

export function reasonName(reason: ReportReason): string {
  return REASONS.find(([each]) => each === reason)?.[1] ?? reason;
}
