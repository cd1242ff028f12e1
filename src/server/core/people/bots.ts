/** Bots: made, looked over and ended by admins. */
import type {
  Bot,
  BotChange,
  BotResult,
  BotsResult,
  BotTokenResult,
  NewBot,
  NewBotResult,
} from "#protocol/bot.ts";
import { LIMITS } from "#protocol/limits.ts";
import { parseDisplayName } from "#protocol/person.ts";
import { topicProblem } from "#protocol/room.ts";
import { parseUsername } from "#protocol/username.ts";
import { accessAdmin, accessAdminPerson } from "#server/core/access/admin-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Session, Tokens } from "./accounts.ts";
import type { PeopleNews } from "./people-news.ts";
import type { BotStore, Callback } from "./bot-store.ts";

interface Parts {
  readonly bots: BotStore;
  readonly tokens: Tokens;
  readonly news: Pick<PeopleNews, "changed">;
  /** What is wrong with the address of a callback, in words; `undefined` if nothing is. */
  readonly callbackProblem: (url: string) => string | undefined;
}

export class Bots {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes a bot, in no room yet; its token is told once. */
  async create(
    session: Session,
    { username, displayName = "", scopes, description = "", callback }: NewBot,
  ): Promise<NewBotResult> {
    const admin = accessAdmin(session);
    const name = parseUsername(username);
    if (!name.ok) throw new ChatError("name-not-allowed", name.problem);
    mustBeGood(topicProblem(description));
    const { bots, tokens } = this.#parts;
    const called = callback === undefined ? undefined : this.#callback(callback);
    const token = tokens.create();
    const draft = {
      canonical: name.canonical,
      username: name.display,
      displayName: displayNameOf(displayName),
      description,
      scopes: [...new Set(scopes)],
      callback: called,
    };
    const bot = await bots.create(admin, draft, tokens.digest(token));
    if (bot === "name-taken") {
      throw new ChatError(
        "name-taken",
        `The name ${name.display} is taken. Please choose another.`,
      );
    }
    if (bot === "too-many") {
      throw new ChatError("too-many-bots", `There are up to ${LIMITS.botsMax} bots; delete one.`);
    }
    return { bot, token, ...(called && { secret: called.secret }) };
  }

  /** By name. */
  async list(session: Session): Promise<BotsResult> {
    const bots = await this.#parts.bots.list(accessAdmin(session));
    return { bots: bots.toSorted((a, b) => a.username.localeCompare(b.username)) };
  }

  async bot(session: Session, id: number): Promise<Bot> {
    const bot = await this.#parts.bots.find(accessAdminPerson(session, id));
    if (bot === undefined) throw notFound();
    return bot;
  }

  /** What is said of it, and where it is called: a new callback has a new secret, told once. */
  async edit(
    session: Session,
    id: number,
    { displayName, description, callback }: BotChange,
  ): Promise<BotResult> {
    const access = accessAdminPerson(session, id);
    if (description !== undefined) mustBeGood(topicProblem(description));
    const called = callback === undefined || callback === "" ? undefined : this.#callback(callback);
    const edit = {
      displayName: displayName === undefined ? undefined : displayNameOf(displayName),
      description,
      callback: callback === "" ? null : called,
    };
    if (!(await this.#parts.bots.edit(access, edit))) throw notFound();
    this.#parts.news.changed(id);
    return { bot: await this.bot(session, id), ...(called && { secret: called.secret }) };
  }

  /**
   * Another token; the one before, and every connection made with it, ends at once. Throws
   * `suspended` for a bot that is.
   */
  async renew(session: Session, id: number): Promise<BotTokenResult> {
    const access = accessAdminPerson(session, id);
    const { bots, tokens } = this.#parts;
    const token = tokens.create();
    const outcome = await bots.renew(access, tokens.digest(token));
    if (outcome === "not-found") throw notFound();
    if (outcome === "suspended") {
      const words = "This bot is suspended. Please lift that first, then give it a new token.";
      throw new ChatError("suspended", words);
    }
    return { token };
  }

  /** Ends a bot; what it said stays. */
  async delete(session: Session, id: number): Promise<void> {
    if (!(await this.#parts.bots.delete(accessAdminPerson(session, id)))) throw notFound();
  }

  #callback(url: string): Callback {
    const problem = this.#parts.callbackProblem(url);
    if (problem !== undefined) throw new ChatError("callback-not-allowed", problem);
    return { url, secret: this.#parts.tokens.create() };
  }
}

/** As it is kept; empty takes it away. */
function displayNameOf(typed: string): string {
  if (typed === "") return "";
  const parsed = parseDisplayName(typed);
  if (!parsed.ok) throw new ChatError("bad-request", parsed.problem);
  return parsed.name;
}

function mustBeGood(problem: string | undefined): void {
  if (problem !== undefined) {
    throw new ChatError("bad-request", problem.replace("A topic", "A description"));
  }
}
