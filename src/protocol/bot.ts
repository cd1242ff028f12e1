/** Bots: programs with an account of their own, and what their tokens let them do. */
import type { Person } from "./person.ts";

/**
 * `read`: rooms, messages and who is there. `write`: say, edit and delete. `react`: react. `rooms`:
 * make, join, leave and, as a moderator, run rooms; pin.
 */
export const SCOPES = ["read", "write", "react", "rooms"] as const;
export type Scope = (typeof SCOPES)[number];

/** A bot, to an admin. */
export interface Bot extends Person {
  readonly description: string;
  readonly scopes: readonly Scope[];
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Id of the admin who made it. */
  readonly by: number;
  /** Where it is called when somebody speaks to it. */
  readonly callback?: string;
}

/** `POST /api/admin/bots`, by an admin; answered 201 with `NewBotResult`. */
export interface NewBot {
  readonly username: string;
  /** What it is called, like a person's; absent or empty for its username. */
  readonly displayName?: string;
  readonly scopes: readonly Scope[];
  readonly description?: string;
  readonly callback?: string;
}

/** The token, and the secret that calls are signed with, are told here and never again. */
export interface NewBotResult {
  readonly bot: Bot;
  readonly token: string;
  readonly secret?: string;
}

/** `PATCH /api/admin/bots/:bot`; what is absent stays. An empty `callback` or `displayName` takes it away. */
export interface BotChange {
  readonly displayName?: string;
  readonly description?: string;
  readonly callback?: string;
}

/** The answer to that; with a new `callback` its `secret`, which is told here and never again. */
export interface BotResult {
  readonly bot: Bot;
  readonly secret?: string;
}

/** `POST /api/admin/bots/:bot/token`: a new token; the old one is dead. */
export interface BotTokenResult {
  readonly token: string;
}

/** `GET /api/admin/bots`, by name. */
export interface BotsResult {
  readonly bots: readonly Bot[];
}
