/**
 * The shapes of what clients send, checked in one place for both edges. Unknown fields are ignored.
 */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";

/** Texts are cut off here long before any rule looks at them; the rules give the exact answer. */
export const text = (max: number) => z.string().max(max);
/** As above; told is how many characters the rule allows, counted as Unicode code points. */
export const words = (chars: number) => text(chars * 4).meta({ maxLength: chars });

const room = text(64);
const position = text(32).describe("A place in the room's order, like 1615480369.000123.");
const cid = text(LIMITS.cidCharsMax + 1).meta({
  description:
    "New for every message: letters, digits, `-`, `_`. Repeated with the same text, it is stored once.",
  minLength: LIMITS.cidCharsMin,
  maxLength: LIMITS.cidCharsMax,
});
const message = words(LIMITS.messageCharsMax).describe("The text, stored exactly as sent.");

export const username = text(256).meta({
  description: "Letters of one script and digits, with single marks between.",
  maxLength: LIMITS.usernameCharsMax,
});
export const password = text(1_024).meta({
  description: `At least ${LIMITS.passwordCharsMin} characters, up to ${LIMITS.passwordBytesMax} bytes.`,
  maxLength: LIMITS.passwordBytesMax,
});
export const credentials = z.object({ username, password }).meta({
  id: "Credentials",
  examples: [{ username: "Ada", password: "correct horse battery" }],
});

export const passwordChange = z.object({ current: text(1_024), password }).meta({
  id: "PasswordChange",
  examples: [{ current: "correct horse battery", password: "an even better battery" }],
});

const roomName = words(LIMITS.roomNameCharsMax).describe("One line.");
const topic = words(LIMITS.topicCharsMax).describe("One line.");
export const newRoom = z
  .object({
    kind: z
      .enum(["open", "closed"])
      .describe("`open`: listed, anyone may join. `closed`: not there for who was not invited."),
    name: roomName,
    topic: topic.optional(),
  })
  .meta({ id: "NewRoom", examples: [{ kind: "open", name: "Garden", topic: "What grows" }] });
export const newChat = z
  .object({
    people: z
      .array(z.number().int().positive())
      .max(LIMITS.chatPeopleMax)
      .meta({ description: "Ids of the others.", maxItems: LIMITS.chatPeopleMax - 1 }),
  })
  .meta({ id: "NewChat", examples: [{ people: [2] }] });
export const roomChange = z
  .object({
    name: roomName.optional(),
    topic: topic.optional(),
    posting: z.enum(["everyone", "moderators"]).describe("Who may say something.").optional(),
    archived: z.boolean().describe("It can only be read.").optional(),
  })
  .meta({ id: "RoomChange", examples: [{ topic: "What grows, and what does not" }] });
export const membership = z
  .object({
    role: z
      .enum(["member", "moderator"])
      .describe("Without it somebody is let in; with it a member becomes that.")
      .optional(),
  })
  .meta({ id: "Membership", examples: [{}] });
const until = z.number().int().positive().max(LIMITS.untilMax).optional();
export const newBan = z
  .object({
    reason: words(LIMITS.topicCharsMax).describe("Shown to moderators.").optional(),
    until: until.describe("Seconds since 1970; without it the ban has no end."),
  })
  .meta({ id: "NewBan", examples: [{ reason: "Spam" }] });
export const newMute = z
  .object({ until: until.describe("Seconds since 1970; without it the mute has no end.") })
  .meta({ id: "NewMute", examples: [{}] });
export const search = z.object({ search: text(256).default("") });

const extras = {
  replyTo: position.describe("Id of a message of this room that it answers.").optional(),
  calls: z
    .enum(["room", "here"])
    .describe("Everybody is meant: the text says `@room` or `@here`.")
    .optional(),
};
export const newMessage = z
  .object({ cid, message, ...extras })
  .meta({ id: "NewMessage", examples: [{ cid: "f3b0c442-98fc", message: "Hello" }] });

export const historyQuery = z
  .object({
    before: position.describe("The page before this message.").optional(),
    after: position.describe("The page after it.").optional(),
    around: position.describe("The page with it in the middle.").optional(),
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
export const readPosition = z
  .object({
    position,
    back: z.literal(true).describe("Also back: what comes after is unread again.").optional(),
  })
  .meta({ id: "ReadPosition", examples: [{ position: "1615480370.000456" }] });
const emoji = text(64).meta({ description: "One emoji.", maxLength: LIMITS.emojiUnitsMax });
export const react = z.object({ room, id: position, emoji, remove: z.literal(true).optional() });
export const pin = z.object({ room, id: position, remove: z.literal(true).optional() });
export const reaction = z.object({ emoji }).meta({ id: "Reaction", examples: [{ emoji: "👍" }] });
export const editedMessage = z
  .object({ message })
  .meta({ id: "EditedMessage", examples: [{ message: "Hello!" }] });
export const edit = z.object({ room, id: position, message });
export const remove = z.object({ room, id: position });
export const join = z.object({ room, since: position.optional() });
export const typing = z.object({ room });
export const leave = z.object({ room });
export const online = z.object({});
export const idle = z.object({ idle: z.boolean() });
/** `GET /api/events`; several rooms with commas. */
export const eventsQuery = z.object({
  rooms: z
    .string()
    .describe("Ids of rooms, with commas between; without it all one is in.")
    .optional(),
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
