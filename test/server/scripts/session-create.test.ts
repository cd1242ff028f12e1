/** The script that makes sessions: never one without an end. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { accessOwn } from "#server/core/access/person-access.ts";
import { SESSION_IDLE_S, SESSION_MAX_S } from "#server/core/people/session-life.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { scripts } from "#server/redis/scripts.ts";
import { HOSTILE, openRedis, runRaw, snapshot } from "#test/server/scripts/open-redis.ts";

const { redis, close } = await openRedis();
const sessions = new RedisSessionStore(redis);
after(close);

describe("session-create", () => {
  test("[SE2] a session begins with 30 days to live, and knows when 90 are over", async () => {
    await sessions.create("a".repeat(64), 7);
    const key = keys.session("a".repeat(64));
    const ttl = await redis.ttl(key);
    assert.ok(ttl > SESSION_IDLE_S - 5 && ttl <= SESSION_IDLE_S, String(ttl));
    const { user, since, used, until } = await redis.hGetAll(key);
    assert.equal(user, "7");
    assert.equal(used, since);
    assert.equal(Number(until) - Number(since), SESSION_MAX_S);
  });

  test("[SE2] the shorter of the two times counts", async () => {
    const names = ["session:short", "{user:7}:sessions", "user:7"];
    await runRaw(redis, scripts.sessionCreate, names, ["7", "1000", "10", "short", "", "", "9"]);
    assert.ok((await redis.ttl("session:short")) <= 10);
  });

  test("[SE2] no key that it leaves is without a time to live, whatever it is given", async () => {
    const names = ["session:odd", "{user:odd}:sessions", "user:odd"];
    for (const [what, bytes] of HOSTILE) {
      await runRaw(redis, scripts.sessionCreate, names, [bytes, "60", "90", bytes, "", bytes, "9"]);
      assert.ok((await redis.ttl("session:odd")) > 0, what);
      assert.ok((await redis.ttl("{user:odd}:sessions")) > 0, what);
      await redis.del(names);
    }
    for (const args of [
      ["7", "", "90", "x", "", "", "9"],
      ["7", "60", "soon", "x", "", "", "9"],
      ["7", "60"],
      ["7"],
    ]) {
      await assert.rejects(runRaw(redis, scripts.sessionCreate, names, args));
      assert.equal(await redis.exists(names), 0);
    }
  });

  test("with its memory full Redis makes no part of a session", async () => {
    const before = await snapshot(redis);
    await redis.configSet("maxmemory", "1");
    try {
      await assert.rejects(sessions.create("b".repeat(64), 7), { code: "unavailable" });
    } finally {
      await redis.configSet("maxmemory", "0");
    }
    assert.deepEqual(await snapshot(redis), before);
  });

  test("is found again when Redis forgets its scripts", async () => {
    await redis.scriptFlush();
    await sessions.create("c".repeat(64), 7);
    assert.deepEqual(await sessions.alive(["c".repeat(64), "d".repeat(64)]), [true, false]);
  });

  test("[SE7] is refused when the password is another than the one that was compared", async () => {
    await redis.hSet(keys.user(8), "password", "new");
    const before = await snapshot(redis);
    assert.equal(await sessions.create("e".repeat(64), 8, { passwordHash: "old" }), false);
    assert.deepEqual(await snapshot(redis), before);
    assert.equal(await sessions.create("e".repeat(64), 8, { passwordHash: "new" }), true);
  });
});

describe("password-change", () => {
  test("[SE7] sets the password and ends every session but one", async () => {
    await redis.hSet(keys.user(9), "password", "old");
    const ids = ["1", "2", "3"].map((digit) => digit.repeat(64));
    for (const id of ids) await sessions.create(id, 9);
    const [keep = ""] = ids;
    assert.equal(
      await sessions.changePassword(accessOwn({ id: 9 }), { from: "old", to: "new", keep }),
      true,
    );
    assert.deepEqual(await sessions.alive(ids), [true, false, false]);
    assert.deepEqual(await redis.zRange(keys.userSessions(9), 0, -1), [keep]);
    assert.equal(await redis.hGet(keys.user(9), "password"), "new");
  });

  test("[SE7] changes nothing if the password is another by now", async () => {
    const before = await snapshot(redis);
    assert.equal(
      await sessions.changePassword(accessOwn({ id: 9 }), { from: "old", to: "newer", keep: "x" }),
      false,
    );
    assert.equal(
      await sessions.changePassword(accessOwn({ id: 404 }), { from: "", to: "newer", keep: "x" }),
      false,
    );
    assert.deepEqual(await snapshot(redis), before);
  });
});
