/** Sessions: where a person is signed in, and ending that from afar. */
import type { SessionsResult } from "#protocol/sessions.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { notFound } from "#server/core/chat-error.ts";
import type { Session } from "./accounts.ts";
import type { OwnSessions, SessionId, SessionStore } from "./session-store.ts";

interface Parts {
  readonly sessions: OwnSessions & Pick<SessionStore, "end">;
}

export class Sessions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where this person is signed in, last used first. */
  async list({ id: asking, user }: Pick<Session, "id" | "user">): Promise<SessionsResult> {
    const found = await this.#parts.sessions.list(accessOwn(user));
    const sessions = found.map(({ id, device, since, used }) => ({
      id: handleOf(id),
      device,
      since,
      used,
      isThis: id === asking,
    }));
    return { sessions: sessions.toSorted((a, b) => b.used - a.used || b.since - a.since) };
  }

  /** Ends one of this person's sessions; another's is answered like one that is not there. */
  async end({ user }: Pick<Session, "user">, handle: string): Promise<void> {
    const found = await this.#parts.sessions.list(accessOwn(user));
    const one = found.find(({ id }) => handleOf(id) === handle);
    if (one === undefined) throw notFound();
    await this.#parts.sessions.end(one.id, user.id);
  }

  /** Ends all of this person's sessions but the one that asks, and their sign-in links. */
  async endOthers({ id: keep, user }: Pick<Session, "id" | "user">): Promise<void> {
    await this.#parts.sessions.endOthers(accessOwn(user), keep);
  }
}

/** Enough of the digest to tell a hundred sessions apart; a digest leads back to no token. */
function handleOf(id: SessionId): string {
  return id.slice(0, 16);
}
