/** The safety of strangers on the forgetful Redis: strain, traces and bans, all with an end. */
import { LIMITS } from "#protocol/limits.ts";
import { STRANGER_REPORT_REASONS } from "#protocol/stranger.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import type { Script } from "#server/redis/scripts.ts";
import { readScript, run, texts } from "#server/redis/scripts.ts";
import { saltName } from "#server/stranger/safety/bans.ts";
import type { Ban, Mark, Past, SafetyStore } from "#server/stranger/safety/safety-store.ts";
import type { Strain } from "#server/stranger/safety/strain.ts";
import { PAUSE } from "#server/stranger/safety/strain.ts";
import { lobbyKeys as keys } from "./lobby-keys.ts";

const read = (name: string): Script => readScript(new URL("scripts/", import.meta.url), name);

const scripts = {
  strain: read("strain"),
  reported: read("reported"),
  report: read("report"),
  trace: read("trace"),
  ban: read("ban"),
} as const;

const HOUR_MS = 3600_000;
/** How long a report can lead to a ban. */
const TRACE_MS = 72 * HOUR_MS;
/** The pause of a network that several others have reported. */
const REPORTED_PAUSE_MS = 25 * 60_000;

const PAUSES = [PAUSE.score, PAUSE.skips, PAUSE.offences, ...PAUSE.lengthsMs].map(String);

export class RedisSafetyStore implements SafetyStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async strain(uid: string, network: string, cost: number, skips: number): Promise<Strain> {
    const at = [keys.strain(uid), keys.networkStrain(network)];
    const args = [cost.toFixed(3), String(skips), ...PAUSES];
    const reply = texts(await run(this.#redis, scripts.strain, at, args)).map(Number);
    const [score = 0, lately = 0, networkScore = 0, offences = 0, waitMs = 0] = reply;
    return { score, skips: lately, networkScore, offences, waitMs };
  }

  async spend(challenge: string, lifeMs: number): Promise<boolean> {
    const options = { condition: "NX", expiration: { type: "PX", value: lifeMs } } as const;
    return (await answered(this.#redis.set(keys.spent(challenge), "1", options))) !== null;
  }

  async salts(days: readonly number[]): Promise<readonly (Buffer | undefined)[]> {
    const names = days.map((day) => keys.secret(saltName(day)));
    const salts = await answered(this.#redis.mGet(names));
    return salts.map((salt) => (salt === null ? undefined : Buffer.from(salt, "base64url")));
  }

  async banOf(marks: readonly Mark[]): Promise<Ban | undefined> {
    const names = marks.map(({ day, digest }) => keys.ban(day, digest));
    const bans = await answered(this.#redis.mGet(names));
    // Of several the longest: who comes back in a day would only hear of the next.
    const found = bans.flatMap((told) => (told === null ? [] : [banIn(told)]));
    return found.toSorted((a, b) => b.until - a.until)[0];
  }

  async past(pair: string, uid: string): Promise<Past | undefined> {
    const past = await answered(this.#redis.hGetAll(keys.past(pair)));
    for (const role of [0, 1] as const) {
      if (past[role]?.split(" ")[0] === uid) {
        return { role, isReported: past[`reported:${role}`] !== undefined };
      }
    }
    return undefined;
  }

  async report(pair: string, uid: string, report: string, network: string): Promise<void> {
    const at = [keys.past(pair), keys.avoid(uid)];
    await run(this.#redis, scripts.report, at, [uid, report, network]);
  }

  async reportedBy(network: string, reporter: string): Promise<void> {
    const at = [keys.reporters(network), keys.networkStrain(network)];
    const numbers = [LIMITS.strangerReportersMax, HOUR_MS, REPORTED_PAUSE_MS].map(String);
    await run(this.#redis, scripts.reported, at, [reporter, ...numbers]);
  }

  async trace(report: string, { day, digest }: Mark): Promise<void> {
    const at = [keys.trace(report), keys.secret(saltName(day))];
    await run(this.#redis, scripts.trace, at, [`${day} ${digest}`, String(TRACE_MS)]);
  }

  async traced(reports: readonly string[]): Promise<readonly boolean[]> {
    if (reports.length === 0) return [];
    const traces = await answered(this.#redis.mGet(reports.map((id) => keys.trace(id))));
    return traces.map((trace) => trace !== null);
  }

  async ban(report: string, { id, until, reason }: Ban, lifeMs: number): Promise<boolean> {
    const args = [id, String(until), reason, String(lifeMs), String(LIMITS.strangerBansMax)];
    const at = [keys.trace(report), keys.bans];
    return (await run(this.#redis, scripts.ban, at, args)) === "banned";
  }

  async bans(): Promise<readonly Ban[]> {
    return (await this.#entries()).map(banIn);
  }

  async lift(id: string): Promise<boolean> {
    const entry = (await this.#entries()).find((each) => banIn(each).id === id);
    if (entry === undefined) return false;
    // The ban first: what is still listed can be lifted again.
    await answered(this.#redis.del(entry.split(" ").at(-1) ?? ""));
    await answered(this.#redis.zRem(keys.bans, entry));
    return true;
  }

  /** `<id> <until> <reason> <key>` of each that has not ended. */
  #entries(): Promise<readonly string[]> {
    return answered(this.#redis.zRangeByScore(keys.bans, Date.now(), "+inf"));
  }
}

function banIn(told: string): Ban {
  const [id = "", until, word] = told.split(" ");
  const reason = STRANGER_REPORT_REASONS.find((each) => each === word) ?? "other";
  return { id, until: Number(until), reason };
}
