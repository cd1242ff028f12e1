/** The shapes of what admins see and decide of strangers. */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import type {
  StrangerBansResult,
  StrangerFigures,
  StrangerReportsResult,
} from "#protocol/stranger.ts";
import { STRANGER_REPORT_REASONS } from "#protocol/stranger.ts";
import * as answers from "#server/shapes/answers.ts";
import { shapeOf } from "#server/shapes/answers.ts";

const { count, seconds } = answers;
const reason = z.enum(STRANGER_REPORT_REASONS);
const waitMs = z.number().nonnegative();
const ended = count.exactOptional();

export const strangerFigures = shapeOf<StrangerFigures>()(
  z
    .object({
      open: z.boolean().describe("What admins have chosen."),
      reason: z.string().describe("Why nobody can be met just now.").exactOptional(),
      waiting: count.describe("Who look for somebody, over all servers."),
      talking: count.describe("Who are in a chat, over all servers."),
      waitP50: waitMs.describe("Median wait of the last ones, in milliseconds.").exactOptional(),
      waitP95: waitMs.describe("What 19 of 20 waited at most.").exactOptional(),
      pairs: count.describe("In the last 24 hours."),
      ends: z
        .object({
          left: ended,
          skipped: ended,
          lost: ended,
          "timed-out": ended,
          reported: ended,
          restarting: ended,
        })
        .describe("Chats that ended in the last 24 hours, by why."),
      openReports: count,
      bans: count,
    })
    .meta({ id: "StrangerFigures" }),
);

export const strangersChange = z
  .object({ open: z.boolean().describe("`false` ends everything at once.") })
  .meta({ id: "StrangersChange", examples: [{ open: false }] });

export const strangerReportsResult = shapeOf<StrangerReportsResult>()(
  z
    .object({
      reports: z.array(
        z
          .object({
            id: z.string(),
            reason,
            at: seconds,
            excerpt: z
              .array(
                z.object({
                  by: z.enum(["reported", "reporter"]),
                  text: z.string().describe("Checked: it was said so."),
                  at: seconds,
                }),
              )
              .describe("What the reporter chose to show; it may be nothing."),
            canBan: z.boolean().describe("Whether the trace of their network is still there."),
          })
          .meta({ id: "StrangerReport" }),
      ),
    })
    .meta({ id: "StrangerReportsResult" }),
);

export const strangerVerdict = z
  .object({
    verdict: z.enum(["dismiss", "ban"]),
    days: z
      .int()
      .min(1)
      .max(LIMITS.strangerBanDaysMax)
      .describe("How long a ban lasts; one day by default.")
      .exactOptional(),
  })
  .meta({ id: "StrangerVerdict", examples: [{ verdict: "ban", days: 3 }] });

export const strangerBansResult = shapeOf<StrangerBansResult>()(
  z
    .object({ bans: z.array(z.object({ id: z.string(), until: seconds, reason })) })
    .meta({ id: "StrangerBansResult" }),
);
