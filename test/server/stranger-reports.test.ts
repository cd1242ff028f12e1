/** Reports of strangers: what can be proven, what is kept of it, and for how long. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { FrankedLine, StrangerReportsResult } from "#protocol/stranger.ts";
import { franked, say, talk } from "#test/support/franked.ts";
import { Member } from "#test/support/member.ts";
import { TestStranger } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

const DAY_S = 24 * 3600;

const report = (who: TestStranger, pair: string, excerpt: readonly unknown[] = []) =>
  who.ask("report", { pair, reason: "threat", excerpt });
const rejects = (given: Promise<unknown>, code: string, what?: string) =>
  assert.rejects(
    given,
    (error: { refusal?: { code: string } }) => error.refusal?.code === code,
    what,
  );

const ascending = (a: number, b: number) => a - b;

function readObject(text: string): object {
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === "object" && value !== null);
  return value;
}

describe("reports of strangers", { concurrency: false }, () => {
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
  after(() => world[Symbol.asyncDispose]());

  const list = async () => {
    const answer = await admin.at(two).call("GET", "/api/admin/strangers/reports");
    return answer.json<StrangerReportsResult>().reports;
  };
  const clear = async () => {
    for (const { id } of await list()) {
      await admin.call("POST", `/api/admin/strangers/reports/${id}`, { verdict: "dismiss" });
    }
  };
  test("[SF7] a report ends the chat, and admins see exactly the lines shown, and no names", async () => {
    await using both = await talk(one, two, "reporting");
    const { ada, bob, pair, roles } = both;
    const mine = await say(ada, pair, roles.ada, "please stop");
    await say(bob, pair, roles.bob, "not shown to anybody");
    const theirs = await say(bob, pair, roles.bob, "I will find you ☠");
    await report(ada, pair, [mine, theirs]);
    assert.deepEqual(await bob.next("ended"), { pair, reason: "reported" });
    const [kept] = await list();
    assert.ok(kept);
    assert.deepEqual(
      kept.excerpt.map(({ by, text }) => [by, text]),
      [
        ["reporter", "please stop"],
        ["reported", "I will find you ☠"],
      ],
    );
    assert.equal(kept.reason, "threat");
    const ttl = Number(await world.redis.cli("TTL", `stranger_report:${kept.id}`));
    assert.ok(ttl > 30 * DAY_S - 60 && ttl <= 30 * DAY_S, String(ttl));
    const text = await world.redis.cli("GET", `stranger_report:${kept.id}`);
    assert.deepEqual(Object.keys(readObject(text)), ["reason", "at", "excerpt"]);
    assert.ok(!text.includes(pair) && !text.includes("not shown"));
    // They are never paired again; the reporter waits for somebody else.
    await ada.search({ interests: ["reporting"], onlyInterests: true });
    await bob.search({ interests: ["reporting"], onlyInterests: true });
    await using eve = await TestStranger.enter(one);
    await Promise.all([ada.next("matched"), eve.meet({ interests: ["reporting"] })]);
    await clear();
    assert.equal(await world.redis.cli("EXISTS", `stranger_report:${kept.id}`), "0");
  });

  test("[SF7] a line that was not said so is refused, and nothing changes", async () => {
    await using both = await talk(one, two, "lies");
    const { ada, bob, pair, roles } = both;
    await using other = await talk(two, one, "other lies");
    const line = await say(bob, pair, roles.bob, "good morning");
    const elsewhere = await say(other.bob, other.pair, roles.bob, "good evening");
    const { stamp } = line;
    const bad: readonly (readonly [what: string, ...lines: readonly FrankedLine[]])[] = [
      ["another text", { ...franked(roles.bob, "something awful"), mark: line.mark, stamp }],
      ["a mark without a stamp of its own", { ...franked(roles.bob, "something awful"), stamp }],
      ["said by the other end", { ...line, from: roles.ada }],
      ["said in another chat", elsewhere],
      ["at another time", { ...line, stamp: { ...stamp, at: stamp.at - 1 } }],
      ["long ago", { ...line, stamp: { ...stamp, at: stamp.at - DAY_S - 1 } }],
      ["twice", line, line],
      ["no line at all", { ...line, plain: Buffer.alloc(256).toString("base64url") }],
      ["one of two", line, { ...line, from: roles.ada }],
    ];
    for (const [what, ...lines] of bad) {
      await rejects(report(ada, pair, lines), "report-not-allowed", what);
    }
    // The chat goes on, and nothing is kept.
    await say(ada, pair, roles.ada, "still here");
    assert.deepEqual(await list(), []);
    await report(ada, pair, [line]);
    assert.equal((await list()).length, 1);
    await clear();
  });

  test("[SF7] up to 30 lines prove something, and no more are taken", async () => {
    for (const [extra, isTaken] of [
      [1, false],
      [-1, true],
      [0, true],
    ] as const) {
      await using both = await talk(one, two, `many lines ${extra}`);
      const { ada, bob, pair, roles } = both;
      const lines: FrankedLine[] = [];
      for (let at = 0; at < LIMITS.excerptLinesMax + extra; at++) {
        lines.push(await say(bob, pair, roles.bob, `line ${at}`));
      }
      if (isTaken) await report(ada, pair, lines);
      else await rejects(report(ada, pair, lines), "bad-request");
    }
    const lengths = (await list()).map(({ excerpt }) => excerpt.length);
    assert.deepEqual(lengths.toSorted(ascending), [29, 30]);
    await clear();
  });

  test("[SF7] both of a chat that has ended can report it for a minute, once, and nobody else can", async () => {
    await using both = await talk(one, two, "afterwards");
    const { ada, bob, pair, roles } = both;
    await using eve = await TestStranger.enter(one);
    const [hers, his] = [
      await say(ada, pair, roles.ada, "hers"),
      await say(bob, pair, roles.bob, "his"),
    ];
    await bob.ask("end", { pair });
    await ada.next("ended");
    await rejects(report(eve, pair), "not-found");
    for (let tries = 0; tries < 3; tries++) await report(ada, pair, [his]);
    await report(bob, pair, [hers, his]);
    const kept = (await list()).map(({ excerpt }) =>
      excerpt.map(({ by, text }) => `${by} ${text}`).join(),
    );
    assert.deepEqual(
      kept.toSorted((a, b) => a.localeCompare(b)),
      ["reported hers,reporter his", "reported his"],
    );
    const past = `{lobby}:past:${pair}`;
    const ttl = Number(await world.forgetful.cli("PTTL", past));
    assert.ok(ttl > 0 && ttl <= 60_000, String(ttl));
    // As after a minute.
    await world.forgetful.cli("DEL", past);
    await rejects(report(ada, pair), "not-found");
    await clear();
  });

  test("[SF7] of one network ten reports an hour are taken", async () => {
    const headers = { "X-Forwarded-For": "192.0.2.55" };
    await using ada = await TestStranger.connect(one, headers);
    await ada.enter();
    for (let at = 0; at <= LIMITS.strangerReportsPerHour; at++) {
      await using bob = await TestStranger.enter(two);
      // One who skips as fast as this test would have to work for it.
      await world.forgetful.cli("EVAL", FORGET_STRAIN, "0");
      const wish = { interests: [`reports ${at}`] };
      const [pair] = await Promise.all([ada.meet(wish), bob.meet(wish)]);
      if (at < LIMITS.strangerReportsPerHour) await report(ada, pair.id);
      else await rejects(report(ada, pair.id), "too-many-requests");
    }
    assert.equal((await list()).length, LIMITS.strangerReportsPerHour);
    await clear();
  });

  test("[SF9] minors and threats come first; of 1,000 open reports 100 are shown, and no more taken", async () => {
    const at = Math.floor(Date.now() / 1000);
    const put = async (id: string, reason: string, when: number) => {
      const isUrgent = reason === "minor";
      const text = JSON.stringify({ reason, at: when, excerpt: [] });
      await world.redis.cli("SET", `stranger_report:${id}`, text, "EX", "1000");
      const score = String(isUrgent ? when : when + 1e11);
      await world.redis.cli("ZADD", "stranger_reports", score, id);
    };
    await put("spam", "spam", at - 50);
    await put("minor", "minor", at);
    await put("hate", "hate", at - 60);
    assert.deepEqual(
      (await list()).map(({ reason }) => reason),
      ["minor", "hate", "spam"],
    );
    const more = (count: number) => world.redis.cli("EVAL", FILL, "0", String(at), String(count));
    await more(LIMITS.strangerReportsShownMax - 1);
    assert.equal((await list()).length, LIMITS.strangerReportsShownMax - 1);
    await more(LIMITS.strangerReportsShownMax);
    assert.equal((await list()).length, LIMITS.strangerReportsShownMax);
    await more(LIMITS.strangerReportsMax - 1);
    assert.equal((await list()).length, LIMITS.strangerReportsShownMax);
    await using full = await talk(one, two, "full 1");
    await report(full.ada, full.pair);
    await using over = await talk(one, two, "full 2");
    await rejects(report(over.ada, over.pair), "busy");
    await say(over.ada, over.pair, over.roles.ada, "still here");
    // Those that are older than thirty days make room by themselves.
    await world.redis.cli("ZADD", "stranger_reports", String(1e11 + 1), "filler 1");
    await report(over.ada, over.pair);
    await world.redis.cli("EVAL", EMPTY, "0");
    assert.deepEqual(await list(), []);
  });
});

/** Fills the queue up to so many, without a word in them. */
const FILL = `
  for i = 1, 2000 do
    if redis.call('ZCARD', 'stranger_reports') >= tonumber(ARGV[2]) then return end
    redis.call('SET', 'stranger_report:filler ' .. i, '{"reason":"spam","at":1,"excerpt":[]}', 'EX', 1000)
    redis.call('ZADD', 'stranger_reports', ARGV[1] + 1e11, 'filler ' .. i)
  end`;
const EMPTY = `
  for _, key in ipairs(redis.call('KEYS', 'stranger_report*')) do redis.call('DEL', key) end`;
const FORGET_STRAIN = `
  for _, key in ipairs(redis.call('KEYS', '{lobby}:strain:*')) do redis.call('DEL', key) end`;
