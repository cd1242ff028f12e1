/** A bot's scopes in words, and what is wrong with the words said of one. */
import type { NewBot, Scope } from "#protocol/bot.ts";
import { parseDisplayName } from "#protocol/person.ts";
import { topicProblem } from "#protocol/room.ts";

/** Name and meaning of each. */
export const SCOPE_WORDS: Readonly<Record<Scope, readonly [string, string]>> = {
  read: ["Read", "Rooms it is in, their messages, and who is there."],
  write: ["Write", "Say, edit and delete messages of its own."],
  react: ["React", "Add emoji to messages."],
  rooms: ["Run rooms", "Make, join and leave them; where it is a moderator, look after them."],
};

/** "Read, Write"; "Nothing" for none. */
export function scopesWords(scopes: readonly Scope[]): string {
  return scopes.map((scope) => SCOPE_WORDS[scope][0]).join(", ") || "Nothing";
}

/** What may be changed of a bot once it is there. */
export type BotWords = Required<Pick<NewBot, "displayName" | "description" | "callback">>;

/** What is wrong with them, in words; `undefined` if nothing is that can be seen from here. */
export function botProblem({ displayName, description, callback }: BotWords): string | undefined {
  const name = displayName === "" ? undefined : parseDisplayName(displayName);
  if (name?.ok === false) return name.problem;
  const problem = topicProblem(description);
  if (problem !== undefined) return problem.replace("A topic", "A description");
  if (callback !== "" && !URL.canParse(callback)) {
    return "The address to call is a whole one, such as https://bot.example/klatch.";
  }
  return undefined;
}
