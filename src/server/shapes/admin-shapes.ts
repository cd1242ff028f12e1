/** The shapes of what is for admins: people, who may join, and reports, which members make. */
import { z } from "zod";
import type { AdminPeopleResult } from "#protocol/admin.ts";
import type { Invitation, InvitationsResult, MadeInvitation, Settings } from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { OwnReport, ReportsResult } from "#protocol/reports.ts";
import { REPORT_REASONS, VERDICTS } from "#protocol/reports.ts";
import * as answers from "#server/shapes/answers.ts";
import { shapeOf } from "#server/shapes/answers.ts";
import { registration } from "#server/shapes/own-shapes.ts";
import { text, words } from "#server/shapes/schemas.ts";

const after = "What the answer before ended with, for those who follow.";
const more = z.string().describe("Pass as `after` for those who follow; absent at the end.");

export const adminPeople = z.object({
  search: text(256).default("").describe("How their name begins; without it everybody."),
  after: text(LIMITS.usernameCharsMax * 4)
    .describe(after)
    .optional(),
});

const adminPerson = z
  .object({
    ...answers.person.shape,
    role: answers.role,
    since: answers.seconds.describe("When they registered, if that is known.").exactOptional(),
    suspended: z
      .object({
        reason: z.string().describe("Told to the person, too; may be empty."),
        since: answers.seconds,
        by: answers.userId.describe("Id of the admin."),
      })
      .describe("Absent for who is not suspended.")
      .exactOptional(),
  })
  .meta({ id: "AdminPerson" });

export const adminPeopleResult = shapeOf<AdminPeopleResult>()(
  z
    .object({ people: z.array(adminPerson), after: more.exactOptional() })
    .meta({ id: "AdminPeopleResult" }),
);

export const roleChange = z
  .object({ role: z.enum(["owner", "admin", "member"]) })
  .meta({ id: "RoleChange", examples: [{ role: "admin" }] });

const reason = words(LIMITS.reasonCharsMax);

export const newSuspension = z
  .object({ reason: reason.describe("One line, told to the person.").optional() })
  .meta({ id: "NewSuspension", examples: [{ reason: "Spam" }] });

export const settings = shapeOf<Settings>()(z.object({ registration }).meta({ id: "Settings" }));

export const settingsChange = z
  .object({ registration: registration.optional() })
  .meta({ id: "SettingsChange", examples: [{ registration: "invitation" }] });

export const newInvitation = z
  .object({
    uses: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.invitationUsesMax)
      .describe("Accounts that can be made with it; 1 by default.")
      .optional(),
    lifetime: z
      .number()
      .int()
      .min(LIMITS.invitationLifeMin)
      .max(LIMITS.invitationLifeMax)
      .describe("Seconds it can be used for; a week by default.")
      .optional(),
  })
  .meta({ id: "NewInvitation", examples: [{ uses: 5 }] });

const invitation = shapeOf<Invitation>()(
  z
    .object({
      id: z.string().describe("A name for it in this list; it lets nobody in."),
      uses: answers.count.describe("Accounts that can still be made with it."),
      expires: answers.seconds,
      made: answers.seconds,
      by: answers.userId.describe("Id of the admin who made it."),
    })
    .meta({ id: "Invitation" }),
);

export const madeInvitation = shapeOf<MadeInvitation>()(
  z
    .object({
      ...invitation.shape,
      token: z.string().describe("Told in this answer alone; the address is `/#join=TOKEN`."),
    })
    .meta({ id: "MadeInvitation" }),
);

export const invitationsResult = shapeOf<InvitationsResult>()(
  z
    .object({ invitations: z.array(invitation).describe("The newest first.") })
    .meta({ id: "InvitationsResult" }),
);

export const newReport = z
  .object({
    reason: z.enum(REPORT_REASONS),
    words: reason.describe("One line.").optional(),
  })
  .meta({ id: "NewReport", examples: [{ reason: "spam" }] });

const reported = {
  reason: z.enum(REPORT_REASONS),
  words: z.string().exactOptional(),
  date: answers.seconds,
};

export const ownReport = shapeOf<OwnReport>()(z.object(reported).meta({ id: "OwnReport" }));

export const reportsQuery = z.object({
  state: z.enum(["open", "closed"]).default("open"),
  after: z
    .string()
    .regex(/^[1-9]\d{0,14}$/u)
    .describe(after)
    .optional(),
});

const verdict = z
  .enum(VERDICTS)
  .describe("`suspend` deletes the message, and suspends who said it.");

export const newDecision = z
  .object({ verdict })
  .meta({ id: "NewDecision", examples: [{ verdict: "dismiss" }] });

const report = z
  .object({
    id: answers.count,
    state: z.enum(["open", "closed"]),
    room: answers.roomId,
    roomName: z.string().describe("Empty for a private chat, and for a room that is no more."),
    message: answers.position.describe("Id of the message."),
    from: answers.userId.describe("Who said it."),
    messages: z.array(answers.message).describe("It, and what was said around it."),
    reports: z
      .array(z.object({ ...reported, by: answers.userId.describe("Who reported it.") }))
      .describe("The first ones first."),
    decision: z
      .object({ verdict, by: answers.userId.describe("Id of the admin."), date: answers.seconds })
      .describe("The last one.")
      .exactOptional(),
  })
  .meta({ id: "Report" });

export const reportsResult = shapeOf<ReportsResult>()(
  z
    .object({
      reports: z.array(report),
      people: z.array(answers.person).describe("Everybody who is named in them."),
      after: more.exactOptional(),
    })
    .meta({ id: "ReportsResult" }),
);
