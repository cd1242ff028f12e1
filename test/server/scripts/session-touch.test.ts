/** The script that renews sessions: never past their end, and never one that is over. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as fc from "fast-check";
import { SESSION_IDLE_S, SESSION_MAX_S } from "#server/core/people/session-life.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { scripts } from "#server/redis/scripts.ts";
import { until } from "#test/support/until.ts";
import { HOSTILE, openRedis, runRaw, snapshot } from "#test/server/scripts/open-redis.ts";

const { process, redis, close } = await openRedis();
const sessions = new RedisSessionStore(redis);
after(close);
await redis.hSet(keys.user(7), { username: "Ada", password: "x" });

const ID = "a".repeat(64);
const KEY = keys.session(ID);
const ada = { user: { id: 7, username: "Ada" }, role: "member" };

/** Makes the session look as if it was made, and last used, so many seconds ago. */
async function age(sinceS: number, usedS = sinceS): Promise<void> {
  const now = Number((await redis.sendCommand<[string, string]>(["TIME"]))[0]);
  await sessions.create(ID, 7);
  await redis.hSet(KEY, {
    since: now - sinceS,
    used: now - usedS,
    until: now - sinceS + SESSION_MAX_S,
  });
  await redis.expireAt(KEY, now - usedS + SESSION_IDLE_S);
}

describe("session-touch", () => {
  test("says whose session it is, with the name as it is now", async () => {
    await sessions.create(ID, 7);
    assert.deepEqual(await sessions.touch(ID), ada);
    assert.equal(await sessions.touch("b".repeat(64)), undefined);
  });

  test("[SE2] use renews it to 30 days, at most once a minute", async () => {
    await age(3_600);
    await sessions.touch(ID);
    assert.ok((await redis.ttl(KEY)) > SESSION_IDLE_S - 5);
    await age(50);
    const before = await snapshot(redis);
    await sessions.touch(ID);
    assert.deepEqual(await snapshot(redis), before);
    assert.ok((await redis.ttl(KEY)) <= SESSION_IDLE_S - 49);
  });

  test("[SE2] a session never outlives 90 days, nor 30 without use", async () => {
    const ages = fc.record({
      sinceS: fc.integer({ min: 0, max: SESSION_MAX_S + 100 }),
      usedS: fc.integer({ min: 0, max: SESSION_IDLE_S - 100 }),
    });
    await fc.assert(
      fc.asyncProperty(ages, async ({ sinceS, usedS }) => {
        await age(sinceS, Math.min(usedS, sinceS));
        const person = await sessions.touch(ID);
        const ttl = await redis.ttl(KEY);
        const left = SESSION_MAX_S - sinceS;
        if (left <= 0) {
          assert.equal(person, undefined);
          assert.equal(ttl, -2);
          return;
        }
        assert.deepEqual(person, ada);
        assert.ok(ttl >= 0 && ttl <= SESSION_IDLE_S, String(ttl));
        if (sinceS >= 60 && usedS >= 60) assert.ok(ttl <= left, `${ttl} s of ${left} s`);
      }),
      { numRuns: 200 },
    );
  });

  test("[SE2] neither a clock set back nor a longer time to live stretches it", async () => {
    await age(SESSION_MAX_S + 1, 10);
    await redis.persist(KEY);
    assert.equal(await sessions.touch(ID), undefined);
    assert.equal(await redis.exists(KEY), 0);
    // Used in the future: the clock was set back by a day since.
    await age(-86_400);
    await sessions.touch(ID);
    const ttl = await redis.ttl(KEY);
    assert.ok(ttl > 0 && ttl <= SESSION_IDLE_S, String(ttl));
  });

  test("[SE3] an ended session is never brought back by use; no key is left of it", async () => {
    await sessions.create(ID, 7);
    assert.equal(await sessions.end(ID, 7), true);
    const before = await snapshot(redis);
    assert.equal(await sessions.touch(ID), undefined);
    assert.deepEqual(await sessions.alive([ID]), [false]);
    assert.deepEqual(await snapshot(redis), before);
    assert.equal(await sessions.end(ID, 7), false);
  });

  test("[SE3] an end among a hundred uses at the same moment stays the end", async () => {
    await age(3_600);
    const uses = Array.from({ length: 50 }, () => sessions.touch(ID));
    const end = sessions.end(ID, 7);
    uses.push(...Array.from({ length: 50 }, () => sessions.touch(ID)));
    assert.equal(await end, true);
    await Promise.all(uses);
    assert.equal(await redis.exists(KEY), 0);
    assert.equal(await uses.at(-1), undefined);
  });

  test("[SE1] an end is told to every server, even when a first try half succeeded", async () => {
    const listener = await connect(process.url, "klatch:test:listener");
    try {
      const heard: string[] = [];
      await listener.sSubscribe("user:7", (payload) => void heard.push(payload));
      await sessions.create(ID, 7);
      await sessions.end(ID, 7);
      await sessions.end(ID, 7);
      await until(() => heard.length === 2, { what: "two ends are heard" });
      const told: unknown[] = heard.map((payload): unknown => JSON.parse(payload));
      for (const each of told) assert.deepEqual(each, { type: "session-ended", session: ID });
    } finally {
      listener.destroy();
    }
  });

  test("a session of somebody who is no more signs nobody in", async () => {
    await sessions.create("c".repeat(64), 424_242);
    assert.equal(await sessions.touch("c".repeat(64)), undefined);
  });

  test("no bytes for a session or a number leave a key behind", async () => {
    for (const [, bytes] of HOSTILE) {
      const before = await snapshot(redis);
      const name = `session:${bytes.toString("latin1").slice(0, 100)}`;
      assert.equal(await runRaw(redis, scripts.sessionTouch, [name], ["60", "0"]), null);
      assert.equal(await runRaw(redis, scripts.sessionTouch, [name], [bytes, bytes]), null);
      assert.deepEqual(await snapshot(redis), before);
    }
  });

  test("is found again when Redis forgets its scripts", async () => {
    await sessions.create(ID, 7);
    await redis.scriptFlush();
    assert.deepEqual(await sessions.touch(ID), ada);
  });
});
