/** Sessions as their owner sees and ends them, over two real servers on one real Redis. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessOwn } from "#server/core/access/person-access.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { SessionEntry, SessionsResult } from "#protocol/sessions.ts";
import type { Me } from "#protocol/api.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0";

describe("sessions", { concurrency: false }, () => {
  let world: TwoServers;
  before(async () => {
    world = await twoServers();
  });
  after(() => world[Symbol.asyncDispose]());

  const signIn = async (username: string, userAgent: string) => {
    const body = { username, password: PASSWORD };
    const headers = { "User-Agent": userAgent };
    const answer = await request(world.two.url, "POST", "/api/session", { body, headers });
    return new Member(world.two.url, answer.json<Me>(), tokenOf(answer));
  };

  test("[SE8] a person sees where they are signed in, with what, and which one this is", async () => {
    const ada = await Member.enter(world.one.url, "Ada");
    const there = await signIn("Ada", FIREFOX);
    const now = Date.now() / 1000;
    const found = await list(there);
    assert.deepEqual(
      found
        .map(({ device, isThis }) => ({ device, isThis }))
        .toSorted((a, b) => +a.isThis - +b.isThis),
      [
        { device: "node", isThis: false },
        { device: "Firefox on Windows", isThis: true },
      ],
    );
    for (const { id, since, used } of found) {
      assert.match(id, /^[0-9a-f]{16}$/u);
      assert.ok(Math.abs(now - since) < 60 && used >= since);
      for (const { token } of [ada, there]) assert.ok(!token.includes(id));
      assert.equal((await request(world.one.url, "GET", "/api/me", bearer(id))).status, 401);
    }
  });

  test("[SE8] one of them is ended from another one, and its sockets close on every server", async () => {
    const brin = await Member.enter(world.one.url, "Brin");
    const lost = await signIn("brin", FIREFOX);
    await using line = await lost.connect();
    await line.join();
    const id = (await list(brin)).find(({ isThis }) => !isThis)?.id;
    assert.equal((await brin.call("DELETE", `/api/sessions/${id}`)).status, 204);
    await line.until(() => line.closing === "signed-out", "the lost device is told", 1_000);
    assert.equal((await lost.call("GET", "/api/me")).status, 401);
    assert.equal((await brin.call("GET", "/api/me")).status, 200);
    assert.equal((await brin.call("DELETE", `/api/sessions/${id}`)).status, 404);
  });

  test("[SE8] another's session is answered like one that is not there", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    const dora = await Member.enter(world.one.url, "Dora");
    const [hers] = await list(dora);
    const foreign = await cleo.call("DELETE", `/api/sessions/${hers?.id}`);
    const missing = await cleo.call("DELETE", `/api/sessions/${"0".repeat(16)}`);
    assert.equal(foreign.status, 404);
    assert.equal(foreign.text, missing.text);
    assert.equal((await dora.call("GET", "/api/me")).status, 200);
    assert.equal((await request(world.one.url, "GET", "/api/sessions")).status, 401);
    assert.equal((await request(world.one.url, "DELETE", "/api/sessions")).status, 401);
  });

  test("[SE8] all others end at once", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    const others = [await signIn("eve", FIREFOX), await signIn("eve", "curl/8.5.0")];
    await using line = await others[0]?.connect();
    await line?.join();
    assert.equal((await eve.call("DELETE", "/api/sessions")).status, 204);
    await line?.until(() => line.closing === "signed-out", "the other is told", 1_000);
    for (const other of others) assert.equal((await other.call("GET", "/api/me")).status, 401);
    assert.deepEqual(
      (await list(eve)).map(({ isThis }) => isThis),
      [true],
    );
  });

  test("[SE9] of more sessions than a person may have the oldest ends", async () => {
    const finn = await Member.enter(world.one.url, "Finn");
    await using line = await finn.connect();
    await line.join();
    const redis = await connect(world.redis.url, "test");
    try {
      const store = new RedisSessionStore(redis);
      const open = async () => {
        await store.create(randomTokens.digest(randomTokens.create()), finn.me.id);
        return (await store.list(accessOwn(finn.me))).length;
      };
      // One below, at, and one above.
      for (let count = 2; count < LIMITS.sessionsMax; count++) assert.equal(await open(), count);
      assert.equal(await open(), LIMITS.sessionsMax);
      assert.equal((await finn.call("GET", "/api/me")).status, 200);
      // Made in the same second they would be told apart by nothing: this one is the oldest.
      const all = `{user:${finn.me.id}}:sessions`;
      await redis.zIncrBy(all, -10, randomTokens.digest(finn.token));
      assert.equal(await open(), LIMITS.sessionsMax);
    } finally {
      redis.destroy();
    }
    assert.equal((await finn.call("GET", "/api/me")).status, 401);
    await line.until(() => line.closing === "signed-out", "the oldest is told", 1_000);
  });
});

async function list(member: Member): Promise<readonly SessionEntry[]> {
  return (await member.call("GET", "/api/sessions")).json<SessionsResult>().sessions;
}

function bearer(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } };
}
