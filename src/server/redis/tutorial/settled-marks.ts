/**
 * How far a room's log is settled: up to a place, and how many members lie there. While as many lie
 * there as then, nothing was written among them since, and only what came after is read.
 */
import type { Position } from "#protocol/position.ts";
import { START, isPosition } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";

export interface Mark {
  readonly place: Position;
  /** Members of the log up to there that are no strays. */
  readonly count: number;
  /** What lies there was written before Klatch came to this room. */
  readonly isFirst: boolean;
}

/** Marks kept in memory. */
const MARKS_MAX = 10_000;
/** A mark is written down when it has come so much further. */
const WRITE_EVERY = 200;

export class SettledMarks {
  readonly #redis: Redis;
  readonly #marks = new Map<RoomId, Mark>();
  readonly #written = new Map<RoomId, number>();

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** From memory, else as it was written down; in a room that was never looked at, the start. */
  async read(room: RoomId): Promise<Mark> {
    const known = this.#marks.get(room);
    if (known !== undefined) return known;
    const [settled, last] = await answered(
      this.#redis.hmGet(keys.roomMeta(room), ["settled", "last"]),
    );
    const written = parse(settled ?? "");
    if (written !== undefined) return written;
    // The scripts see by this field that the bridge is at work here.
    await answered(this.#redis.hSetNX(keys.roomMeta(room), "settled", `${START} 0`));
    return { place: START, count: 0, isFirst: typeof last !== "string" };
  }

  async remember(room: RoomId, mark: Mark): Promise<void> {
    if (this.#marks.size >= MARKS_MAX && !this.#marks.has(room)) this.#forget();
    this.#marks.set(room, mark);
    if (Math.abs(mark.count - (this.#written.get(room) ?? 0)) < WRITE_EVERY) return;
    this.#written.set(room, mark.count);
    const text = `${mark.place} ${mark.count}`;
    await answered(this.#redis.hSet(keys.roomMeta(room), "settled", text));
  }

  #forget(): void {
    this.#marks.clear();
    this.#written.clear();
  }
}

function parse(text: string): Mark | undefined {
  const { place = "", count } = /^(?<place>\S+) (?<count>\d+)$/u.exec(text)?.groups ?? {};
  return isPosition(place) ? { place, count: Number(count), isFirst: false } : undefined;
}
