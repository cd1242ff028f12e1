/** Roles for the whole of Klatch: who is an owner, and who is told so. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Me } from "#protocol/api.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { twoServers } from "#test/support/two-servers.ts";

const roleOf = async (member: Member) => (await member.call("GET", "/api/me")).json<Me>().role;

describe("the first owner", { concurrency: false }, () => {
  test("[RO1] of many who register at once on two servers exactly one is the owner", async () => {
    await using world = await twoServers();
    const people = await Promise.all(
      ["ada", "brin", "cleo", "dora"].map((name, at) =>
        Member.enter(at % 2 === 0 ? world.one.url : world.two.url, name),
      ),
    );
    const owners = people.filter(({ me }) => me.role === "owner");
    assert.equal(owners.length, 1);
    assert.deepEqual(
      await Promise.all(people.map(roleOf)),
      people.map(({ me }) => me.role),
    );
    const [owner] = owners;
    assert.equal(await world.redis.cli("SMEMBERS", "owners"), String(owner?.me.id));
    const role = await world.redis.cli("HGET", "{room:0}:members", String(owner?.me.id));
    assert.equal(role, "moderator");
  });

  test("[RO1] in a Redis of before the person with the lowest id becomes the owner, and no bot", async () => {
    await using redis = await startRedis();
    const args = ["--redis-url", redis.url];
    await using one = await startServer({ args });
    const ada = await Member.enter(one.url, "ada");
    await ada.call("POST", "/api/admin/bots", { username: "Gardener", scopes: [] });
    const brin = await Member.enter(one.url, "brin");
    const cleo = await Member.enter(one.url, "cleo");
    assert.deepEqual([brin.me.id, cleo.me.id], [3, 4]);
    // As if there had never been roles, nor the account with the lowest id.
    await redis.cli("DEL", "owners", "user:1");
    assert.deepEqual([await roleOf(brin), await roleOf(cleo)], ["member", "member"]);
    await using two = await startServer({ args });
    assert.equal(await roleOf(brin.at(two.url)), "owner");
    assert.equal(await roleOf(brin), "owner");
    assert.equal(await roleOf(cleo), "member");
    assert.equal(await redis.cli("HGET", "{room:0}:members", String(brin.me.id)), "moderator");
    const body = { username: "brin", password: PASSWORD };
    const signedIn = await request(one.url, "POST", "/api/session", { body });
    assert.equal(signedIn.json<Me>().role, "owner");
    assert.equal((await ada.call("GET", "/api/me")).status, 401);
  });

  test("[RO1] the first of the demo's people is its owner", async () => {
    await using redis = await startRedis();
    await using demo = await startServer({ args: ["--demo", "--redis-url", redis.url] });
    assert.ok(demo.url);
    assert.equal(await redis.cli("SMEMBERS", "owners"), "1");
    assert.equal(await redis.cli("HGET", "user:1", "role"), "owner");
    assert.equal(await redis.cli("HGET", "user:2", "role"), "");
  });
});
