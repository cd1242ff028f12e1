/** Bans from strangers: made from a report, held on all servers, and forgotten with their salt. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { CommandError, Problem } from "#protocol/errors.ts";
import type { StrangerBansResult, StrangerReportsResult } from "#protocol/stranger.ts";
import { Member } from "#test/support/member.ts";
import { Refused, TestStranger } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";
import { until } from "#test/support/until.ts";

const DAY_S = 24 * 3600;
const DAY_MS = DAY_S * 1000;

const today = () => String(Math.floor(Date.now() / DAY_MS));
const from = (address: string) => ({ "X-Forwarded-For": address });

const enterFrom = async (url: string, address: string) => {
  const stranger = await TestStranger.connect(url, from(address));
  await stranger.enter();
  return stranger;
};

async function refusal(attempt: Promise<unknown>): Promise<CommandError> {
  const error = await attempt.then(() => undefined, refusedWith);
  assert.ok(error, "It was not refused.");
  return error;
}

function refusedWith(error: unknown): CommandError {
  if (error instanceof Refused) return error.refusal;
  throw error;
}

describe("bans from strangers", { concurrency: false }, () => {
  let world: StrangerServers;
  let one = "";
  let two = "";
  let admin: Member;
  before(async () => {
    world = await strangerServers();
    one = world.one.url;
    two = world.two.url;
    admin = await Member.enter(one, "Olga");
  });
  /** All who were reported; they stay until the end. */
  const reportedOnes: TestStranger[] = [];
  after(async () => {
    for (const each of reportedOnes) each.disconnect();
    await world[Symbol.asyncDispose]();
  });

  const redis = (...command: readonly string[]) => world.forgetful.cli(...command);
  const list = async () =>
    (await admin.call("GET", "/api/admin/strangers/reports")).json<StrangerReportsResult>().reports;
  const bans = async () =>
    (await admin.at(two).call("GET", "/api/admin/strangers/bans")).json<StrangerBansResult>().bans;
  const decide = (id: string, body: unknown) =>
    admin.at(two).call("POST", `/api/admin/strangers/reports/${id}`, body);

  /** Somebody there is reported by somebody elsewhere; the report, once a ban is possible. */
  async function reported(address: string, topic: string, isGone = false) {
    const bad = await enterFrom(two, address);
    reportedOnes.push(bad);
    await using good = await TestStranger.enter(one);
    const wish = { interests: [topic] };
    const [pair] = await Promise.all([good.meet(wish), bad.meet(wish)]);
    if (isGone) {
      await bad.ask("end", { pair: pair.id });
      await good.next("ended");
      bad.disconnect();
    }
    const known = new Set((await list()).map(({ id }) => id));
    await good.ask("report", { pair: pair.id, reason: "hate", excerpt: [] });
    const find = async () => (await list()).find(({ id }) => !known.has(id));
    await until(async () => (await find())?.canBan === true, { what: "the trace" });
    const report = await find();
    assert.ok(report);
    return { bad, id: report.id };
  }

  test("[SF10] a banned network neither searches nor enters, at any server, until it is lifted", async () => {
    const address = "192.0.2.1";
    const { bad, id } = await reported(address, "to be banned");
    const began = Math.floor(Date.now() / 1000);
    assert.equal((await decide(id, { verdict: "ban", days: 2 })).status, 204);
    assert.deepEqual(await list(), []);
    const refused = await refusal(bad.search());
    assert.equal(refused.code, "strangers-banned");
    assert.match(refused.detail, /hate/u);
    assert.ok(Math.abs((refused.until ?? 0) - began - 2 * DAY_S) <= 5);
    for (const url of [one, two]) {
      assert.equal((await refusal(enterFrom(url, address))).code, "strangers-banned");
      await using neighbour = await enterFrom(url, "192.0.2.2");
      assert.equal((await neighbour.search()).state, "waiting");
      await neighbour.ask("stop", {});
    }
    const [ban, ...others] = await bans();
    assert.ok(ban && others.length === 0);
    assert.deepEqual(Object.keys(ban).toSorted(), ["id", "reason", "until"]);
    assert.deepEqual([ban.reason, ban.until], ["hate", refused.until]);
    const lift = () => admin.call("DELETE", `/api/admin/strangers/bans/${ban.id}`);
    assert.deepEqual([(await lift()).status, (await lift()).status], [204, 404]);
    assert.deepEqual(await bans(), []);
    assert.equal((await bad.search()).state, "waiting");
    await using again = await enterFrom(one, address);
    await again.ask("stop", {});
  });

  test("[SF10] who leaves at once can be banned still", async () => {
    const address = "192.0.2.3";
    const { id } = await reported(address, "gone at once", true);
    await decide(id, { verdict: "ban" });
    const refused = await refusal(enterFrom(one, address));
    assert.ok(Math.abs((refused.until ?? 0) - Date.now() / 1000 - DAY_S) <= 10);
  });

  for (const [days, status] of [
    [0, 400],
    [1, 204],
    [LIMITS.strangerBanDaysMax - 1, 204],
    [LIMITS.strangerBanDaysMax, 204],
    [LIMITS.strangerBanDaysMax + 1, 400],
  ] as const) {
    test(`[SF10] a ban of ${days} days: ${status}`, async () => {
      const { id } = await reported(`198.51.100.${days + 1}`, `days ${days}`);
      assert.equal((await decide(id, { verdict: "ban", days })).status, status);
      if (status !== 204) await decide(id, { verdict: "dismiss" });
      const [key = ""] = await lines("KEYS", `{lobby}:ban:*`);
      const left = Number(await redis("PTTL", key));
      assert.ok(left > 0 && left <= LIMITS.strangerBanDaysMax * DAY_MS);
    });
  }

  test("[SF11] with its salt a ban is gone, and nothing that is left leads to anybody", async () => {
    const address = "192.0.2.4";
    const { id } = await reported(address, "salt");
    const salt = `{lobby}:secret:bans:${today()}`;
    await redis("PEXPIRE", salt, "60000");
    // It is about to be deleted; then the ban decides.
    await decide(id, { verdict: "ban", days: 7 });
    const ends = Number(await redis("PTTL", salt));
    assert.ok(ends > 7 * DAY_MS - 60_000 && ends <= 7 * DAY_MS, String(ends));
    const kept = [await lines("KEYS", "*"), await redis("ZRANGE", "{lobby}:bans", "0", "-1")];
    assert.ok(!kept.flat().join(" ").includes(address));
    // A server that has not seen the salt of today: without it a ban means nobody.
    await redis("DEL", salt);
    const fresh = await world.another();
    await using back = await enterFrom(fresh.url, address);
    assert.ok(back.isConnected);
  });

  test("[SF11] what a report needs is kept for three days; a salt without one for two", async () => {
    const { id } = await reported("192.0.2.5", "three days");
    const trace = Number(await redis("PTTL", `{lobby}:trace:${id}`));
    assert.ok(trace > 3 * DAY_MS - 60_000 && trace <= 3 * DAY_MS, String(trace));
    const salt = `{lobby}:secret:bans:${today()}`;
    const left = Number(await redis("PTTL", salt));
    assert.ok(left > 3 * DAY_MS - 60_000 && left <= 3 * DAY_MS, String(left));
    // As after three days.
    await redis("DEL", `{lobby}:trace:${id}`);
    assert.equal((await list()).find((each) => each.id === id)?.canBan, false);
    const late = await decide(id, { verdict: "ban" });
    assert.deepEqual([late.status, late.json<Problem>().code], [409, "ban-not-possible"]);
    assert.equal((await decide(id, { verdict: "dismiss" })).status, 204);
    assert.equal((await decide(id, { verdict: "dismiss" })).status, 404);
    await redis("DEL", salt);
    const fresh = await world.another();
    await using somebody = await enterFrom(fresh.url, "192.0.2.6");
    assert.ok(somebody.isConnected);
    const alone = Number(await redis("PTTL", salt));
    assert.ok(alone > 2 * DAY_MS - 60_000 && alone <= 2 * DAY_MS, String(alone));
  });

  test("[SF10] there are up to 1,000 bans at a time", async () => {
    await redis("DEL", "{lobby}:bans");
    for (const [extra, status] of [
      [-1, 204],
      [0, 409],
    ] as const) {
      const { id } = await reported(`203.0.113.${extra + 2}`, `many bans ${extra}`);
      const many = String(LIMITS.strangerBansMax + extra);
      await redis("EVAL", FILL, "0", String(Date.now() + DAY_MS), many);
      assert.equal((await decide(id, { verdict: "ban" })).status, status);
      assert.equal((await bans()).length, LIMITS.strangerBansMax);
      if (status !== 204) await decide(id, { verdict: "dismiss" });
    }
    await redis("DEL", "{lobby}:bans");
  });

  test("[SF8] who is reported from three networks within an hour pauses for 25 minutes", async () => {
    const address = "192.0.2.77";
    for (let at = 0; at < LIMITS.strangerReportersMax; at++) {
      const { bad, id } = await reported(address, `three ${at}`);
      bad.disconnect();
      await decide(id, { verdict: "dismiss" });
    }
    await using back = await enterFrom(one, address);
    let told: CommandError | undefined;
    await until(
      async () => {
        told = await back.search().then(() => undefined, refusedWith);
        return told !== undefined;
      },
      { what: "the pause" },
    );
    assert.equal(told?.code, "strangers-banned");
    assert.match(told.detail, /pause of 25 minutes/u);
    assert.ok(Math.abs((told.until ?? 0) - Date.now() / 1000 - 25 * 60) < 20);
  });

  const lines = async (...command: readonly string[]) => (await redis(...command)).split("\n");
});

const FILL = `
  for i = 1, 2000 do
    if redis.call('ZCARD', '{lobby}:bans') >= tonumber(ARGV[2]) then return end
    redis.call('ZADD', '{lobby}:bans', ARGV[1], 'x' .. i .. ' 1 spam {lobby}:ban:1:x' .. i)
  end`;
