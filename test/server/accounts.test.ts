/**
 * Accounts and sessions, as people and programs use them, over two real servers on one real Redis.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Me } from "#protocol/api.ts";
import { Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { startServer } from "#test/support/server-process.ts";

describe("accounts", { concurrency: false }, () => {
  let world: TwoServers;
  before(async () => {
    world = await twoServers();
  });
  after(() => world[Symbol.asyncDispose]());

  test("[AC4] who registers is signed in, and a member of General", async () => {
    const { one, redis } = world;
    const body = { username: "Ada", password: PASSWORD };
    const answer = await request(one.url, "POST", "/api/accounts", { body });
    assert.equal(answer.status, 201);
    const me = answer.json<Me>();
    const expected: Me = { id: 1, username: "Ada", role: "owner" };
    assert.deepEqual(me, expected);
    const ada = new Member(one.url, me, tokenOf(answer));
    assert.deepEqual((await ada.call("GET", "/api/me")).json(), me);
    assert.equal((await ada.history()).messages.length, 0);
    assert.equal(await redis.cli("SMEMBERS", `user:${me.id}:rooms`), "0");
    assert.equal(await redis.cli("GET", "username:ada"), `user:${me.id}`);
  });

  test("[AC1] Nick, nick and fullwidth ｎｉｃｋ are one name, kept as its owner wrote it", async () => {
    const nick = await Member.enter(world.one.url, "Nick");
    for (const username of ["nick", "NICK", "ｎｉｃｋ"]) {
      const body = { username, password: PASSWORD };
      const answer = await request(world.two.url, "POST", "/api/accounts", { body });
      assert.equal(answer.status, 409, username);
      assert.equal(answer.json<{ code: string }>().code, "name-taken");
    }
    const again = await Member.enter(world.two.url, "ｎｉｃｋ", "signIn");
    assert.deepEqual(again.me, { id: nick.me.id, username: "Nick", role: "member" });
  });

  test("[SE7] who changes their password stays signed in there, and nowhere else", async () => {
    const { one, two } = world;
    const here = await Member.enter(one.url, "Vera");
    const there = await Member.enter(two.url, "vera", "signIn");
    await using line = await there.connect();
    await line.join();
    const next = "a longer horse battery";
    const refused = await there.call("PUT", "/api/me/password", { current: "no", password: next });
    assert.equal(refused.status, 403);
    assert.equal(refused.json<{ code: string }>().code, "wrong-password");
    const weak = { current: PASSWORD, password: "password" };
    assert.equal((await here.call("PUT", "/api/me/password", weak)).status, 422);
    assert.equal((await there.call("GET", "/api/me")).status, 200);
    const change = { current: PASSWORD, password: next };
    assert.equal((await here.call("PUT", "/api/me/password", change)).status, 204);
    await line.until(() => line.closing === "signed-out", "the other device is told", 1_000);
    assert.equal((await there.call("GET", "/api/me")).status, 401);
    assert.equal((await here.call("GET", "/api/me")).status, 200);
    await assert.rejects(Member.enter(one.url, "Vera", "signIn"), /wrong-credentials/u);
    const body = { username: "Vera", password: next };
    assert.equal((await request(two.url, "POST", "/api/session", { body })).status, 200);
  });

  test("[SE7] who signs in with the old password while it changes does not stay signed in", async () => {
    const { one, two } = world;
    const owner = await Member.enter(one.url, "Zoe");
    const change = { current: PASSWORD, password: "a longer horse battery" };
    const [changed, ...others] = await Promise.all([
      owner.call("PUT", "/api/me/password", change),
      ...[one, two, one, two].map(async ({ url }) => {
        const body = { username: "Zoe", password: PASSWORD };
        return request(url, "POST", "/api/session", { body });
      }),
    ]);
    assert.equal(changed.status, 204);
    for (const answer of others.filter(({ status }) => status === 200)) {
      const thief = new Member(two.url, owner.me, tokenOf(answer));
      assert.equal((await thief.call("GET", "/api/me")).status, 401);
    }
  });

  test("[AC5] of 50 registrations of one name at once one succeeds, and the others leave nothing", async () => {
    const { one, two, redis } = world;
    const body = { username: "Brin", password: PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        request(at % 2 === 0 ? one.url : two.url, "POST", "/api/accounts", { body }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [201, ...Array<number>(49).fill(409)]);
    const keys = (await redis.cli("KEYS", "*")).split("\n");
    const users = keys.filter((key) => /^user:\d+$/u.test(key));
    const names = keys.filter((key) => key.startsWith("username:"));
    const rooms = keys.filter((key) => /^user:\d+:rooms$/u.test(key));
    const pointers = await Promise.all(names.map((name) => redis.cli("GET", name)));
    assert.deepEqual(pointers.toSorted(), users.toSorted());
    assert.equal(rooms.length, users.length);
    assert.equal(await redis.cli("HLEN", "{room:0}:members"), String(users.length));
  });

  test("[AC3] a password that is short, long, common or the name is refused in words", async () => {
    const cases = [
      ["seven77", /at least 8 characters/u],
      ["a".repeat(73), /at most 72 bytes/u],
      ["é".repeat(37), /at most 72 bytes/u],
      ["password123", /first that anybody would try/u],
      ["PassWord1", /first that anybody would try/u],
      ["CleoCleo", /must not be the name/u],
    ] as const;
    for (const [password, words] of cases) {
      const body = { username: "CleoCleo", password };
      const answer = await request(world.one.url, "POST", "/api/accounts", { body });
      assert.equal(answer.status, 422, password);
      assert.match(answer.json<{ detail: string }>().detail, words);
    }
    assert.equal(await world.redis.cli("EXISTS", "username:cleocleo"), "0");
  });

  test("[SE4] Redis holds the digest of a token, never the token, and the session expires by itself", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const digest = createHash("sha256").update(dora.token).digest("hex");
    const { redis } = world;
    const ttl = Number(await redis.cli("TTL", `session:${digest}`));
    assert.ok(ttl > 29 * 86_400 && ttl <= 30 * 86_400, `TTL ${ttl}`);
    const fields = await redis.cli("HGETALL", `session:${digest}`);
    assert.ok(!fields.includes(dora.token));
    const until = Number(await redis.cli("HGET", `session:${digest}`, "until"));
    const since = Number(await redis.cli("HGET", `session:${digest}`, "since"));
    assert.equal(until - since, 90 * 86_400);
  });

  test("[SE5] every sign-in makes a new session; those of other devices stay", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    const other = await Member.enter(world.two.url, "eve", "signIn");
    assert.notEqual(eve.token, other.token);
    assert.equal((await eve.call("DELETE", "/api/session")).status, 204);
    assert.equal((await eve.at(world.two.url).call("GET", "/api/me")).status, 401);
    assert.equal((await other.call("GET", "/api/me")).status, 200);
  });

  test("[SE1] signing out at one server closes the session's sockets at the other within a second", async () => {
    const finn = await Member.enter(world.one.url, "Finn");
    const stays = await Member.enter(world.two.url, "Finn", "signIn");
    await using here = await finn.at(world.two.url).connect();
    await using there = await stays.connect();
    await Promise.all([here.join(), there.join()]);
    const startedAt = performance.now();
    assert.equal((await finn.call("DELETE", "/api/session")).status, 204);
    await here.until(() => here.socket.disconnected, "the socket is closed");
    assert.ok(performance.now() - startedAt < 1_000);
    assert.equal(here.closing, "signed-out");
    assert.equal(there.socket.connected, true);
    await assert.rejects(finn.at(world.two.url).connect(), /sign in/u);
  });

  test("[SE1] nothing reaches a socket after its session ended, even while it is being closed", async () => {
    const gina = await Member.enter(world.one.url, "Gina");
    const hugo = await Member.enter(world.one.url, "Hugo");
    await using line = await gina.connect();
    await line.join();
    await gina.call("DELETE", "/api/session");
    await hugo.say("after the end");
    await line.until(() => line.socket.disconnected, "the socket is closed");
    assert.deepEqual(line.texts(), []);
  });

  test("[SE6] a session survives restarts of its server and of Redis", async () => {
    const { redis } = world;
    const ivan = await Member.enter(world.one.url, "Ivan");
    await redis.kill();
    await redis.restart();
    await using fresh = await startServer({ args: ["--redis-url", redis.url] });
    assert.deepEqual((await ivan.at(fresh.url).call("GET", "/api/me")).json(), ivan.me);
  });

  test("[TH1] guessing one account's password is slowed down across servers and addresses", async () => {
    const juno = await Member.enter(world.one.url, "Juno");
    const guess = (at: number) =>
      request(at % 2 === 0 ? world.one.url : world.two.url, "POST", "/api/session", {
        body: { username: "juno", password: `wrong wrong ${at}` },
        headers: { "X-Forwarded-For": `10.1.${at}.1` },
      });
    const statuses: number[] = [];
    for (let at = 0; at < 7; at++) {
      const answer = await guess(at);
      statuses.push(answer.status);
      if (answer.status === 429) assert.ok(Number(answer.headers.get("Retry-After")) > 0);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    assert.equal((await juno.call("GET", "/api/me")).status, 200);
  });

  test("[AC6] an unknown name is answered like a wrong password, to the byte", async () => {
    await Member.enter(world.one.url, "Karl");
    const [unknown, wrong] = await Promise.all(
      ["nobody-here", "karl"].map((username) =>
        request(world.one.url, "POST", "/api/session", {
          body: { username, password: "wrong wrong wrong" },
        }),
      ),
    );
    assert.equal(unknown?.status, 401);
    assert.equal(wrong?.status, 401);
    assert.equal(unknown?.text, wrong?.text);
  });
});
