/** What an operator sees of strangers and may do, over two servers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { StrangerFigures, StrangersResult } from "#protocol/stranger.ts";
import { say, talk } from "#test/support/franked.ts";
import { Member, request } from "#test/support/member.ts";
import { Refused, TestStranger, meetTwo } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";
import { until } from "#test/support/until.ts";

/** A second for all servers, and what a busy machine needs. */
const SOON_MS = 3_000;

const stateAt = async (url: string) =>
  (await request(url, "GET", "/api/strangers")).json<StrangersResult>();
const codeOf = async (attempt: Promise<unknown>) => {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
  return "";
};

describe("the operator of strangers", { concurrency: false }, () => {
  let world: StrangerServers;
  let one = "";
  let two = "";
  let admin: Member;
  let brin: Member;
  before(async () => {
    world = await strangerServers();
    one = world.one.url;
    two = world.two.url;
    admin = await Member.enter(one, "Olga");
    brin = await Member.enter(two, "Brin");
  });
  after(() => world[Symbol.asyncDispose]());

  const figures = async () =>
    (await admin.at(two).call("GET", "/api/admin/strangers")).json<StrangerFigures>();
  const setOpen = async (open: boolean) => {
    const answer = await admin.call("PUT", "/api/admin/strangers", { open });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<StrangerFigures>();
  };
  test("[SF12] the figures are of all servers, and hold nothing but numbers", async () => {
    assert.deepEqual(await figures(), {
      open: true, waiting: 0, talking: 0, pairs: 0, ends: {}, openReports: 0, bans: 0,
    }); // prettier-ignore
    await using waiting = await TestStranger.enter(one);
    await waiting.search({ interests: ["nobody else"], onlyInterests: true });
    const ended = [];
    for (let at = 0; at < 3; at++) {
      const { ada, bob, pair } = await meetTwo(one, two, `figures ${at}`);
      await ada.ask("end", { pair });
      await bob.next("ended");
      ended.push(ada, bob);
    }
    const { ada, bob } = await meetTwo(one, two, "still talking");
    await until(
      async () => {
        const { waiting: now, talking } = await figures();
        return now === 1 && talking === 2;
      },
      { what: "the servers to say so", timeoutMs: 15_000, everyMs: 200 },
    );
    const { pairs, ends, waitP50 = -1, waitP95 = -1 } = await figures();
    assert.deepEqual([pairs, ends], [4, { left: 3 }]);
    assert.ok(waitP50 >= 0 && waitP95 >= waitP50 && waitP95 < 60_000, `${waitP50} ${waitP95}`);
    for (const each of [...ended, ada, bob]) each.disconnect();
  });

  test("[SF13] closing ends all at once, on all servers, lets nobody in, and lasts", async () => {
    await using both = await talk(one, two, "closing");
    const { ada, bob, pair } = both;
    await using waiting = await TestStranger.enter(two);
    await waiting.search({ interests: ["nobody there"], onlyInterests: true });
    const closedAt = performance.now();
    const closed = await setOpen(false);
    assert.deepEqual([closed.open, closed.reason !== undefined], [false, true]);
    for (const each of [ada, bob]) {
      assert.deepEqual(await each.next("ended", SOON_MS), { pair, reason: "restarting" });
    }
    await waiting.next("searchAgain", SOON_MS);
    assert.ok(performance.now() - closedAt < SOON_MS);
    assert.equal(await codeOf(waiting.search()), "strangers-closed");
    for (const url of [one, two]) {
      assert.equal((await stateAt(url)).open, false);
      assert.equal(await codeOf(TestStranger.enter(url)), "strangers-closed");
    }
    const later = await world.another();
    assert.equal((await stateAt(later.url)).open, false);
    const { open, reason } = await setOpen(true);
    assert.deepEqual([open, reason], [true, undefined]);
    for (const url of [one, two, later.url]) {
      await until(async () => (await stateAt(url)).open, { what: "open again" });
      await using back = await TestStranger.enter(url);
      assert.equal((await back.search()).state, "waiting");
      await back.ask("stop", {});
    }
  });

  test("[SF12] none of it is for who is no admin", async () => {
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PUT", "", { open: false }],
      ["GET", "/reports", undefined],
      ["POST", "/reports/x", { verdict: "dismiss" }],
      ["GET", "/bans", undefined],
      ["DELETE", "/bans/x", undefined],
    ] as const) {
      const answer = await brin.call(method, `/api/admin/strangers${path}`, body);
      assert.equal(answer.status, 403, `${method} ${path}`);
      const nobody = await request(one, method, `/api/admin/strangers${path}`, { body });
      assert.equal(nobody.status, 401, `${method} ${path}`);
    }
    assert.equal((await stateAt(one)).open, true);
  });

  test("[SF14] of strangers the Redis that keeps holds reports alone; neither log nor Redis an address", async () => {
    const keysNow = async () => (await world.redis.cli("KEYS", "*stranger*")).split("\n");
    const address = "203.0.113.249";
    const headers = { "X-Forwarded-For": address };
    await using ada = await TestStranger.connect(one, headers);
    await ada.enter();
    await using bob = await TestStranger.connect(two, headers);
    await bob.enter();
    const wish = { interests: ["zanzibarine"] };
    const [pair] = await Promise.all([ada.meet(wish), bob.meet(wish)]);
    assert.deepEqual(await keysNow(), [""]);
    const { role } = pair;
    const line = await say(ada, pair.id, role, "heliotropic");
    await bob.ask("report", { pair: pair.id, reason: "spam", excerpt: [line] });
    await ada.next("ended");
    const kept = await keysNow();
    assert.equal(kept.length, 2);
    const [id = ""] = (await world.redis.cli("ZRANGE", "stranger_reports", "0", "-1")).split("\n");
    assert.deepEqual(kept.toSorted(), [`stranger_report:${id}`, "stranger_reports"]);
    const secrets = [
      address,
      "zanzibarine",
      pair.id,
      ada.token.split(".")[0] ?? "",
      pair.they.name,
    ];
    const texts = [
      await dump(world.redis),
      await dump(world.forgetful),
      world.one.output(),
      world.two.output(),
    ];
    for (const [at, text] of texts.entries()) {
      // The forgetful one knows ids of those who are there, and nothing of the others.
      const hidden = at === 1 ? [address, "zanzibarine", "heliotropic"] : secrets;
      for (const word of hidden) assert.ok(!text.includes(word), `${word} in ${at}`);
    }
    await admin.call("POST", `/api/admin/strangers/reports/${id}`, { verdict: "dismiss" });
    assert.deepEqual(await keysNow(), [""]);
  });

  test("[SF14] all that safety keeps in the forgetful Redis has an end", async () => {
    await using both = await talk(one, two, "ends");
    const { ada, pair } = both;
    await ada.ask("report", { pair, reason: "spam", excerpt: [] });
    const all = (await world.forgetful.cli("KEYS", "*")).split("\n").filter(Boolean);
    assert.ok(all.some((key) => key.includes(":trace:")));
    for (const key of all) {
      const ttl = Number(await world.forgetful.cli("PTTL", key));
      assert.notEqual(ttl, -1, key);
    }
  });

  test("[SF13] with the Redis of strangers away the switch can still be seen and set", async () => {
    await world.forgetful.kill("SIGSTOP");
    try {
      const { open } = await setOpen(false);
      assert.equal(open, false);
    } finally {
      await world.forgetful.kill("SIGCONT");
    }
    assert.equal((await stateAt(one)).open, false);
    await setOpen(true);
    for (const url of [one, two]) {
      await until(async () => (await stateAt(url)).open, { what: "open", timeoutMs: 30_000 });
    }
  });
});

/** All keys with what is in them, as text. */
async function dump(redis: { cli(...args: readonly string[]): Promise<string> }): Promise<string> {
  return redis.cli("EVAL", DUMP, "0");
}

const DUMP = `
  local all = {}
  for _, key in ipairs(redis.call('KEYS', '*')) do
    all[#all + 1] = key
    local kind = redis.call('TYPE', key).ok
    local read = { string = { 'GET' }, hash = { 'HGETALL' }, zset = { 'ZRANGE', 0, -1 },
      set = { 'SMEMBERS' }, list = { 'LRANGE', 0, -1 } }
    local command = read[kind]
    if command then
      local value = redis.call(command[1], key, unpack(command, 2))
      all[#all + 1] = type(value) == 'table' and table.concat(value, ' ') or value
    end
  end
  return all`;
