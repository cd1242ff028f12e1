/** The shapes of bots, as admins send them and as the HTTP API answers them. */
import { z } from "zod";
import type { Bot, BotResult, BotsResult, BotTokenResult, NewBotResult } from "#protocol/bot.ts";
import { SCOPES } from "#protocol/bot.ts";
import { LIMITS } from "#protocol/limits.ts";
import { person, shapeOf } from "#server/shapes/answers.ts";
import { username, words } from "#server/shapes/schemas.ts";

const scopes = z.array(z.enum(SCOPES)).describe("What its token lets it do.");
const description = words(LIMITS.topicCharsMax).describe("What it is for. One line.");
const displayName = words(LIMITS.displayNameCharsMax).describe(
  "What it is called, like a person's; not unique. Empty for its username.",
);
const callback = z
  .string()
  .max(LIMITS.urlCharsMax)
  .describe("An https address that is called when somebody speaks to it.");

export const newBot = z
  .object({
    username,
    displayName: displayName.optional(),
    scopes: scopes.max(SCOPES.length),
    description: description.optional(),
    callback: callback.optional(),
  })
  .meta({
    id: "NewBot",
    examples: [{ username: "Gardener", scopes: ["read", "write"], description: "Waters" }],
  });

export const botChange = z
  .object({
    displayName: displayName.optional(),
    description: description.optional(),
    callback: callback.optional(),
  })
  .meta({ id: "BotChange", examples: [{ description: "Waters and weeds" }] });

export const bot = shapeOf<Bot>()(
  z
    .object({
      ...person.shape,
      description: z.string(),
      scopes,
      createdAt: z.int().describe("Seconds since 1970."),
      by: z.int().describe("Id of the admin who made it."),
      callback: z.string().describe("Where it is called.").exactOptional(),
    })
    .meta({ id: "Bot" }),
);

const token = z.string().describe("Told in this answer alone; only a digest is kept.");
const secret = z.string().describe("Calls are signed with it; told in this answer alone.");

export const newBotResult = shapeOf<NewBotResult>()(
  z.object({ bot, token, secret: secret.exactOptional() }).meta({ id: "NewBotResult" }),
);

export const botResult = shapeOf<BotResult>()(
  z.object({ bot, secret: secret.exactOptional() }).meta({ id: "BotResult" }),
);

export const botTokenResult = shapeOf<BotTokenResult>()(
  z.object({ token }).meta({ id: "BotTokenResult" }),
);

export const botsResult = shapeOf<BotsResult>()(
  z.object({ bots: z.array(bot) }).meta({ id: "BotsResult" }),
);
