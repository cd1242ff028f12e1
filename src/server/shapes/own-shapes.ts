/** The shapes of people's own things: how one comes in, shows oneself, is told of things, and leaves. */
import { z } from "zod";
import type { BlocksResult } from "#protocol/blocks.ts";
import type { SignInLink, Welcome } from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Export } from "#protocol/own.ts";
import type { Profile } from "#protocol/person.ts";
import type { Preferences } from "#protocol/preferences.ts";
import { NOTIFY_LEVELS } from "#protocol/preferences.ts";
import type { PresenceOf } from "#protocol/presence.ts";
import type { SessionsResult } from "#protocol/sessions.ts";
import * as answers from "#server/shapes/answers.ts";
import { shapeOf } from "#server/shapes/answers.ts";
import { credentials, text, username, words } from "#server/shapes/schemas.ts";

export const registration = z
  .enum(["open", "invitation"])
  .describe("Who may make an account: everybody, or who was invited.");

export const welcome = shapeOf<Welcome>()(
  z
    .object({
      registration,
      needsOwner: z.boolean().describe("There is no account yet: the first one is the owner's."),
    })
    .meta({ id: "Welcome" }),
);

export const newAccount = credentials
  .extend({ invitation: text(256).describe("The token of an invitation.").optional() })
  .meta({ id: "NewAccount", examples: [{ username: "Ada", password: "correct horse battery" }] });

/** One of the two ways in; which, is looked at afterwards. */
export const signIn = credentials
  .partial()
  .extend({ link: text(256).describe("The token of a sign-in link, in place of both.").optional() })
  .meta({ id: "SignIn", examples: [{ username: "Ada", password: "correct horse battery" }] });

export const signInLink = shapeOf<SignInLink>()(
  z
    .object({
      token: z.string().describe("Told in this answer alone; the address is `/#sign-in=TOKEN`."),
      expires: answers.seconds,
    })
    .meta({ id: "SignInLink" }),
);

export const profileChange = z
  .object({
    username: username.optional(),
    displayName: words(LIMITS.displayNameCharsMax)
      .describe("What one wants to be called; empty: as one's username.")
      .optional(),
    about: words(LIMITS.aboutCharsMax).describe("May have several lines.").optional(),
  })
  .meta({ id: "ProfileChange", examples: [{ displayName: "Ada L.", about: "Counts" }] });

export const profile = shapeOf<Profile>()(
  z
    .object({
      ...answers.person.shape,
      about: z.string().describe("What they say of themselves."),
      since: answers.seconds.describe("When the account was made; 0 if nobody wrote it down."),
    })
    .meta({ id: "Profile" }),
);

/** What a picture may be uploaded as; and as what it is kept. */
export const UPLOADS = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/avif",
] as const;
export const picture = z.string().meta({ format: "binary", description: "A square picture." });

export const farewell = z
  .object({
    password: text(1_024),
    messages: z
      .enum(["keep", "remove"])
      .describe("Whether what one said stays, as said by a deleted person."),
  })
  .meta({
    id: "Farewell",
    examples: [{ password: "correct horse battery", messages: "keep" }],
  });

const session = z
  .object({
    id: z.string().describe("A name for it in this list; it signs nobody in."),
    device: z.string().describe("What was signed in with, as it calls itself."),
    since: answers.seconds,
    used: answers.seconds.describe("When it was last used, to about a minute."),
    isThis: z.boolean().describe("Whether it is the one that asks."),
  })
  .meta({ id: "Session" });

export const sessionsResult = shapeOf<SessionsResult>()(
  z
    .object({ sessions: z.array(session).describe("Last used first.") })
    .meta({ id: "SessionsResult" }),
);

const time = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const level = z.enum(NOTIFY_LEVELS).describe("Of which messages one is told.");
const receipts = z
  .boolean()
  .describe("In chats of two: whether both see how far the other has read.");
const visible = z.boolean().describe("Whether others see when one is online, and was last.");

export const preferencesChange = z
  .object({
    receipts: receipts.optional(),
    visible: visible.optional(),
    quietUntil: time.describe("Do not disturb until then; 0: disturb me again.").optional(),
  })
  .meta({ id: "PreferencesChange", examples: [{ receipts: false }] });

export const roomNotify = z
  .object({
    level,
    mutedUntil: time.describe("Nothing at all until then, in seconds since 1970.").optional(),
  })
  .meta({ id: "RoomNotify", examples: [{ level: "mentions" }] });

export const preferences = shapeOf<Preferences>()(
  z
    .object({
      receipts,
      visible,
      quietUntil: answers.seconds.describe("Do not disturb until then.").exactOptional(),
      rooms: z
        .record(z.string(), z.object({ level, mutedUntil: answers.seconds.exactOptional() }))
        .describe("Rooms of which one does not want to be told everything, by id."),
    })
    .meta({ id: "Preferences" }),
);

export const presence = shapeOf<PresenceOf>()(
  z
    .object({
      state: z.enum(["online", "away", "offline"]),
      seen: answers.seconds.describe("When they were last here, if that is known.").exactOptional(),
    })
    .meta({ id: "Presence" }),
);

export const blocksResult = shapeOf<BlocksResult>()(
  z
    .object({
      blocks: z
        .array(z.object({ ...answers.person.shape, since: answers.seconds }).meta({ id: "Block" }))
        .describe("The last one first."),
    })
    .meta({ id: "BlocksResult" }),
);

const { last: _, ...ownRoom } = answers.room.shape;

export const exported = shapeOf<Export>()(
  z
    .object({
      profile,
      role: answers.role,
      exported: answers.seconds.describe("When it was made."),
      sessions: z.array(session),
      rooms: z.array(z.object(ownRoom)).describe("Without what others said there."),
      blocks: z.array(answers.userId),
      preferences: z.record(z.string(), z.string()).describe("As they are kept."),
      reads: z.record(z.string(), answers.position).describe("How far one has read, by room."),
      messages: z.array(answers.message).describe("Room by room, oldest first."),
      reactions: z.array(
        z.object({ room: answers.roomId, id: answers.position, emoji: z.string() }),
      ),
    })
    .meta({ id: "Export" }),
);
