/** The standing of people on Redis: fields of `user:{id}`, and the set of owners. */
import type { AdminPeopleResult, AdminPerson, Suspension } from "#protocol/admin.ts";
import type { Role } from "#protocol/person.ts";
import { GENERAL } from "#protocol/room.ts";
import type { StandingOutcome, StandingStore } from "#server/core/people/standing-store.ts";
import type { AdminAccess, AdminPersonAccess } from "#server/core/access/admin-access.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import type { Reply } from "#server/redis/scripts.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import { PERSON_FIELDS, readMe } from "./person.ts";

const BESIDES = ["createdAt", "suspended", "suspendedBy", "suspendedFor", "scopes", "hook"];
const FIELDS = [...BESIDES, ...PERSON_FIELDS];

const OUTCOMES: ReadonlySet<unknown> = new Set<StandingOutcome>([
  "done",
  "not-found",
  "not-allowed",
  "last-owner",
]);

export class RedisStandingStore implements StandingStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async newest(
    _by: AdminAccess,
    after: string | undefined,
    limit: number,
  ): Promise<AdminPeopleResult> {
    const last = Number(await answered(this.#redis.get(keys.totalUsers)));
    const found: AdminPerson[] = [];
    let id = Math.min(last, idOf(after) - 1);
    // Ids have gaps where a name was taken at the same moment.
    while (found.length <= limit && id > 0) {
      const ids = Array.from({ length: Math.min(limit + 1, id) }, (_, at) => id - at);
      // oxlint-disable-next-line no-await-in-loop -- because each part begins where the last one ended
      found.push(...(await this.#read(ids)));
      id -= ids.length;
    }
    const people = found.slice(0, limit);
    const oldest = found.length > limit ? people.at(-1) : undefined;
    return { people, ...(oldest && { after: String(oldest.id) }) };
  }

  async named(
    _by: AdminAccess,
    beginning: string,
    after: string | undefined,
    limit: number,
  ): Promise<AdminPeopleResult> {
    const from = after !== undefined && after > beginning ? `(${after}` : `[${beginning}`;
    const range = { BY: "LEX" as const, LIMIT: { offset: 0, count: limit + 1 } };
    const names = await answered(
      this.#redis.zRange(keys.usernames, from, `[${beginning}\uffff`, range),
    );
    const shown = names.slice(0, limit);
    const pointers = await answered(
      Promise.all(shown.map((name) => this.#redis.get(keys.username(name)))),
    );
    // As in the tutorial: `user:{id}`, or the bare id.
    const ids = pointers.map((pointer) => idOf(pointer?.replace(/^user:/u, "")));
    const last = names.length > limit ? shown.at(-1) : undefined;
    return { people: await this.#read(ids), ...(last !== undefined && { after: last }) };
  }

  async setRole(of: AdminPersonAccess, role: Exclude<Role, "bot">): Promise<StandingOutcome> {
    const { by, person: user } = of;
    const names = [keys.user(by), keys.user(user), keys.owners, keys.roomMembers(GENERAL)];
    const args = [String(by), String(user), role, GENERAL];
    return outcomeOf(await run(this.#redis, scripts.roleSet, names, args));
  }

  suspend(whom: AdminPersonAccess, reason: string): Promise<StandingOutcome> {
    return this.#suspend(whom, "on", reason);
  }

  unsuspend(whom: AdminPersonAccess): Promise<StandingOutcome> {
    return this.#suspend(whom, "off", "");
  }

  async suspension({ by: user }: OwnAccess): Promise<Suspension | undefined> {
    const [person] = await this.#read([user]);
    return person?.suspended;
  }

  async #suspend(
    { by, person: user }: AdminPersonAccess,
    state: "on" | "off",
    reason: string,
  ): Promise<StandingOutcome> {
    const names = [keys.user(by), keys.user(user), keys.userSessions(user)];
    const args = [String(by), String(user), state, reason, keys.session("")];
    return outcomeOf(await run(this.#redis, scripts.suspend, names, args));
  }

  /** In the order asked; unknown ids are left out. */
  async #read(ids: readonly number[]): Promise<readonly AdminPerson[]> {
    const found = await answered(
      Promise.all(ids.map((id) => this.#redis.hmGet(keys.user(id), FIELDS))),
    );
    return ids.flatMap((id, at) => {
      const [since, suspended, by, reason, scopes, hook, ...rest] = found[at] ?? [];
      const person = readMe(id, rest);
      if (person === undefined) return [];
      // Of a bot that was deleted nothing is left but its name.
      if (person.role === "bot" && (scopes ?? hook ?? null) === null) return [];
      const suspension = { reason: reason ?? "", since: Number(suspended), by: Number(by) };
      return [
        {
          ...person,
          ...(typeof since === "string" && { since: Number(since) }),
          ...(typeof suspended === "string" && { suspended: suspension }),
        },
      ];
    });
  }
}

/** Of what is no id: one after all ids, which nobody has. */
function idOf(text: string | undefined): number {
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? id : Number.MAX_SAFE_INTEGER;
}

function outcomeOf(reply: Reply): StandingOutcome {
  if (!isOutcome(reply)) throw new TypeError("A script answered something that is no outcome.");
  return reply;
}

function isOutcome(value: unknown): value is StandingOutcome {
  return OUTCOMES.has(value);
}
