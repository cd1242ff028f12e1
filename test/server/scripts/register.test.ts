/** The script that makes accounts: all of one, or nothing. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { GENERAL } from "#protocol/room.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisAccountStore } from "#server/redis/people/redis-account-store.ts";
import { scripts } from "#server/redis/scripts.ts";
import { HOSTILE, openRedis, runRaw, snapshot } from "#test/server/scripts/open-redis.ts";

const { process, redis, close } = await openRedis();
const accounts = new RedisAccountStore(redis);
after(close);

describe("register", () => {
  test("makes an account in the tutorial's keys, a member of General", async () => {
    const person = await accounts.create("ada", "Ada", "$2b$12$hash");
    assert.ok(person);
    const { id } = person;
    assert.deepEqual(person, { id, username: "Ada", role: "owner" });
    assert.equal(await redis.get("total_users"), String(id));
    assert.equal(await redis.get("username:ada"), `user:${id}`);
    const user = await redis.hGetAll(`user:${id}`);
    assert.equal(user["username"], "Ada");
    assert.equal(user["password"], "$2b$12$hash");
    assert.deepEqual(await redis.sMembers(`user:${id}:rooms`), ["0"]);
    assert.equal(user["role"], "owner");
    assert.deepEqual(await redis.sMembers(keys.owners), [String(id)]);
    // Owners moderate General.
    assert.equal(await redis.hGet(keys.roomMembers(GENERAL), String(id)), "moderator");
    assert.deepEqual(await accounts.find("ada"), { ...person, passwordHash: "$2b$12$hash" });
    assert.ok(await accounts.isTaken("ada"));
  });

  test("[AC1] a taken name changes nothing but the counter of ids", async () => {
    await accounts.create("brin", "Brin", "first");
    const before = new Map(await snapshot(redis));
    assert.equal(await accounts.create("brin", "BRIN", "second"), undefined);
    const now = new Map(await snapshot(redis));
    for (const each of [before, now]) each.delete(keys.totalUsers);
    assert.deepEqual(now, before);
    assert.equal((await accounts.find("brin"))?.passwordHash, "first");
  });

  test("[AC1] fifty at once on two servers make one account and leave no orphans", async () => {
    const second = await connect(process.url, "klatch:test:second");
    try {
      const other = new RedisAccountStore(second);
      const before = await redis.dbSize();
      const made = await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          (at % 2 === 0 ? accounts : other).create("cleo", `Cleo${at}`, `${at}`),
        ),
      );
      const winners = made.filter((person) => person !== undefined);
      assert.equal(winners.length, 1);
      const account = await accounts.find("cleo");
      assert.equal(account?.id, winners[0]?.id);
      assert.equal(account?.username, `Cleo${account?.passwordHash}`);
      // Its name, the user, and the user's rooms.
      assert.equal(await redis.dbSize(), before + 3);
    } finally {
      second.destroy();
    }
  });

  test("an id that is taken, though only INCR gives them out, overwrites nobody", async () => {
    const dora = await accounts.create("dora", "Dora", "hers");
    assert.ok(dora);
    await redis.set(keys.totalUsers, String(dora.id - 1));
    assert.equal(await accounts.create("eve", "Eve", "other"), undefined);
    assert.equal((await accounts.find("dora"))?.passwordHash, "hers");
    assert.equal(await accounts.find("eve"), undefined);
    assert.ok(await accounts.create("eve", "Eve", "other"));
  });

  test("people are told in the order asked, the unknown left out", async () => {
    const finn = await accounts.create("finn", "Finn", "x");
    const gil = await accounts.create("gil", "Gil", "x");
    assert.ok(finn && gil);
    assert.deepEqual(await accounts.people([gil.id, 999_999, finn.id]), [
      { id: gil.id, username: "Gil" },
      { id: finn.id, username: "Finn" },
    ]);
    assert.deepEqual(await accounts.people([]), []);
  });

  test("a name that nobody has, or that points nowhere, finds nobody", async () => {
    await redis.set("username:lost", "user:424242");
    await redis.set("username:odd", "user:x");
    for (const name of ["nobody", "lost", "odd", "", "total_users", "__proto__"]) {
      assert.equal(await accounts.find(name), undefined, name);
    }
    const hal = await accounts.create("hal", "Hal", "x");
    assert.ok(hal);
    // The tutorial's text writes the bare id.
    await redis.set("username:hal", String(hal.id));
    assert.equal((await accounts.find("hal"))?.id, hal.id);
  });

  test("[DL1] with its memory full Redis makes no part of an account", async () => {
    const before = await snapshot(redis);
    await redis.configSet("maxmemory", "1");
    try {
      await assert.rejects(accounts.create("ivy", "Ivy", "x"), { code: "unavailable" });
    } finally {
      await redis.configSet("maxmemory", "0");
    }
    assert.deepEqual(await snapshot(redis), before);
  });

  test("takes any bytes as text, and is found again when Redis forgets its scripts", async () => {
    await redis.set("canary", "sings");
    for (const [what, bytes] of HOSTILE) {
      const names = [`username:${what}`, `user:${what}`, `user:${what}:rooms`, "{room:h}:members"];
      await runRaw(redis, scripts.register, names, [
        "9",
        bytes,
        bytes,
        bytes,
        bytes,
        bytes,
        "reads",
        "meta",
        "owners",
      ]);
      assert.equal(await redis.hGet(`user:${what}`, "username"), bytes.toString());
      assert.equal(await redis.get("canary"), "sings");
    }
    await redis.scriptFlush();
    assert.ok(await accounts.create("jon", "Jon", "x"));
  });
});
