/**
 * Reports of strangers on the Redis that keeps: one key each, gone after thirty days, and their order.
 * Nothing else of any stranger is ever written there.
 */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { STRANGER_REPORT_REASONS } from "#protocol/stranger.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import type { KeptReport, ReportShelf } from "#server/stranger/safety/safety-store.ts";

const KEPT_S = 30 * 24 * 3600;
/** Added to the time of those that can wait: more than any time until the year 5000. */
const LATER = 1e11;

const REPORT = z.object({
  reason: z.enum(STRANGER_REPORT_REASONS),
  at: z.number(),
  excerpt: z.array(
    z.object({ by: z.enum(["reported", "reporter"]), text: z.string(), at: z.number() }),
  ),
});

export class RedisReportShelf implements ReportShelf {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async isFull(): Promise<boolean> {
    return (await this.count()) >= LIMITS.strangerReportsMax;
  }

  async count(): Promise<number> {
    await this.#clear();
    return answered(this.#redis.zCard(keys.strangerReports));
  }

  async save({ id, reason, at, excerpt }: KeptReport): Promise<void> {
    const isUrgent = reason === "minor" || reason === "threat";
    const text = JSON.stringify({ reason, at, excerpt });
    const expiration = { type: "EX", value: KEPT_S } as const;
    await answered(this.#redis.set(keys.strangerReport(id), text, { expiration }));
    const entry = { value: id, score: isUrgent ? at : at + LATER };
    await answered(
      this.#redis
        .multi()
        .zAdd(keys.strangerReports, entry)
        .expire(keys.strangerReports, KEPT_S)
        .exec(),
    );
  }

  async list(): Promise<readonly KeptReport[]> {
    await this.#clear();
    const most = LIMITS.strangerReportsShownMax - 1;
    const ids = await answered(this.#redis.zRange(keys.strangerReports, 0, most));
    if (ids.length === 0) return [];
    const texts = await answered(this.#redis.mGet(ids.map((id) => keys.strangerReport(id))));
    return ids.flatMap((id, at) => reportIn(id, texts[at]));
  }

  async find(id: string): Promise<KeptReport | undefined> {
    return reportIn(id, await answered(this.#redis.get(keys.strangerReport(id))))[0];
  }

  async remove(id: string): Promise<boolean> {
    const removed = await answered(this.#redis.del(keys.strangerReport(id)));
    await answered(this.#redis.zRem(keys.strangerReports, id));
    return removed > 0;
  }

  async isOpen(): Promise<boolean> {
    return (await answered(this.#redis.hGet(keys.settings, "strangers"))) !== "closed";
  }

  async setOpen(isOpen: boolean): Promise<void> {
    await answered(this.#redis.hSet(keys.settings, "strangers", isOpen ? "open" : "closed"));
  }

  /** Takes those out of the order that are gone by now. */
  async #clear(): Promise<void> {
    const oldest = Math.floor(Date.now() / 1000) - KEPT_S;
    const { strangerReports } = keys;
    await answered(
      Promise.all([
        this.#redis.zRemRangeByScore(strangerReports, "-inf", oldest),
        this.#redis.zRemRangeByScore(strangerReports, LATER, LATER + oldest),
      ]),
    );
  }
}

function reportIn(id: string, text: string | null | undefined): readonly KeptReport[] {
  if (text === null || text === undefined) return [];
  return [{ id, ...REPORT.parse(JSON.parse(text)) }];
}
