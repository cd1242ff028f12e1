/** Preferences on Redis: a hash each, with only what differs from the default. */
import { NOTIFY_LEVELS } from "#protocol/preferences.ts";
import type { RoomId } from "#protocol/room.ts";
import { userTopic } from "#server/core/delivery/bus.ts";
import { preferencesChanged } from "#server/core/delivery/events-in.ts";
import type {
  PreferenceStore,
  StoredNotify,
  StoredPreferences,
} from "#server/core/people/preference-store.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

/** Fields of rooms begin so; no other does. */
const ROOM = "room:";

export class RedisPreferenceStore implements PreferenceStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read({ by: user }: OwnAccess): Promise<StoredPreferences> {
    const fields = await answered(this.#redis.hGetAll(keys.preferences(user)));
    const rooms = Object.entries(fields).flatMap(([name, value]): [RoomId, StoredNotify][] =>
      name.startsWith(ROOM) ? [[name.slice(ROOM.length), readNotify(value)]] : [],
    );
    return {
      receipts: fields["receipts"] !== OFF,
      visible: fields["visible"] !== OFF,
      quietUntil: Number(fields["quietUntil"] ?? 0),
      rooms: new Map(rooms),
    };
  }

  async areOn(
    _by: SystemAccess,
    users: readonly number[],
    switched: string,
  ): Promise<readonly boolean[]> {
    const found = await answered(
      Promise.all(users.map((user) => this.#redis.hGet(keys.preferences(user), switched))),
    );
    return found.map((value) => value !== OFF);
  }

  async change(
    { by: user }: OwnAccess,
    { receipts, visible, quietUntil }: Parameters<PreferenceStore["change"]>[1],
  ): Promise<void> {
    await this.#set(user, {
      ...(receipts !== undefined && { receipts: receipts ? "" : OFF }),
      ...(visible !== undefined && { visible: visible ? "" : OFF }),
      ...(quietUntil !== undefined && { quietUntil: quietUntil > 0 ? String(quietUntil) : "" }),
    });
  }

  async setRoom(of: RoomAccess, { level, mutedUntil }: StoredNotify): Promise<void> {
    const { by: user, room } = of;
    const [kept, own] = await answered(
      Promise.all([
        this.#redis.hKeys(keys.preferences(user)),
        this.#redis.sMembers(keys.userRooms(user)),
      ]),
    );
    const rooms = new Set(own.map((id) => ROOM + id));
    const gone = kept.filter((name) => name.startsWith(ROOM) && !rooms.has(name));
    const isDefault = level === "everything" && mutedUntil === 0;
    await this.#set(user, {
      ...Object.fromEntries(gone.map((name) => [name, ""])),
      [ROOM + room]: isDefault ? "" : `${level} ${mutedUntil}`,
    });
  }

  /** What is empty is taken away. */
  async #set(user: number, fields: Readonly<Record<string, string>>): Promise<void> {
    const key = keys.preferences(user);
    const set = Object.entries(fields).filter(([, value]) => value !== "");
    const unset = Object.entries(fields).flatMap(([name, value]) => (value === "" ? [name] : []));
    await answered(
      Promise.all([
        set.length > 0 && this.#redis.hSet(key, Object.fromEntries(set)),
        unset.length > 0 && this.#redis.hDel(key, unset),
        this.#redis.sPublish(userTopic(user), preferencesChanged),
      ]),
    );
  }
}

const OFF = "off";

function readNotify(value: string): StoredNotify {
  const [name, until] = value.split(" ");
  return {
    level: NOTIFY_LEVELS.find((level) => level === name) ?? "everything",
    mutedUntil: Number(until ?? 0),
  };
}
