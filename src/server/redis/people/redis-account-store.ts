/**
 * Accounts on Redis, in the tutorial's keys: `total_users`, `username:{name}`, `user:{id}`,
 * `user:{id}:rooms`.
 */
import type { Me } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import { GENERAL, isRoomId } from "#protocol/room.ts";
import type { Account, AccountStore } from "#server/core/people/account-store.ts";
import type { Admission } from "#server/core/people/joining-store.ts";
import { invitationNotValid } from "#server/core/people/joining.ts";
import { unavailable } from "#server/core/chat-error.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import type { Instance } from "#server/redis/health/instance.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import { PERSON_FIELDS, readMe, readPeople } from "./person.ts";
import { spell, welcome } from "#server/redis/tutorial/welcome.ts";
import { heldFor } from "./redis-profile-store.ts";
import { isRole } from "./role.ts";

const FIELDS = ["password", ...PERSON_FIELDS];

export class RedisAccountStore implements AccountStore {
  readonly #redis: Redis;
  readonly #instance: Pick<Instance, "isLost"> | undefined;
  readonly #isBridged: boolean;

  /**
   * With an instance, nobody is made in a Redis that has lost everything: ids would be given out
   * again. `isBridged`: servers of other kinds make accounts, too.
   */
  constructor(redis: Redis, instance?: Pick<Instance, "isLost">, isBridged = false) {
    this.#redis = redis;
    this.#instance = instance;
    this.#isBridged = isBridged;
  }

  async create(
    canonical: string,
    display: string,
    passwordHash: string,
    admission?: Admission,
  ): Promise<Me | undefined> {
    if ((await this.#instance?.isLost()) === true) throw unavailable();
    if (this.#isBridged && (await this.isTaken(display))) return undefined;
    // The id is taken first, as in the tutorial. A lost race leaves a gap in the ids and nothing
    // else.
    const id = await answered(this.#redis.incr(keys.totalUsers));
    const now = String(Math.floor(Date.now() / 1000));
    const made = await run(
      this.#redis,
      scripts.register,
      [keys.username(canonical), keys.user(id), keys.userRooms(id), keys.roomMembers(GENERAL)],
      [
        String(id),
        display,
        passwordHash,
        GENERAL,
        "member",
        now,
        keys.roomReads(GENERAL),
        keys.roomMeta(GENERAL),
        keys.owners,
        ...admissionArgs(admission),
      ],
    );
    if (made === "not-invited") throw invitationNotValid();
    if (!isRole(made)) return undefined;
    // Servers of other kinds know one spelling only, and would make another account for it.
    if (this.#isBridged) await spell(this.#redis, id, display);
    return { id, username: display, role: made };
  }

  /**
   * Makes the account with the lowest id an owner, if there are accounts and no owner. Its id, if it
   * did.
   */
  async appointOwner(): Promise<number | undefined> {
    const names = [keys.owners, keys.totalUsers, keys.roomMembers(GENERAL)];
    const owner = await run(this.#redis, scripts.ownerFirst, names, [keys.user("")]);
    return typeof owner === "string" ? Number(owner) : undefined;
  }

  async isTaken(canonical: string, user = 0): Promise<boolean> {
    const holder = await answered(this.#redis.get(keys.username(canonical)));
    return holder !== null && holder !== heldFor(user);
  }

  async find(canonical: string, typed?: string): Promise<Account | undefined> {
    if (!this.#isBridged || typed === undefined) return this.#find(canonical);
    const exact = await this.#find(typed);
    const account = exact?.username === typed ? exact : await this.#find(canonical);
    // Whoever made it, who signs in has all that Klatch keeps of one.
    if (account !== undefined) await welcome(this.#redis, account.id);
    return account;
  }

  async #find(canonical: string): Promise<Account | undefined> {
    const pointer = await answered(this.#redis.get(keys.username(canonical)));
    // The tutorial's text writes the bare id in one place and `user:{id}`, as its apps do, in
    // another.
    const id = Number(pointer?.replace(/^user:/u, ""));
    if (pointer === null || !Number.isSafeInteger(id)) return undefined;
    const user = await answered(this.#redis.hmGet(keys.user(id), FIELDS));
    const [passwordHash, ...rest] = user;
    const person = readMe(id, rest);
    return person && { ...person, passwordHash: passwordHash ?? undefined };
  }

  async passwordHash({ by }: OwnAccess): Promise<string | undefined> {
    return (await answered(this.#redis.hGet(keys.user(by), "password"))) ?? undefined;
  }

  async rooms({ by }: OwnAccess): Promise<readonly RoomId[]> {
    const rooms = await answered(this.#redis.sMembers(keys.userRooms(by)));
    return rooms.filter(isRoomId);
  }

  async search(beginning: string, limit: number): Promise<readonly Person[]> {
    const range = { BY: "LEX" as const, LIMIT: { offset: 0, count: limit } };
    const names = await answered(
      this.#redis.zRange(keys.usernames, `[${beginning}`, `[${beginning}\uffff`, range),
    );
    const found = await Promise.all(names.map((name) => this.find(name)));
    return found.flatMap((account) => {
      if (account === undefined) return [];
      const { passwordHash: _, role: __, ...person } = account;
      return [person];
    });
  }

  people(ids: readonly number[]): Promise<readonly Person[]> {
    return readPeople(this.#redis, ids);
  }
}

/** Without an admission no setting is looked at. */
function admissionArgs(admission: Admission | undefined): readonly string[] {
  if (admission === undefined) return ["", "open", "", ""];
  const { invitation = "", otherwise } = admission;
  return [keys.settings, otherwise, keys.invitation(invitation), invitation];
}
