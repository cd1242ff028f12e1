/** Bots as they are kept (port): accounts without a password, and the digest of their token. */
import type { Bot, Scope } from "#protocol/bot.ts";
import type { AdminAccess, AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { SessionId } from "./session-store.ts";

export interface BotDraft {
  readonly canonical: string;
  readonly username: string;
  /** Empty if it has none. */
  readonly displayName: string;
  readonly description: string;
  readonly scopes: readonly Scope[];
  readonly callback: Callback | undefined;
}

/** Where a bot is called, and what such calls are signed with. */
export interface Callback {
  readonly url: string;
  readonly secret: string;
}

export interface BotEdit {
  /** Empty takes it away. */
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  /** `null` takes it away. */
  readonly callback?: Callback | null | undefined;
}

export interface BotStore {
  /** Makes the account, in no room, with a session that lasts until it is ended. */
  create(
    by: AdminAccess,
    draft: BotDraft,
    token: SessionId,
  ): Promise<Bot | "name-taken" | "too-many">;
  /** In no order. */
  list(by: AdminAccess): Promise<readonly Bot[]>;
  find(of: AdminPersonAccess): Promise<Bot | undefined>;
  /** `false` if there is no such bot. */
  edit(of: AdminPersonAccess, edit: BotEdit): Promise<boolean>;
  /** Ends the session there is, telling every server, and makes this one. */
  renew(of: AdminPersonAccess, token: SessionId): Promise<"done" | "not-found" | "suspended">;
  /**
   * Ends its session, takes it out of all rooms, and frees its name; what it said stays, under that
   * name. `false` if there is no such bot.
   */
  delete(of: AdminPersonAccess): Promise<boolean>;
}
