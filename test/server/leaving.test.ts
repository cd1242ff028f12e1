/** Leaving for good: the account is gone at once, and what lies about is cleared up, whatever dies meanwhile. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Problem } from "#protocol/errors.ts";
import type { Person } from "#protocol/person.ts";
import type { Room } from "#protocol/room.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import { startServer } from "#test/support/server-process.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";
import { PlainLog } from "#test/support/plain-log.ts";

const GONE = { username: "deleted person", deleted: true };

async function leave(member: Member, messages: "keep" | "remove"): Promise<void> {
  const answer = await member.call("DELETE", "/api/me", { password: PASSWORD, messages });
  assert.equal(answer.status, 204, answer.text);
}

describe("leaving for good", { concurrency: false }, () => {
  let world: TwoServers;
  let olga: Member;
  before(async () => {
    world = await twoServers();
    olga = await Member.enter(world.one.url, "Olga");
  });
  after(() => world[Symbol.asyncDispose]());

  const isClearedUp = async (user: number) =>
    (await world.redis.cli("HEXISTS", "klatch:leaving", String(user))) === "0";

  const clearedUp = ({ me }: Member) =>
    until(() => isClearedUp(me.id), { what: "everything is cleared up", timeoutMs: 20_000 });

  const openRoom = async (name: string) =>
    (await olga.call("POST", "/api/rooms", { kind: "open", name })).json<Room>().id;

  test("[LV1] who leaves is signed out everywhere at once, and the name is free", async () => {
    const ada = await Member.enter(world.one.url, "Ada");
    const there = await Member.enter(world.two.url, "Ada", "signIn");
    await ada.say("I was here");
    await ada.call("PATCH", "/api/me", { about: "secret", displayName: "Ada L" });
    const link = (await ada.call("POST", "/api/sign-in-links")).json<{ token: string }>();
    await using line = await there.connect();
    await line.join();
    await leave(ada, "keep");
    await line.until(() => line.closing === "signed-out", "the other device is told", 1_000);
    for (const member of [ada, there])
      assert.equal((await member.call("GET", "/api/me")).status, 401);
    await assert.rejects(Member.enter(world.two.url, "Ada", "signIn"), /wrong-credentials/u);
    const body = { link: link.token };
    assert.equal((await request(world.one.url, "POST", "/api/session", { body })).status, 401);
    assert.equal((await olga.call("GET", `/api/people/${ada.me.id}`)).status, 404);
    assert.equal((await olga.call("GET", "/api/people?search=ada")).text, '{"people":[]}');
    await clearedUp(ada);
    // What was said stays, as said by nobody in particular.
    const { messages, people } = await olga.history();
    assert.ok(messages.some(({ message }) => message === "I was here"));
    assert.deepEqual(people, [{ id: ada.me.id, ...GONE }]);
    const members = (await olga.call("GET", "/api/rooms/0/members")).text;
    assert.ok(!members.includes(`"id":${ada.me.id},`));
    const left = (await world.redis.cli("KEYS", `*user:${ada.me.id}*`)).split("\n").filter(Boolean);
    assert.deepEqual(left, []);
    // The name is somebody else's now, with a new id.
    const other = await Member.enter(world.one.url, "ada");
    assert.ok(other.me.id > ada.me.id);
  });

  test("[LV1] only who knows the password leaves, and the last owner does not", async () => {
    const brin = await Member.enter(world.one.url, "Brin");
    const wrong = await brin.call("DELETE", "/api/me", { password: "wrong", messages: "keep" });
    assert.equal(wrong.json<Problem>().code, "wrong-password");
    for (const body of [{ password: PASSWORD }, { password: PASSWORD, messages: "burn" }, {}]) {
      assert.equal((await brin.call("DELETE", "/api/me", body)).status, 400);
    }
    assert.equal((await brin.call("GET", "/api/me")).status, 200);
    const body = { password: PASSWORD, messages: "remove" };
    const last = await olga.call("DELETE", "/api/me", body);
    assert.equal(last.json<Problem>().code, "not-allowed");
    assert.equal((await request(world.one.url, "DELETE", "/api/me", { body })).status, 401);
    const tries: number[] = [];
    for (let at = 0; at < 6; at++) {
      const answer = await brin.call("DELETE", "/api/me", { password: "wrong", messages: "keep" });
      tries.push(answer.status);
    }
    assert.deepEqual(tries, [403, 403, 403, 403, 429, 429]);
    assert.ok(await isClearedUp(olga.me.id));
  });

  test("[LV1] of two owners who leave at once one stays", async () => {
    const cleo = await Member.enter(world.two.url, "Cleo");
    await world.redis.cli("HSET", `user:${cleo.me.id}`, "role", "owner");
    await world.redis.cli("SADD", "owners", String(cleo.me.id));
    const other = await Member.enter(world.one.url, "Other-owner");
    await world.redis.cli("HSET", `user:${other.me.id}`, "role", "owner");
    await world.redis.cli("SADD", "owners", String(other.me.id));
    await world.redis.cli("SREM", "owners", String(olga.me.id));
    const body = { password: PASSWORD, messages: "keep" };
    const answers = await Promise.all(
      [cleo, other].map((member) => member.call("DELETE", "/api/me", body)),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [204, 403]);
    assert.equal(await world.redis.cli("SCARD", "owners"), "1");
    await world.redis.cli("SADD", "owners", String(olga.me.id));
  });

  test("[LV2] what they said is deleted everywhere, as deletions that all hear", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const left = await openRoom("They left it");
    const archived = await openRoom("They cannot write there");
    for (const room of [left, archived]) {
      assert.equal(
        (await dora.call("PUT", `/api/rooms/${room}/members/${dora.me.id}`, {})).status,
        204,
      );
      await dora.say("CANARY in a room", randomUUID(), room);
    }
    await dora.call("DELETE", `/api/rooms/${left}/members/${dora.me.id}`);
    await olga.call("PATCH", `/api/rooms/${archived}`, { archived: true });
    const chat = await dora.call("POST", "/api/chats", { people: [olga.me.id] });
    const pair = chat.json<Room>().id;
    await dora.say("CANARY in a chat", randomUUID(), pair);
    await olga.say("an answer", randomUUID(), pair);
    const pad = (await dora.call("POST", "/api/chats", { people: [] })).json<Room>().id;
    await dora.say("CANARY on a pad", randomUUID(), pad);
    await using line = await olga.at(world.two.url).connect();
    await line.join();
    await dora.say("CANARY in General");
    await olga.say("said by another");
    await leave(dora, "remove");
    await clearedUp(dora);
    await line.until(() => line.events.some(({ type }) => type === "delete"), "the deletion");
    for (const room of ["0", left, archived, pair]) {
      const { messages } = await olga.history("", room);
      const own = messages.filter(({ from }) => from === dora.me.id);
      assert.equal(own.length, 1, room);
      assert.ok(own[0]?.deleted !== undefined && own[0].message === "", room);
    }
    const others = (await olga.history()).messages.map(({ message }) => message);
    assert.ok(others.includes("said by another"));
    // The chat of two stays with whom it was had, and it is said that they are gone.
    const room = (await olga.call("GET", `/api/rooms/${pair}`)).json<Room>();
    assert.deepEqual(room.people, [{ id: dora.me.id, ...GONE }]);
    const logs = (await world.redis.cli("KEYS", "room:*")).split("\n");
    assert.ok(!logs.includes(`room:${pad}`));
    const dumps = await Promise.all(
      logs
        .filter((key) => !key.endsWith(":name"))
        .map((key) => world.redis.cli("ZRANGE", key, "0", "-1")),
    );
    assert.ok(!dumps.join().includes("CANARY"));
    const again = await olga.call("POST", "/api/chats", { people: [dora.me.id] });
    assert.equal(again.status, 404);
    const added = await olga.call("PUT", `/api/rooms/${left}/members/${dora.me.id}`, {});
    assert.equal(added.status, 404);
  });

  test("[LV3] a server that dies midway is continued by another, and nothing is left", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    const redis = await connect(world.redis.url, "test");
    try {
      const log = new PlainLog(new RedisMessageLog(redis));
      const drafts = Array.from({ length: 3_000 }, (_, at) => ({
        from: eve.me.id,
        room: "0",
        cid: randomUUID(),
        text: `CANARY ${at}`,
      }));
      await Promise.all(drafts.map((draft) => log.append(draft)));
    } finally {
      redis.destroy();
    }
    await using doomed = await startServer({ args: ["--redis-url", world.redis.url] });
    await leave(eve.at(doomed.url), "remove");
    await doomed.stop("SIGKILL");
    const canaries = async () =>
      (await world.redis.cli("ZRANGE", "room:0", "0", "-1")).split("CANARY").length - 1;
    assert.ok((await canaries()) > 0, "it died midway");
    assert.equal((await eve.call("GET", "/api/me")).status, 401);
    // Its time is over; whichever server looks next goes on.
    await world.redis.cli("DEL", `klatch:leaving:${eve.me.id}`);
    await using fresh = await startServer({ args: ["--redis-url", world.redis.url] });
    await clearedUp(eve);
    assert.doesNotMatch(fresh.output(), /unexpected error/u);
    assert.equal(await canaries(), 0);
    const people = (await olga.history()).people;
    assert.ok(people.some(({ id, deleted }: Person) => id === eve.me.id && deleted === true));
  });
});
