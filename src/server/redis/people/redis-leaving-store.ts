/**
 * Leaving for good, on Redis: who has left and what is still to be done for them lies in a hash, and
 * a key with a short life says which server is at it.
 */
import type { Message } from "#protocol/message.ts";
import { START } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import type { Goodbye, LeavingStore, Left } from "#server/core/people/leaving-store.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import { accessOwn, accessPerson } from "#server/core/access/person-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { MessageChanges } from "#server/redis/log/message-changes.ts";
import { readStored } from "#server/redis/log/stored-message.ts";
import { RedisBlockStore } from "#server/redis/people/redis-block-store.ts";
import { run, scripts } from "#server/redis/scripts.ts";

/** A server that says nothing for this long has died, and another one goes on. */
const LEASE_MS = 20_000;
/** Messages looked at in one step. */
const STEP = 100;

export class RedisLeavingStore implements LeavingStore {
  readonly #redis: Redis;
  readonly #server: string;
  readonly #changes: MessageChanges;
  /** Where to go on in each room; a server that takes over begins anew. */
  readonly #places = new Map<string, string>();

  constructor(redis: Redis, server: string) {
    this.#redis = redis;
    this.#server = server;
    this.#changes = new MessageChanges(redis);
  }

  async leave(
    { by: user }: OwnAccess,
    { passwordHash, canonical, messages }: Goodbye,
  ): Promise<"done" | "raced" | "last-owner"> {
    const names = [
      keys.user(user),
      keys.userSessions(user),
      keys.username(canonical),
      keys.usernames,
    ];
    const outcome = await run(this.#redis, scripts.leave, names, [
      String(user),
      passwordHash,
      canonical,
      messages,
      keys.session(""),
      keys.owners,
      keys.leaving,
      keys.deletedUsers,
      keys.userPicture(user),
    ]);
    return outcome === "done" || outcome === "last-owner" ? outcome : "raced";
  }

  async claim(_by: SystemAccess): Promise<Left | undefined> {
    const all = await answered(this.#redis.hGetAll(keys.leaving));
    for (const [id, messages] of Object.entries(all)) {
      const user = Number(id);
      const expiration = { type: "PX", value: LEASE_MS } as const;
      const lease = keys.leavingLease(user);
      // oxlint-disable-next-line no-await-in-loop -- because the first that nobody is at will do
      const taken = await answered(
        this.#redis.set(lease, this.#server, { condition: "NX", expiration }),
      );
      if (taken !== null) return { user, messages: messages === "remove" ? "remove" : "keep" };
    }
    return undefined;
  }

  async rooms(_by: SystemAccess, user: number): Promise<readonly RoomId[]> {
    const rooms = await answered(this.#redis.sUnion([keys.userRooms(user), keys.userLeft(user)]));
    return rooms.filter(isRoomId);
  }

  async leaveRoom(_by: SystemAccess, user: number, room: RoomId): Promise<void> {
    await this.#renew(user);
    const names = [keys.roomMembers(room), keys.roomReads(room), keys.userRooms(user)];
    await run(this.#redis, scripts.roomAbandon, names, [room, String(user), keys.userLeft(user)]);
    // A note pad is nobody's without its owner.
    if (room !== `${user}:${user}`) return;
    const { roomName, roomMeta, roomMembers, roomReads, roomPins, roomChanges } = keys;
    const parts = [keys.room, roomName, roomMeta, roomMembers, roomReads, roomPins, roomChanges];
    await answered(this.#redis.del(parts.map((key) => key(room))));
  }

  async erase(_by: SystemAccess, user: number, room: RoomId): Promise<boolean> {
    await this.#renew(user);
    const here = `${user} ${room}`;
    const from = this.#places.get(here) ?? `(${START}`;
    const found = await answered(
      this.#redis.zRangeWithScores(keys.room(room), from, "+inf", {
        BY: "SCORE",
        LIMIT: { offset: 0, count: STEP },
      }),
    );
    let isRaced = false;
    for (const { value, score } of found) {
      const message = readStored(value, String(score), room);
      if (!isOwn(message, user)) continue;
      // oxlint-disable-next-line no-await-in-loop -- because everybody there hears of each, in order
      if (!(await this.#changes.erase(room, value, message))) isRaced = true;
    }
    const last = found.at(-1);
    // Somebody has just reacted to one of these: they are looked at again.
    if (isRaced) return true;
    if (last !== undefined) this.#places.set(here, `(${last.score}`);
    if (found.length === STEP) return true;
    this.#places.delete(here);
    return false;
  }

  async finish(_by: SystemAccess, user: number): Promise<void> {
    await this.#unblock(user);
    await answered(
      this.#redis
        .multi()
        .del([
          keys.userRooms(user),
          keys.userLeft(user),
          keys.preferences(user),
          keys.leavingLease(user),
        ])
        .hDel(keys.leaving, String(user))
        .exec(),
    );
  }

  /** Whom they blocked, and who blocked them: both are done with each other. */
  async #unblock(user: number): Promise<void> {
    const blocks = new RedisBlockStore(this.#redis);
    const [blocked, blockers] = await answered(
      Promise.all([
        blocks.blocks(accessOwn({ id: user })),
        this.#redis.sMembers(keys.userBlockers(user)),
      ]),
    );
    await Promise.all([
      ...blocked.map((block) => blocks.unblock(accessPerson({ id: user }, block.user))),
      ...blockers.map((blocker) => blocks.unblock(accessPerson({ id: Number(blocker) }, user))),
    ]);
  }

  /** Throws if another server is at it: this one was silent for too long. */
  async #renew(user: number): Promise<void> {
    const lease = keys.leavingLease(user);
    const [holder] = await answered(
      Promise.all([this.#redis.get(lease), this.#redis.pExpire(lease, LEASE_MS)]),
    );
    if (holder !== this.#server) throw new Error("Another server clears up for this person.");
  }
}

function isOwn(message: Message | undefined, user: number): message is Message {
  return message?.from === user && message.deleted === undefined;
}
