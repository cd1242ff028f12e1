/**
 * The shapes of what clients send, checked in one place for both edges. Unknown fields are ignored.
 */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { NOTIFY_LEVELS } from "#protocol/preferences.ts";
import { REPORT_REASONS, VERDICTS } from "#protocol/reports.ts";

/** Texts are cut off here long before any rule looks at them; the rules give the exact answer. */
const text = (max: number) => z.string().max(max);

const room = text(64);
const position = text(32);
const cid = text(LIMITS.cidCharsMax + 1);
const message = text(LIMITS.messageCharsMax * 4);

export const credentials = z.object({ username: text(256), password: text(1_024) });

export const newAccount = credentials.extend({ invitation: text(256).optional() });
/** One of the two ways in; which, is looked at afterwards. */
export const signIn = credentials.partial().extend({ link: text(256).optional() });
export const settingsChange = z.object({ registration: z.enum(["open", "invitation"]).optional() });
export const newInvitation = z.object({
  uses: z.number().int().min(1).max(LIMITS.invitationUsesMax).optional(),
  lifetime: z.number().int().min(LIMITS.invitationLifeMin).max(LIMITS.invitationLifeMax).optional(),
});

export const passwordChange = z.object({ current: text(1_024), password: text(1_024) });

export const profileChange = z.object({
  username: text(256).optional(),
  displayName: text(LIMITS.displayNameCharsMax * 4).optional(),
  about: text(LIMITS.aboutCharsMax * 4).optional(),
});

export const farewell = z.object({ password: text(1_024), messages: z.enum(["keep", "remove"]) });

export const newRoom = z.object({
  kind: z.enum(["open", "closed"]),
  name: text(LIMITS.roomNameCharsMax * 4),
  topic: text(LIMITS.topicCharsMax * 4).optional(),
});
export const newChat = z.object({
  people: z.array(z.number().int().positive()).max(LIMITS.chatPeopleMax),
});
export const roomChange = z.object({
  name: text(LIMITS.roomNameCharsMax * 4).optional(),
  topic: text(LIMITS.topicCharsMax * 4).optional(),
  posting: z.enum(["everyone", "moderators"]).optional(),
  archived: z.boolean().optional(),
});
export const membership = z.object({ role: z.enum(["member", "moderator"]).optional() });
const until = z.number().int().positive().max(LIMITS.untilMax).optional();
export const newBan = z.object({
  reason: text(LIMITS.topicCharsMax * 4).optional(),
  until,
});
export const newMute = z.object({ until });
const reason = text(LIMITS.reasonCharsMax * 4).optional();
export const roleChange = z.object({ role: z.enum(["owner", "admin", "member"]) });
export const newSuspension = z.object({ reason });
export const newReport = z.object({
  reason: z.enum(REPORT_REASONS),
  words: text(LIMITS.reasonCharsMax * 4).optional(),
});
export const newDecision = z.object({ verdict: z.enum(VERDICTS) });
export const reportsQuery = z.object({
  state: z.enum(["open", "closed"]).default("open"),
  after: z
    .string()
    .regex(/^[1-9]\d{0,14}$/u)
    .optional(),
});
export const adminPeople = z.object({
  search: text(256).default(""),
  after: text(LIMITS.usernameCharsMax * 4).optional(),
});
export const search = z.object({ search: text(256).default("") });

const extras = { replyTo: position.optional(), calls: z.enum(["room", "here"]).optional() };
export const newMessage = z.object({ cid, message, ...extras });

export const historyQuery = z
  .object({
    before: position.optional(),
    after: position.optional(),
    around: position.optional(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(LIMITS.pageMessagesMax)
      .default(LIMITS.pageMessagesDefault),
  })
  .refine(({ before, after, around }) => [before, after, around].filter(Boolean).length <= 1, {
    message: "only one of before, after and around",
  });

export const send = z.object({ room, cid, message, ...extras });
export const read = z.object({ room, position, back: z.literal(true).optional() });
export const readPosition = z.object({ position, back: z.literal(true).optional() });
const emoji = text(64);
export const react = z.object({ room, id: position, emoji, remove: z.literal(true).optional() });
export const pin = z.object({ room, id: position, remove: z.literal(true).optional() });
export const reaction = z.object({ emoji });
export const editedMessage = z.object({ message });
export const edit = z.object({ room, id: position, message });
export const remove = z.object({ room, id: position });
export const join = z.object({ room, since: position.optional() });
export const typing = z.object({ room });
export const leave = z.object({ room });
export const online = z.object({});
export const idle = z.object({ idle: z.boolean() });
const time = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const preferencesChange = z.object({
  receipts: z.boolean().optional(),
  visible: z.boolean().optional(),
  quietUntil: time.optional(),
});
export const roomNotify = z.object({
  level: z.enum(NOTIFY_LEVELS),
  mutedUntil: time.optional(),
});
export const people = z.object({
  ids: z.array(z.number().int().positive()).min(1).max(LIMITS.peopleIdsMax),
});

/** What is wrong with an input, in one line: the field and the rule, never the value. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "The input has the wrong shape.";
  const field = issue.path.join(".");
  return field === "" ? `${issue.message}.` : `${field}: ${issue.message}.`;
}
