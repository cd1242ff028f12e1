/** Scopes: the one place that says what a bot may do, whichever way it comes. */
import type { Scope } from "#protocol/bot.ts";
import type { Role } from "#protocol/person.ts";
import { ChatError } from "#server/core/chat-error.ts";

/** What an act needs of a bot: a scope, nothing but to be signed in, or not to be a bot at all. */
export type Need = Scope | "anyone" | "people";

/** Who acts, as far as scopes go. */
export interface Standing {
  readonly role: Role;
  /** Of a bot. */
  readonly scopes?: readonly Scope[];
}

/** Whether a bot's token was made for this; people may, as far as this goes, do everything. */
export function isAllowed({ role, scopes = [] }: Standing, need: Need): boolean {
  return role !== "bot" || need === "anyone" || (need !== "people" && scopes.includes(need));
}

/** Refuses a bot what its token was not made for. */
export function mustBeAllowed(standing: Standing, need: Need): void {
  if (isAllowed(standing, need)) return;
  if (need === "people") throw new ChatError("not-allowed", "This is for people, not for bots.");
  throw new ChatError("not-allowed", `This needs a bot with the scope "${need}".`);
}
