/**
 * The tutorial's layout: with the demo, every command of its text works as written, on a Redis
 * Klatch lives on.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DEMO_NAMES, DEMO_PASSWORD } from "#server/redis/demo.ts";
import { Member, request, tokenOf } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

const JSON_OF_TEXT = "{'from': 1, 'date': 1615480369, 'message': 'Hello', 'roomId': '1:2'}";
const EVENT_OF_TEXT = `{'serverId': 4132, 'type':'message', 'data': ${JSON_OF_TEXT}}`;

async function signIn(server: ServerProcess, username: string): Promise<Member> {
  const body = { username, password: DEMO_PASSWORD };
  const answer = await request(server.url, "POST", "/api/session", { body });
  assert.equal(answer.status, 200, answer.text);
  return new Member(server.url, answer.json(), tokenOf(answer));
}

describe("the tutorial's layout", { concurrency: false }, () => {
  let redis: RedisProcess;
  let servers: readonly ServerProcess[];
  before(async () => {
    redis = await startRedis();
    const args = ["--demo", "--redis-url", redis.url];
    servers = await Promise.all([1, 2, 3].map(() => startServer({ args })));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  });
  const first = () => {
    const [server] = servers;
    assert.ok(server);
    return server;
  };
  const cli = (...args: readonly string[]) => redis.cli(...args);

  test("[DE1] three servers that start at once write the demo once, and all announce its passwords", async () => {
    assert.equal(await cli("GET", "total_users"), String(DEMO_NAMES.length));
    assert.equal(await cli("ZCARD", "room:0"), "5");
    assert.equal(await cli("ZCARD", "room:1:2"), "2");
    for (const server of servers)
      assert.match(server.output(), /DEMO: nick, Pablo, .*password123/u);
  });

  test("[DE2] the demo's people sign in, share General, and have a private chat each", async () => {
    for (const name of DEMO_NAMES) {
      const member = await signIn(first(), name);
      const { messages } = await member.history();
      assert.equal(messages.length, 5);
    }
    const nick = await signIn(first(), "nick");
    const chat = await nick.history("", "1:2");
    assert.deepEqual(chat.messages[0], {
      from: 1,
      date: 1_615_480_369,
      message: "Hello",
      roomId: "1:2",
      id: "1615480369.000000",
      cid: "demo-1:2-1615480369",
    });
    assert.equal((await nick.call("GET", "/api/rooms/2:3/messages")).status, 404);
  });

  test("[TU1] the reading commands of the tutorial answer as it says", async () => {
    assert.equal(await cli("EXISTS", "total_users"), "1");
    assert.equal(await cli("GET", "username:nick"), "user:1");
    const user = (await cli("HGETALL", "user:2")).split("\n");
    assert.equal(user[user.indexOf("username") + 1], "Pablo");
    assert.match(user[user.indexOf("password") + 1] ?? "", /^\$2b\$12\$/u);
    assert.deepEqual((await cli("SMEMBERS", "user:2:rooms")).split("\n").toSorted(), [
      "0",
      "1:2",
      "2:3",
      "2:4",
      "2:5",
    ]);
    const newest = (await cli("ZREVRANGE", "room:1:2", "0", "50")).split("\n");
    assert.equal(newest.length, 2);
    const oldest: unknown = JSON.parse(newest[1] ?? "");
    assert.ok(typeof oldest === "object" && oldest !== null);
    assert.deepEqual(Object.keys(oldest).slice(0, 4), ["from", "date", "message", "roomId"]);
    assert.equal(await cli("GET", "room:0:name"), "General");
    assert.equal(await cli("SMEMBERS", "online_users"), "");
    assert.equal(await cli("TYPE", "room:0"), "zset");
  });

  test("[TU2] the writing commands of the tutorial work, and Klatch goes on with what they wrote", async () => {
    assert.equal(await cli("SET", "username:nick", "user:1"), "OK");
    assert.equal(await cli("SADD", "user:1:rooms", "0"), "0");
    assert.equal(await cli("SADD", "user:1:rooms", "1:2"), "0");
    assert.equal(await cli("SADD", "user:2:rooms", "1:2"), "0");
    assert.equal(await cli("ZADD", "room:1:2", "1615480369", JSON_OF_TEXT), "1");
    assert.equal(await cli("SADD", "online_users", "1"), "1");
    assert.equal(await cli("SREM", "online_users", "1"), "1");
    assert.equal(await cli("PUBLISH", "MESSAGES", EVENT_OF_TEXT), "0");
    assert.equal(await cli("PUBLISH", "message", EVENT_OF_TEXT), "0");
    assert.equal(await cli("INCR", "total_users"), String(DEMO_NAMES.length + 1));

    const nick = await signIn(first(), "nick");
    const { messages } = await nick.history("", "1:2");
    // The text's pseudo-JSON in single quotes is no message; it is passed over and harms nothing.
    assert.equal(messages.length, 2);
    assert.equal((await nick.say("still works", "after-the-text", "1:2")).status, 201);
    assert.equal((await nick.history("", "1:2")).messages.length, 3);

    const newcomer = await Member.enter(first().url, "Newcomer");
    assert.equal(newcomer.me.id, DEMO_NAMES.length + 2);

    await cli("HSET", "user:1", "username", "nick", "password", "bcrypt_hashed_password");
    const body = { username: "nick", password: DEMO_PASSWORD };
    assert.equal((await request(first().url, "POST", "/api/session", { body })).status, 401);
  });

  test("[DE3] a Redis that already has the demo is simply used", async () => {
    const hash = await cli("HGET", "user:2", "password");
    await using again = await startServer({ args: ["--demo", "--redis-url", redis.url] });
    assert.match(again.output(), /DEMO: nick/u);
    assert.equal(await cli("HGET", "user:2", "password"), hash);
  });

  test("[DE4] a Redis that holds other people is not changed, and that is said", async () => {
    await using other = await startRedis();
    await using plain = await startServer({ args: ["--redis-url", other.url] });
    await Member.enter(plain.url, "Somebody1");
    const keys = async () =>
      (await other.cli("KEYS", "*")).split("\n").filter((key) => !key.startsWith("klatch:"));
    const keysBefore = await keys();
    await using demo = await startServer({ args: ["--demo", "--redis-url", other.url] });
    assert.match(demo.output(), /DEMO: this Redis holds other people.*nothing was changed/u);
    assert.deepEqual((await keys()).toSorted(), keysBefore.toSorted());
  });

  test("[DE5] without the flag there is no demo", async () => {
    await using other = await startRedis();
    await using plain = await startServer({ args: ["--redis-url", other.url] });
    assert.doesNotMatch(plain.output(), /DEMO/u);
    assert.equal(await other.cli("EXISTS", "total_users"), "0");
  });
});
