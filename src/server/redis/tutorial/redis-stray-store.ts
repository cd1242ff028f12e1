/** Strays on Redis: found in the tutorial's sorted sets beside Klatch's own messages. */
import type { RoomId } from "#protocol/room.ts";
import { GENERAL, isRoomId } from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SystemAccess, SystemRoomAccess } from "#server/core/access/system-access.ts";
import type { Adopted, Stray, StrayStore } from "#server/core/bridge/stray-store.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { isSettled, jsonParts } from "#server/redis/log/stored-message.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";
import type { Entry } from "./log-pages.ts";
import { readPages } from "./log-pages.ts";
import { pairOf } from "./others-told.ts";
import { readRaw } from "./raw-message.ts";
import type { Mark } from "./settled-marks.ts";
import { SettledMarks } from "./settled-marks.ts";
import { welcome, welcomeSpelled } from "./welcome.ts";

/** Members below the mark that a near look reads. */
const NEAR = 2_000;
/** Strays adopted in one go. */
const STRAYS_MAX = 1_000;
/** Refused strays that are kept aside in each room. */
const ASIDE_MAX = 1_000;
/** From here on a score is no time in seconds. */
const TIMES_END = 8_000_000_000;
/** Keys that one step of a look at all rooms goes over, and accounts of one at all people. */
const STEP = 500;
/** Ids whose accounts may be on their way. */
const LATE_IDS = 20;
/** Memberships remembered, so that not every message asks for them. */
const ADMITTED_MAX = 100_000;

