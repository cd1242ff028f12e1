/** How fast strangers meet and talk: the goals G2 to G6, measured between sockets. */
import { cpuTimes } from "#bench/load/cpu.ts";
import { percentile } from "#bench/load/percentile.ts";
import { short, times } from "#bench/report/table.ts";
import { until } from "#test/support/until.ts";
import type { Goal } from "./goals.ts";
import type { Met } from "./stranger.ts";
import { meet } from "./stranger.ts";
import type { BenchWorld } from "./world.ts";
import { twoOf } from "./world.ts";

const P99_MS = 100;

/** So many pairs a second for a while, each of two who had not met anyone before. */
export async function pairing(world: BenchWorld, perS: number, seconds: number): Promise<Goal> {
  const count = perS * seconds;
  const all = await world.people(2 * count);
  const pids = [world.forgetful.pid, world.servers.one.pid, world.servers.two.pid];
  const before = pids.map((pid) => cpuTimes([pid]).others);
  const began = performance.now();
  const met: Promise<Met>[] = [];
  for (let at = 0; at < count; at++) {
    await until(() => performance.now() - began >= (at * 1000) / perS, {
      everyMs: 1,
      timeoutMs: 60_000,
    });
    met.push(meet(...twoOf(all, at)));
  }
  const done = await Promise.all(met);
  const ms = performance.now() - began;
  const busy = pids.map((pid, at) => (cpuTimes([pid]).others - (before[at] ?? 0)) / ms);
  const open = done.map(({ openMs }) => openMs);
  const [p50, p99] = [percentile(open, 0.5), percentile(open, 0.99)];
  for (const each of all) each.leave();
  const [redis = 0, one = 0, two = 0] = busy.map((share) => Math.round(100 * share));
  return {
    goal: perS > 25 ? "G3" : "G2",
    asked:
      perS > 25
        ? "2,000 pairs/s with p99 ≤ 100 ms, Redis ≤ 30 %"
        : "500 pairs/s: p50 ≤ 15 ms, p99 ≤ 100 ms",
    measured:
      `${perS} pairs/s offered, ${short((1000 * done.length) / ms)}/s done: ` +
      `${times({ p50, p99 })} ms p50 / p99; Redis ${redis} %, servers ${one} and ${two} %`,
    isMet: p99 <= P99_MS && (perS > 25 || p50 <= 15),
  };
}

/** Frames between two servers, each with its moment in its number. */
export async function talking(pairs: readonly Met[], perS: number, seconds: number): Promise<Goal> {
  const latencies: number[] = [];
  const sent = new Map<string, number>();
  let twice = 0;
  const heard = new Set<string>();
  for (const { two, pair } of pairs) {
    two.onFrame = (notice, at) => {
      const key = `${pair} ${seqOf(notice)}`;
      if (heard.has(key)) twice++;
      heard.add(key);
      latencies.push(at - (sent.get(key) ?? at));
    };
  }
  const began = performance.now();
  let refused = 0;
  const work: Promise<unknown>[] = [];
  for (let at = 0; at < perS * seconds; at++) {
    await until(() => performance.now() - began >= (at * 1000) / perS, {
      everyMs: 1,
      timeoutMs: 60_000,
    });
    const met = pairs[at % pairs.length];
    if (met === undefined) break;
    sent.set(`${met.pair} ${at}`, performance.now());
    work.push(met.one.relay(met.pair, at).catch(() => refused++));
  }
  await Promise.all(work);
  const allHeard = () => heard.size >= sent.size - refused;
  await until(allHeard, { timeoutMs: 5_000 }).catch(() => undefined);
  const lost = sent.size - refused - heard.size;
  const ms = { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  return {
    goal: "G5",
    asked: "10 k sessions, 10 k messages/s across servers: p99 ≤ 30 ms, none lost, none twice",
    measured:
      `${2 * pairs.length} sessions, ${perS} messages/s: ${times(ms)} ms p50 / p99, ` +
      `${lost} of ${sent.size} lost, ${twice} twice, ${refused} refused`,
    isMet: ms.p99 <= 30 && lost === 0 && twice === 0,
  };
}

/** From the command to the other one's page. */
export async function leaving(pairs: readonly Met[]): Promise<Goal> {
  const told: number[] = [];
  for (const { one, two, pair } of pairs) {
    const ended = two.next("ended");
    const began = performance.now();
    await one.ask("end", { pair });
    told.push((await ended).at - began);
  }
  const p99 = percentile(told, 0.99);
  return {
    goal: "G6",
    asked: "who leaves → the other is told: p99 ≤ 200 ms",
    measured: `${pairs.length} ends: ${times({ p50: percentile(told, 0.5), p99 })} ms p50 / p99`,
    isMet: p99 <= 200,
  };
}

function seqOf(notice: Readonly<Record<string, unknown>>): string {
  const { frame } = notice;
  return typeof frame === "object" && frame !== null && "seq" in frame ? String(frame.seq) : "";
}
