/**
 * Rooms on Redis: `room:{id}:name` and `user:{id}:rooms` as in the tutorial, and beside the log who
 * is in it and how.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { RoomId, RoomRole } from "#protocol/room.ts";
import { GENERAL, GENERAL_NAME, isRoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type {
  Outcome,
  OwnRoom,
  RoomDraft,
  RoomEdit,
  RoomStore,
  StoredBan,
  StoredRoom,
} from "#server/core/rooms/room-store.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { MemberAccess, RoomAccess } from "#server/core/access/room-access.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { deleteBot } from "#server/redis/people/redis-bot-store.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts } from "#server/redis/scripts.ts";
import type { Script } from "#server/redis/scripts.ts";
import { isSettled, readStored } from "#server/redis/log/stored-message.ts";
import { activeMute, isOutcome, kindOf, readBan, roleOf } from "./stored-room.ts";

interface Membership {
  readonly room: RoomId;
  readonly user: number;
}

/** How far below the top of a log its newest message is looked for, where others write there, too. */
const TOP_BRIDGED = 9;

const META_FIELDS = ["kind", "topic", "posting", "archived", "last", "at"];

export class RedisRoomStore implements RoomStore {
  readonly #redis: Redis;
  readonly #isBridged: boolean;

  /** @param isBridged servers of other kinds write to the logs, and what has no id yet is no message */
  constructor(redis: Redis, isBridged = false) {
    this.#redis = redis;
    this.#isBridged = isBridged;
  }

