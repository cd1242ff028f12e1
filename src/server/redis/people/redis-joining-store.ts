/** Who may join, on Redis: the settings in a hash, each invitation in one with a time to live. */
import type { Registration } from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Digest } from "#server/core/people/accounts.ts";
import type {
  InvitationDraft,
  JoiningStore,
  StoredInvitation,
} from "#server/core/people/joining-store.ts";
import type { AdminAccess } from "#server/core/access/admin-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";

const FIELDS = ["uses", "expires", "made", "by"];

export class RedisJoiningStore implements JoiningStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async registration(): Promise<Registration | undefined> {
    const found = await answered(this.#redis.hGet(keys.settings, "registration"));
    return found === "open" || found === "invitation" ? found : undefined;
  }

  async setRegistration(_by: AdminAccess, registration: Registration): Promise<void> {
    await answered(this.#redis.hSet(keys.settings, "registration", registration));
  }

  async hasOwner(): Promise<boolean> {
    return (await answered(this.#redis.exists(keys.owners))) === 1;
  }

  async invite(
    { by }: AdminAccess,
    digest: Digest,
    { uses, lifetimeS }: InvitationDraft,
  ): Promise<StoredInvitation | undefined> {
    const names = [keys.invitation(digest), keys.invitations];
    const args = [digest, uses, lifetimeS, by, LIMITS.invitationsMax].map(String);
    const made = await run(this.#redis, scripts.invite, names, args);
    if (typeof made !== "number") return undefined;
    return { digest, uses, expires: made + lifetimeS, made, by };
  }

  async invitations(_by: AdminAccess): Promise<readonly StoredInvitation[]> {
    const digests = await answered(this.#redis.zRange(keys.invitations, 0, -1));
    const found = await answered(
      Promise.all(digests.map((digest) => this.#redis.hmGet(keys.invitation(digest), FIELDS))),
    );
    return digests.flatMap((digest, at) => {
      const [uses, expires, made, by] = found[at] ?? [];
      // Used up or expired meanwhile.
      if (typeof uses !== "string") return [];
      const [until, since, admin] = [expires, made, by].map(Number);
      return [
        { digest, uses: Number(uses), expires: until ?? 0, made: since ?? 0, by: admin ?? 0 },
      ];
    });
  }

  async isGood(invitation: Digest): Promise<boolean> {
    return (await answered(this.#redis.exists(keys.invitation(invitation)))) === 1;
  }

  async revoke(_by: AdminAccess, invitation: Digest): Promise<void> {
    await answered(
      Promise.all([
        this.#redis.del(keys.invitation(invitation)),
        this.#redis.zRem(keys.invitations, invitation),
      ]),
    );
  }
}
