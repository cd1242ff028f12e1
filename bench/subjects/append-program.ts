/** The limit of storing: Klatch's own log on Redis, without sockets, rooms to tell or people to check. */
import { setTimeout as sleep } from "node:timers/promises";
import { accessRoom } from "#server/core/access/room-access.ts";
import { textOf } from "#bench/load/dialect.ts";
import type { Seat } from "#bench/load/dialect.ts";
import { takePlan } from "#bench/run/program.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";

export interface AppendPlan {
  readonly url: string;
  readonly seats: readonly Seat[];
  readonly window: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

await takePlan(async ({ url, seats, window, warmMs, measureMs }: AppendPlan) => {
  const redis = await connect(url, "bench");
  const log = new RedisMessageLog(redis);
  let sent = 0;
  let stored = 0;
  const until = performance.now() + warmMs + measureMs;
  const worker = async () => {
    while (performance.now() < until) {
      const n = sent++;
      const seat = seats[n % seats.length];
      if (seat === undefined) return;
      const { id, room } = seat;
      const { kind } = await log.append(accessRoom({ id }, room), {
        cid: `bench-${id}-${n}`,
        text: textOf(n),
      });
      if (kind !== "stored") throw new Error(`Not stored: ${kind}`);
      stored++;
    }
  };
  const workers = Array.from({ length: window }, worker);
  await sleep(warmMs);
  const before = { stored, at: performance.now() };
  await sleep(measureMs);
  const perS = (1000 * (stored - before.stored)) / (performance.now() - before.at);
  await Promise.all(workers);
  redis.destroy();
  return perS;
});
