/** The log on Redis: one sorted set a room, written by one script. */
import { createHash } from "node:crypto";
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type {
  Appended,
  Change,
  Changed,
  Draft,
  Happening,
  MessageLog,
  Missed,
  Slice,
} from "#server/core/delivery/message-log.ts";
import type { MessageAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { readHappenings } from "./happenings.ts";
import { keys } from "#server/redis/keys.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";
import { MessageChanges } from "./message-changes.ts";
import type { OthersTold } from "#server/redis/tutorial/others-told.ts";
import { isSettled, jsonParts, positionOf, readStored } from "./stored-message.ts";

/** How long a cid is remembered: a client that resends later has been away for a day. */
const RETRY_S = 24 * 3600;
/**
 * Scores from here on (the year 2223) are no places: whoever wrote one meant something else, maybe
 * milliseconds, and a float could not hold its microseconds. The scripts draw the same line.
 */
const PLACES_END = 8_000_000_000;

export class RedisMessageLog implements MessageLog {
  readonly #redis: Redis;
  readonly #changes: MessageChanges;
  readonly #others: OthersTold | undefined;

  /** @param others with the bridge: how servers of other kinds are told; their writing is adopted */
  constructor(redis: Redis, others?: OthersTold) {
    this.#redis = redis;
    this.#others = others;
    this.#changes = new MessageChanges(redis);
  }

  async append(to: RoomAccess, draft: Draft): Promise<Appended> {
    const { room, by: from } = to;
    const { cid, text, replyTo } = draft;
    const digest = createHash("sha256").update(text).digest("base64url");
    const told = (await this.#others?.of(room)) ?? NOBODY_TOLD;
    const [kind, id] = texts(
      await run(
        this.#redis,
        scripts.append,
        [keys.room(room), keys.roomMeta(room), keys.roomMembers(room), keys.sent(room, from, cid)],
        [
          String(from),
          room,
          digest,
          String(RETRY_S),
          ...jsonParts(to, draft),
          replyTo ?? "",
          keys.roomReads(room),
          keys.roomMutes(room),
          keys.roomBlocks(room),
          ...told,
        ],
      ),
    );
    if (kind === "stored" && id !== undefined) return { kind, id };
    if (kind === "muted") return { kind, until: Number(id) };
    return isRefusal(kind) ? { kind } : { kind: "not-member" };
  }

  change(of: MessageAccess, change: Change): Promise<Changed> {
    return this.#changes.change(of, change);
  }

  async page(reader: RoomAccess, cursor: Cursor, limit: number): Promise<Slice | undefined> {
    switch (cursor.at) {
      case "newest":
        return this.#backward(reader, "+inf", limit);
      case "before":
        return this.#backward(reader, `(${cursor.id}`, limit);
      case "after":
        return this.#forward(reader, `(${cursor.id}`, limit);
      case "around": {
        const older = await this.#backward(reader, `(${cursor.id}`, limit >> 1);
        const newer = await this.#forward(reader, cursor.id, limit - (limit >> 1));
        if (older === undefined || newer === undefined) return undefined;
        const messages = [...older.messages, ...newer.messages];
        return { messages, older: older.older, newer: newer.newer };
      }
    }
  }

  async missed(of: RoomAccess, since: Position, limit: number): Promise<Missed> {
    const { room, by: user } = of;
    const names = [
      keys.room(room),
      keys.roomMeta(room),
      keys.roomMembers(room),
      keys.roomChanges(room),
    ];
    const args = [String(user), since, String(limit), START];
    const reply = texts(await run(this.#redis, scripts.missed, names, args));
    const [kind, head = START, count, ...found] = reply;
    if (kind === "gone" || kind === "fork") return { kind, head };
    if (kind !== "recovered") return { kind: "not-member" };
    const split = 2 * Number(count);
    const messages = this.#readPairs(found.slice(0, split), room);
    return { kind, messages, changes: this.#readPairs(found.slice(split), room), head };
  }

  async isMember({ room, by: user }: RoomAccess): Promise<boolean> {
    return (await answered(this.#redis.hExists(keys.roomMembers(room), String(user)))) === 1;
  }

  async head({ room }: RoomAccess | SystemRoomAccess): Promise<Position> {
    if (this.#others !== undefined) {
      return (await answered(this.#redis.hGet(keys.roomMeta(room), "last"))) ?? START;
    }
    const [last, top] = await answered(
      Promise.all([
        this.#redis.hGet(keys.roomMeta(room), "last"),
        this.#redis.zRangeWithScores(keys.room(room), `(${PLACES_END}`, "0", {
          BY: "SCORE",
          REV: true,
          LIMIT: { offset: 0, count: 1 },
        }),
      ]),
    );
    const ours = last ?? START;
    const newest = top[0];
    if (newest === undefined) return ours;
    // Servers of other kinds write to the log without knowing of our meta.
    const theirs = positionOf(String(newest.score));
    return comparePositions(theirs, ours) > 0 ? theirs : ours;
  }

  async after(
    of: SystemRoomAccess,
    since: Position,
    limit: number,
  ): Promise<readonly Happening[] | "lost"> {
    const range = { since, head: await this.head(of), isBridged: this.#others !== undefined };
    return readHappenings(this.#redis, of.room, range, limit);
  }

  async #backward(reader: RoomAccess, below: string, limit: number): Promise<Slice | undefined> {
    const found = await this.#range(reader, ["-inf", below, "REV"], limit + 1);
    if (found === undefined) return undefined;
    const messages = found.slice(0, limit).toReversed();
    return { messages, older: found.length > limit, newer: below !== "+inf" };
  }

  async #forward(reader: RoomAccess, above: string, limit: number): Promise<Slice | undefined> {
    const found = await this.#range(reader, [above, "+inf", ""], limit + 1);
    if (found === undefined) return undefined;
    return { messages: found.slice(0, limit), older: true, newer: found.length > limit };
  }

  async #range(
    { room, by: user }: RoomAccess,
    [low, high, direction]: readonly [string, string, "REV" | ""],
    count: number,
  ): Promise<readonly Message[] | undefined> {
    const found: Message[] = [];
    const names = [keys.room(room), keys.roomMembers(room)];
    let [from, to] = [low, high];
    for (;;) {
      const args = [String(user), from, to, direction, String(count)];
      // oxlint-disable-next-line no-await-in-loop -- because each begins where the last one ended
      const [kind, ...pairs] = texts(await run(this.#redis, scripts.page, names, args));
      if (kind !== "page") return undefined;
      found.push(...this.#readPairs(pairs, room));
      // What cannot be read takes no place on the page, and must not look like the end of the room.
      if (pairs.length < 2 * count || found.length >= count) return found;
      if (direction === "REV") to = `(${pairs.at(-1)}`;
      else from = `(${pairs.at(-1)}`;
    }
  }

  /** Members and their scores, in turn. */
  #readPairs(pairs: readonly string[], room: RoomId): readonly Message[] {
    const messages: Message[] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const [member = "", score = ""] = pairs.slice(i, i + 2);
      if (this.#others !== undefined && !isSettled(member, score)) continue;
      const message = readStored(member, score, room);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }
}

/** No server of another kind hears of it. */
const NOBODY_TOLD = ["", ""] as const;

const REFUSALS: ReadonlySet<unknown> = new Set([
  "cid-reused",
  "archived",
  "blocked",
  "read-only",
  "nothing-to-answer",
]);

function isRefusal(
  kind: unknown,
): kind is Exclude<Appended["kind"], "stored" | "not-member" | "muted"> {
  return REFUSALS.has(kind);
}
