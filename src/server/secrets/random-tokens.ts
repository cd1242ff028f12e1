/** Session tokens: 256 random bits; only their SHA-256 is ever stored. */
import { createHash, randomBytes } from "node:crypto";
import type { Tokens } from "#server/core/people/accounts.ts";

export const randomTokens: Tokens = {
  create: () => randomBytes(32).toString("base64url"),
  digest: (token) => createHash("sha256").update(token).digest("hex"),
};