export class RedisStrayStore implements StrayStore {
  readonly #redis: Redis;
  readonly #marks: SettledMarks;
  readonly #admitted = new Set<string>();
  /** Up to which id everybody is welcome; from the start again for each server. */
  #welcomed = 0;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#marks = new SettledMarks(redis);
  }

  async strays({ room }: SystemRoomAccess, depth: "near" | "deep"): Promise<readonly Stray[]> {
    const mark = await this.#marks.read(room);
    const [below, tail] = await Promise.all([
      answered(this.#redis.zCount(keys.room(room), "-inf", mark.place)),
      this.#readTail(room, mark),
    ]);
    const isOld = mark.isFirst;
    if (below === mark.count) {
      await this.#marks.remember(room, tail.mark);
      return tail.entries.flatMap((entry) => strayOf(entry, isOld));
    }
    const past = await this.#readPast(room, mark, below, depth);
    const count = past.count + tail.mark.count - mark.count;
    await this.#marks.remember(room, { ...tail.mark, count });
    return [...past.entries, ...tail.entries]
      .toSorted((a, b) => a.score - b.score)
      .flatMap((entry) => strayOf(entry, isOld));
  }

  async admit({ room }: SystemRoomAccess, user: number): Promise<boolean> {
    const key = `${room} ${user}`;
    if (this.#admitted.has(key)) return true;
    const isMember = await this.#admit(room, user);
    if (this.#admitted.size >= ADMITTED_MAX) this.#admitted.clear();
    if (isMember) this.#admitted.add(key);
    return isMember;
  }

  async adopt(
    { room }: SystemRoomAccess,
    { member, score, from, text, isOld }: Stray,
    mentions: readonly number[],
  ): Promise<Adopted> {
    const isTime = score >= 0 && score < TIMES_END;
    const names = [
      keys.room(room),
      keys.roomMeta(room),
      keys.roomMembers(room),
      keys.roomReads(room),
    ];
    const [kind] = texts(
      await run(this.#redis, scripts.adopt, names, [
        String(from),
        room,
        member,
        isTime ? String(Math.floor(score)) : "",
        ...jsonParts(accessRoom({ id: from }, room), { cid: "", text, mentions }),
        keys.roomMutes(room),
        keys.roomBlocks(room),
        isTime && isOld ? String(score) : "",
      ]),
    );
    if (kind === "adopted" || kind === "raced") return kind;
    // They may have been a member before, and are not now.
    this.#admitted.delete(`${room} ${from}`);
    await this.#putAside(room, { value: member, score });
    return "refused";
  }

  async *rooms(_by: SystemAccess): AsyncIterable<RoomId> {
    let cursor = "0";
    do {
      const options = { MATCH: "room:*", TYPE: "zset", COUNT: STEP };
      // oxlint-disable-next-line no-await-in-loop -- because each step begins where the last one ended
      const found = await answered(this.#redis.scan(cursor, options));
      ({ cursor } = found);
      yield* found.keys.map((key) => key.slice("room:".length)).filter(isRoomId);
    } while (cursor !== "0");
  }

  async isTurn(_by: SystemAccess, everyMs: number): Promise<boolean> {
    const expiration = { type: "PX", value: everyMs } as const;
    const set = this.#redis.set(keys.bridgeTurn, "1", { condition: "NX", expiration });
    return (await answered(set)) !== null;
  }

  async welcomeAll(_by: SystemAccess): Promise<void> {
    const total = Number((await answered(this.#redis.get(keys.totalUsers))) ?? 0);
    while (this.#welcomed < total) {
      const from = this.#welcomed + 1;
      const ids = Array.from(
        { length: Math.min(STEP, total - this.#welcomed) },
        (_, i) => from + i,
      );
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two steps
      await Promise.all(ids.map((id) => welcomeSpelled(this.#redis, id)));
      this.#welcomed += ids.length;
    }
    // An id is given out before its account is there: the last ones are looked at again.
    this.#welcomed = Math.max(0, total - LATE_IDS);
  }

  /** What lies above the mark, and the mark as it is then: at the last message that has its id. */
  async #readTail(room: RoomId, mark: Mark) {
    const entries: Entry[] = [];
    let { place, count } = mark;
    let junk = 0;
    for await (const page of readPages(this.#redis, keys.room(room), `(${mark.place}`, "up")) {
      for (const { value, score } of page) {
        if (isSettled(value, score)) {
          count += 1 + junk;
          place = /,"id":"(?<id>[\d.]+)"/u.exec(value)?.groups?.["id"] ?? place;
          junk = 0;
        } else if (readRaw(value) === undefined) junk++;
        else entries.push({ value, score });
      }
      if (entries.length >= STRAYS_MAX) break;
    }
    const isFirst = mark.isFirst && entries.length > 0;
    return { entries, mark: { place, count, isFirst } };
  }

  /**
   * What was written below the mark, from there downwards until all is found; a deep look that comes
   * to the bottom counts anew.
   */
  async #readPast(room: RoomId, mark: Mark, below: number, depth: "near" | "deep") {
    const entries: Entry[] = [];
    let read = 0;
    for await (const page of readPages(this.#redis, keys.room(room), mark.place, "down")) {
      for (const { value, score } of page) {
        read++;
        if (!isSettled(value, score) && readRaw(value) !== undefined) {
          entries.push({ value, score });
        }
      }
      if (below > mark.count && entries.length >= below - mark.count) {
        return { entries, count: mark.count };
      }
      if (depth === "near" && read >= NEAR) return { entries, count: mark.count };
    }
    return { entries, count: read - entries.length };
  }

  async #admit(room: RoomId, user: number): Promise<boolean> {
    const role = await answered(this.#redis.hGet(keys.roomMembers(room), String(user)));
    if (role !== null) return role !== "gone";
    if (room === GENERAL) return welcome(this.#redis, user);
    const pair = pairOf(room);
    if (pair === undefined || !pair.includes(String(user))) return false;
    const [maker, other] = String(user) === pair[0] ? pair : pair.toReversed();
    if (maker === undefined || other === undefined) return false;
    const are = await Promise.all(pair.map((id) => welcome(this.#redis, Number(id))));
    if (are.includes(false)) return false;
    const names = [
      keys.roomMembers(room),
      keys.roomMeta(room),
      keys.roomName(room),
      keys.openRooms,
    ];
    const args = [room, "private", "", "", LIMITS.roomsPerUserMax, maker, other].map(String);
    const made = await run(this.#redis, scripts.roomCreate, names, args);
    return made === 1 || made === 0;
  }

  /** Out of the log, where it would be found again and again; who operates Redis can look at it. */
  async #putAside(room: RoomId, { value, score }: Entry): Promise<void> {
    await answered(
      this.#redis
        .multi()
        .zRem(keys.room(room), value)
        .zAdd(keys.roomAside(room), { score, value })
        .zRemRangeByRank(keys.roomAside(room), 0, -1 - ASIDE_MAX)
        .exec(),
    );
  }
}

function strayOf({ value, score }: Entry, isOld: boolean): readonly Stray[] {
  const raw = readRaw(value);
  return raw === undefined ? [] : [{ member: value, score, ...raw, isOld }];
}