  async create({ by: maker }: OwnAccess, draft: RoomDraft): Promise<RoomId | undefined> {
    // The id is taken first, as an account's is; one that is not used leaves a gap and nothing
    // else.
    const room = String(await answered(this.#redis.incr(keys.totalRooms)));
    const made = await this.#make(room, draft, [maker]);
    return made === 1 ? room : undefined;
  }

  async openChat({ by: maker }: OwnAccess, people: readonly number[]) {
    const all = [...new Set([maker, ...people])].toSorted((a, b) => a - b);
    const draft: RoomDraft = { kind: "private", name: "", topic: "" };
    // Two people have one chat, under the tutorial's name for it; the note pad is the chat with
    // oneself.
    const pair = all.length === 1 ? [maker, maker] : all;
    const room =
      pair.length === 2
        ? pair.join(":")
        : String(await answered(this.#redis.incr(keys.totalRooms)));
    const made = await this.#make(room, draft, [maker, ...all.filter((id) => id !== maker)]);
    if (made === -2) return "unavailable-person" as const;
    return made === -1 ? ("too-many-rooms" as const) : { room, isNew: made === 1 };
  }

  async roomsOf({ by }: OwnAccess): Promise<readonly OwnRoom[]> {
    const ids = await answered(this.#redis.sMembers(keys.userRooms(by)));
    const asking = { id: by };
    const rooms = await Promise.all(
      ids.filter(isRoomId).map((id) => this.room(accessRoom(asking, id))),
    );
    return rooms.filter((room) => room !== undefined);
  }

  async room({ room: id, by: user }: RoomAccess): Promise<OwnRoom | undefined> {
    const [role, room, others, mute] = await Promise.all([
      answered(this.#redis.hGet(keys.roomMembers(id), String(user))),
      this.#read(id),
      id === GENERAL ? [] : answered(this.#redis.hKeys(keys.roomMembers(id))),
      answered(this.#redis.hGet(keys.roomMutes(id), String(user))),
    ]);
    if (role === null) return undefined;
    return {
      ...room,
      role: roleOf(role),
      muted: mute === null ? undefined : activeMute(mute),
      others: room.kind === "private" ? others.map(Number).filter((other) => other !== user) : [],
    };
  }

  async openRooms(): Promise<readonly StoredRoom[]> {
    const ids = await answered(this.#redis.sMembers(keys.openRooms));
    return Promise.all(ids.filter(isRoomId).map((id) => this.#read(id)));
  }

  async members({
    room: id,
    by: user,
  }: RoomAccess): Promise<ReadonlyMap<number, RoomRole> | undefined> {
    const found = await answered(this.#redis.hGetAll(keys.roomMembers(id)));
    const members = new Map(
      Object.entries(found).map(([who, role]) => [Number(who), roleOf(role)]),
    );
    return members.has(user) ? members : undefined;
  }

  add({ room: id, person: user, by }: MemberAccess): Promise<Outcome> {
    const names = [keys.roomMembers(id), keys.roomMeta(id), keys.userRooms(user), keys.user(user)];
    return this.#act(scripts.roomAdd, names, [
      id,
      user,
      by,
      LIMITS.roomsPerUserMax,
      keys.roomBans(id),
      keys.roomReads(id),
    ]);
  }

  remove({ room: id, person: user, by }: MemberAccess): Promise<Outcome> {
    const names = [keys.roomMembers(id), keys.roomMeta(id), keys.userRooms(user)];
    return this.#act(scripts.roomRemove, names, [id, user, by]);
  }

  setRole({ room: id, person: user, by }: MemberAccess, role: RoomRole): Promise<Outcome> {
    const names = [keys.roomMembers(id), keys.roomMeta(id)];
    return this.#act(scripts.roomRole, names, [id, user, by, role]);
  }

  edit({ room: id, by }: RoomAccess, { archived, ...words }: RoomEdit): Promise<Outcome> {
    const fields = Object.entries(words).flatMap(([field, value]) =>
      value === undefined ? [] : [field, value],
    );
    if (archived !== undefined) fields.push("archived", archived ? "1" : "");
    const names = [keys.roomMembers(id), keys.roomMeta(id), keys.roomName(id), keys.openRooms];
    return this.#act(scripts.roomEdit, names, [id, by, ...fields]);
  }

  async delete({ room: id, by }: RoomAccess): Promise<Outcome> {
    const names = [keys.roomMembers(id), keys.roomMeta(id), keys.room(id), keys.openRooms];
    const { roomName, roomChanges, roomBans, roomMutes, roomPins, roomReads } = keys;
    const all = [roomName, roomChanges, roomBans, roomMutes, roomPins, roomReads];
    const others = all.map((key) => key(id));
    const outcome = await this.#act(scripts.roomDelete, names, [id, by, ...others]);
    if (outcome !== "done") return outcome;
    const webhooks = await answered(this.#redis.sMembers(keys.roomWebhooks(id)));
    const set = keys.roomWebhooks(id);
    await Promise.all(webhooks.map((each) => deleteBot(this.#redis, Number(each), set)));
    return outcome;
  }

  ban(who: MemberAccess, ban: Omit<StoredBan, "by"> | undefined): Promise<Outcome> {
    const { room: id, person: user, by } = who;
    const names = [
      keys.roomMembers(id),
      keys.roomMeta(id),
      keys.userRooms(user),
      keys.roomBans(id),
    ];
    // The script reads the end of a ban, which comes first.
    const json =
      ban === undefined ? "" : JSON.stringify({ until: ban.until, reason: ban.reason, by });
    return this.#act(scripts.roomBan, names, [id, user, by, json]);
  }

  async bans({ room: id, by }: RoomAccess): Promise<ReadonlyMap<number, StoredBan> | undefined> {
    const [role, found] = await answered(
      Promise.all([
        this.#redis.hGet(keys.roomMembers(id), String(by)),
        this.#redis.hGetAll(keys.roomBans(id)),
      ]),
    );
    if (role === null || roleOf(role) !== "moderator") return undefined;
    const now = Date.now() / 1000;
    const bans = Object.entries(found).map(
      ([user, json]) => [Number(user), readBan(json)] as const,
    );
    return new Map(bans.filter(([, { until }]) => until === 0 || until > now));
  }

  mute(who: MemberAccess, until: number | undefined): Promise<Outcome> {
    const { room: id, person: user, by } = who;
    const names = [keys.roomMembers(id), keys.roomMeta(id), keys.roomMutes(id)];
    // The scripts read the end of a mute, which comes first.
    const json = until === undefined ? "" : JSON.stringify({ until, by });
    return this.#act(scripts.roomMute, names, [id, user, by, json]);
  }

  async mutes({ room: id, by }: RoomAccess): Promise<ReadonlyMap<number, number>> {
    const [role, found] = await answered(
      Promise.all([
        this.#redis.hGet(keys.roomMembers(id), String(by)),
        this.#redis.hGetAll(keys.roomMutes(id)),
      ]),
    );
    const isTold = (user: string) =>
      role !== null && (roleOf(role) === "moderator" || user === String(by));
    return new Map(
      Object.entries(found).flatMap(([user, json]) => {
        const until = isTold(user) ? activeMute(json) : undefined;
        return until === undefined ? [] : [[Number(user), until] as const];
      }),
    );
  }

  async membersAmong({ room }: RoomAccess, people: readonly number[]): Promise<readonly number[]> {
    const are = await this.#areMembers(people.map((user) => ({ room, user })));
    return people.filter((_, at) => are[at] === true);
  }

  areMembers(_by: SystemAccess, asked: readonly Membership[]): Promise<readonly boolean[]> {
    return this.#areMembers(asked);
  }

  async #areMembers(asked: readonly Membership[]): Promise<readonly boolean[]> {
    const found = await answered(
      Promise.all(
        asked.map(({ room, user }) => this.#redis.hExists(keys.roomMembers(room), String(user))),
      ),
    );
    return found.map((count) => count === 1);
  }

  async #make(room: RoomId, { kind, name, topic }: RoomDraft, people: readonly number[]) {
    const names = [
      keys.roomMembers(room),
      keys.roomMeta(room),
      keys.roomName(room),
      keys.openRooms,
    ];
    const args = [room, kind, name, topic, LIMITS.roomsPerUserMax, ...people].map(String);
    return run(this.#redis, scripts.roomCreate, names, args);
  }

  async #act(
    script: Script,
    names: readonly string[],
    args: readonly (string | number)[],
  ): Promise<Outcome> {
    const outcome = await run(this.#redis, script, names, args.map(String));
    if (!isOutcome(outcome)) throw new TypeError("A script answered something that is no outcome.");
    return outcome;
  }

  /** In one round trip: what is asked together is sent together. */
  async #read(id: RoomId): Promise<StoredRoom> {
    const [name, meta, members, newest] = await answered(
      Promise.all([
        this.#redis.get(keys.roomName(id)),
        this.#redis.hmGet(keys.roomMeta(id), META_FIELDS),
        this.#redis.hLen(keys.roomMembers(id)),
        this.#redis.zRangeWithScores(keys.room(id), 0, this.#isBridged ? TOP_BRIDGED : 0, {
          REV: true,
        }),
      ]),
    );
    const [kind, topic, posting, archived, head, at] = meta;
    const top = newest.find(({ value, score }) => !this.#isBridged || isSettled(value, score));
    const last = top && readStored(top.value, String(top.score), id);
    const position = head ?? START;
    return {
      id,
      kind: kindOf(id, kind),
      name: name ?? (id === GENERAL ? GENERAL_NAME : ""),
      topic: topic ?? "",
      posting: posting === "moderators" ? "moderators" : "everyone",
      archived: archived !== null && archived !== undefined,
      members,
      last,
      position: last !== undefined && comparePositions(last.id, position) > 0 ? last.id : position,
      ...(typeof at === "string" && { createdAt: Number(at) }),
    };
  }
}
