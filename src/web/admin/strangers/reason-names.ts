/** Why strangers are reported, as admins read it. */
import type { StrangerReportReason } from "#protocol/stranger.ts";

export const REASON_NAMES: Readonly<Record<StrangerReportReason, string>> = {
  minor: "A minor",
  threat: "Threats",
  sexual: "Sexual",
  hate: "Hate",
  spam: "Spam",
  other: "Something else",
};
