/** Sessions in memory, which a test can end silently, as if the news of it were lost. */
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { SessionId, SessionOwner, SessionStore } from "#server/core/people/session-store.ts";

export class FakeSessionStore implements SessionStore {
  readonly users = new Map<SessionId, number>();
  /** How many sessions each call of `alive` asked about. */
  readonly lookups: number[] = [];
  isAway = false;

  async create(id: SessionId, user: number): Promise<boolean> {
    this.users.set(id, user);
    return true;
  }

  async changePassword(
    { by }: OwnAccess,
    { keep }: { readonly keep: SessionId },
  ): Promise<boolean> {
    for (const [id, owner] of this.users) if (owner === by && id !== keep) this.users.delete(id);
    return true;
  }

  async touch(id: SessionId): Promise<SessionOwner | undefined> {
    const user = this.users.get(id);
    if (user === undefined) return undefined;
    return { user: { id: user, username: `user${user}` }, role: "member" };
  }

  async end(id: SessionId): Promise<boolean> {
    return this.users.delete(id);
  }

  async alive(ids: readonly SessionId[]): Promise<readonly boolean[]> {
    this.lookups.push(ids.length);
    if (this.isAway) throw new Error("Redis is away.");
    return ids.map((id) => this.users.has(id));
  }
}
