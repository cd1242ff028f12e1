/** Reports on Redis: an entry a message, who reported it, and two queues. */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import type { Decision, NewReport, OwnReport, Report, Verdict } from "#protocol/reports.ts";
import { REPORT_REASONS, VERDICTS } from "#protocol/reports.ts";
import type { ReportSlice, ReportStore, StoredReport } from "#server/core/rooms/report-store.ts";
import { REPORT_KEEP_S } from "#server/core/rooms/report-store.ts";
import type { AdminAccess } from "#server/core/access/admin-access.ts";
import type { MessageAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { readAround } from "#server/redis/log/around.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";

const REPORT = z.object({
  reason: z.enum(REPORT_REASONS),
  words: z.string().optional(),
  date: z.number(),
});
const VERDICT = z.enum(VERDICTS);

export class RedisReportStore implements ReportStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async own({ room, message, by }: MessageAccess): Promise<OwnReport | undefined> {
    const id = await answered(this.#redis.get(keys.reportOf(room, message)));
    if (id === null) return undefined;
    const json = await answered(this.#redis.hGet(keys.reporters(id), String(by)));
    return json === null ? undefined : readReport(json);
  }

  async add({ room, message, by }: MessageAccess, from: number, report: NewReport) {
    const { reason, words } = report;
    const names = [
      keys.reportOf(room, message),
      keys.reportsOpen,
      keys.reportsClosed,
      keys.totalReports,
    ];
    const json = `${JSON.stringify({ reason, words }).slice(0, -1)},"date":`;
    const args = [String(by), room, message, String(from), json, keys.reports];
    const [kind, stored = ""] = texts(await run(this.#redis, scripts.reportAdd, names, args));
    return { report: readReport(stored), isNew: kind === "new" };
  }

  find(_by: AdminAccess, id: number): Promise<StoredReport | undefined> {
    return this.#find(id);
  }

  async #find(id: number): Promise<StoredReport | undefined> {
    const [entry, open] = await answered(
      Promise.all([
        this.#redis.hGetAll(keys.report(id)),
        this.#redis.zScore(keys.reportsOpen, String(id)),
      ]),
    );
    const { room, message, from } = entry;
    if (room === undefined || message === undefined) return undefined;
    const decision = readDecision(entry);
    const state = open === null ? "closed" : "open";
    return { state, room, message, from: Number(from), ...(decision && { decision }) };
  }

  async list(
    _by: AdminAccess,
    state: "open" | "closed",
    after: string | undefined,
    limit: number,
  ): Promise<ReportSlice> {
    const ids = await (state === "open" ? this.#open(after, limit) : this.#closed(after, limit));
    const shown = ids.slice(0, limit);
    const reports = await Promise.all(shown.map((id) => this.#read(Number(id))));
    const last = ids.length > limit ? shown.at(-1) : undefined;
    return {
      reports: reports.filter((report) => report !== undefined),
      ...(last !== undefined && { after: last }),
    };
  }

  async close(
    { by }: AdminAccess,
    id: number,
    verdict: Verdict,
  ): Promise<"done" | "decided" | "not-found"> {
    const names = [keys.reportsOpen, keys.reportsClosed, keys.report(id), keys.reporters(id)];
    const args = [String(id), verdict, String(by), String(REPORT_KEEP_S), keys.reports];
    const outcome = await run(this.#redis, scripts.reportClose, names, args);
    return outcome === "done" || outcome === "decided" ? outcome : "not-found";
  }

  /** By their ids, which are also their scores: one that was decided meanwhile is no hole. */
  #open(after: string | undefined, limit: number): Promise<readonly string[]> {
    const from = `(${Number(after) || 0}`;
    const options = { BY: "SCORE" as const, LIMIT: { offset: 0, count: limit + 1 } };
    return answered(this.#redis.zRange(keys.reportsOpen, from, "+inf", options));
  }

  /** By their rank; those that are too old are on their way out. */
  async #closed(after: string | undefined, limit: number): Promise<readonly string[]> {
    const key = keys.reportsClosed;
    const rank = after === undefined ? -1 : await answered(this.#redis.zRevRank(key, after));
    if (rank === null) return [];
    return answered(this.#redis.zRange(key, rank + 1, rank + 1 + limit, { REV: true }));
  }

  async #read(id: number): Promise<Report | undefined> {
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const { room, message } = found;
    const [name, reporters, messages] = await Promise.all([
      answered(this.#redis.get(keys.roomName(room))),
      answered(this.#redis.hGetAll(keys.reporters(id))),
      readAround(this.#redis, room, message, LIMITS.reportContextMax),
    ]);
    const reports = Object.entries(reporters)
      .map(([by, json]) => ({ by: Number(by), ...readReport(json) }))
      .toSorted((a, b) => a.date - b.date || a.by - b.by)
      .slice(0, LIMITS.reportersShownMax);
    return { id, ...found, roomName: name ?? "", messages, reports };
  }
}

function readReport(json: string): OwnReport {
  const { reason, words, date } = REPORT.parse(JSON.parse(json));
  return { reason, ...(words !== undefined && { words }), date };
}

function readDecision(entry: Readonly<Record<string, string>>): Decision | undefined {
  const { verdict, by, date } = entry;
  if (verdict === undefined) return undefined;
  return { verdict: VERDICT.parse(verdict), by: Number(by), date: Number(date) };
}
