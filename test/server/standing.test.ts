/** The standing of people over two servers: who names admins, and who is suspended, by whom, how fast. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AdminPeopleResult } from "#protocol/admin.ts";
import type { Me } from "#protocol/api.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { MembersResult } from "#protocol/room.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const WITHIN_MS = 1_000;
const RECHECKED_MS = 30_000;

const path = (whom: Member) => `/api/admin/people/${whom.me.id}`;
const setRole = (by: Member, whom: Member, role: string) =>
  by.call("PUT", `${path(whom)}/role`, { role });
const suspend = (by: Member, whom: Member, reason?: string) =>
  by.call("PUT", `${path(whom)}/suspension`, { ...(reason !== undefined && { reason }) });
const unsuspend = (by: Member, whom: Member) => by.call("DELETE", `${path(whom)}/suspension`);
const status = async (answer: Promise<Answer>) => (await answer).status;
const codeOf = async (answer: Promise<Answer>) => (await answer).json<{ code: string }>().code;
const roleOf = async (member: Member) => (await member.call("GET", "/api/me")).json<Me>().role;
const people = async (by: Member, query = "") =>
  (await by.call("GET", `/api/admin/people${query}`)).json<AdminPeopleResult>();
const signIn = (url: string, username: string, password = PASSWORD) =>
  request(url, "POST", "/api/session", { body: { username, password } });

describe("standing", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada is the owner; Brin and Cleo are on the other server. */
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    cleo = await Member.enter(world.two.url, "Cleo");
  });
  after(() => world[Symbol.asyncDispose]());

  test("[RO2] only owners name owners and admins, and an admin may step down", async () => {
    assert.equal(await codeOf(setRole(brin, brin, "admin")), "not-allowed");
    assert.equal(await status(setRole(ada, brin, "admin")), 204);
    assert.equal(await roleOf(brin), "admin");
    assert.equal(await codeOf(setRole(brin, cleo, "admin")), "not-allowed");
    assert.equal(await codeOf(setRole(brin, brin, "owner")), "not-allowed");
    assert.equal(await codeOf(setRole(brin, ada, "member")), "not-allowed");
    assert.equal(await status(setRole(ada, brin, "bot")), 400);
    assert.equal(
      await status(ada.call("PUT", "/api/admin/people/4711/role", { role: "admin" })),
      404,
    );
    assert.equal(await status(setRole(brin, brin, "member")), 204);
    assert.equal(await roleOf(brin), "member");
    assert.equal(await codeOf(setRole(ada, ada, "member")), "last-owner");
    assert.equal(await roleOf(ada), "owner");
  });

  test("[RO2] of owners who demote each other and themselves at once one is always left", async () => {
    for (let at = 0; at < 10; at++) {
      assert.equal(await status(setRole(ada, brin, "owner")), 204);
      const acts = [
        setRole(ada, brin, "member"),
        setRole(brin, ada, "member"),
        setRole(ada, ada, "member"),
        setRole(brin, brin, "member"),
      ];
      const codes = (await Promise.all(acts)).map((answer) => answer.status);
      assert.equal(codes.filter((code) => code === 204).length, 1, codes.join());
      const roles = await Promise.all([ada, brin].map(roleOf));
      assert.deepEqual(roles.toSorted(), ["member", "owner"]);
      const owner = roles[0] === "owner" ? ada : brin;
      assert.equal(await world.redis.cli("SMEMBERS", "owners"), String(owner.me.id));
      if (owner === brin) {
        assert.equal(await status(setRole(brin, ada, "owner")), 204);
        assert.equal(await status(setRole(ada, brin, "member")), 204);
      }
    }
  });

  test("[RO3] a role counts at once, on every server, in General and in no other room", async () => {
    const room = (await cleo.call("POST", "/api/rooms", { kind: "closed", name: "Own" })).json<{
      id: string;
    }>();
    await using line = await brin.at(world.one.url).connect();
    const moderates = async () => {
      const answer = await ada.call("GET", "/api/rooms/0/members");
      const { members } = answer.json<MembersResult>();
      return members.find(({ id }) => id === brin.me.id)?.role;
    };
    assert.equal(await moderates(), "member");
    assert.equal(await status(setRole(ada, brin, "admin")), 204);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.deepEqual(line.notices, [{ room: "0" }]);
    for (const url of [world.one.url, world.two.url]) {
      assert.equal(await status(brin.at(url).call("GET", "/api/admin/people")), 200);
    }
    assert.equal(await moderates(), "moderator");
    assert.equal(await status(brin.call("PATCH", "/api/rooms/0", { topic: "By an admin" })), 200);
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}`)), 404);
    assert.equal(await status(ada.call("DELETE", `/api/rooms/${room.id}`)), 404);
    assert.equal(await status(setRole(ada, brin, "member")), 204);
    for (const url of [world.one.url, world.two.url]) {
      const refused = brin.at(url).call("GET", "/api/admin/people");
      assert.equal(await codeOf(refused), "not-allowed");
    }
    assert.equal(await moderates(), "member");
  });

  test("[RO4] who is suspended is signed out everywhere within a second, and told why", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const phone = await Member.enter(world.two.url, "Dora", "signIn");
    await using here = await dora.connect();
    await using there = await phone.connect();
    const stream = await fetch(`${world.two.url}/api/events`, {
      headers: { Authorization: `Bearer ${phone.token}` },
    });
    const streamed = stream.text();
    assert.equal(await status(suspend(ada, dora, "Selling watches")), 204);
    for (const line of [here, there]) {
      await line.until(() => line.closing === "signed-out", "the end", WITHIN_MS);
    }
    assert.match(await streamed, /event: closing\ndata: .*signed-out/u);
    for (const each of [dora, phone]) assert.equal(await status(each.call("GET", "/api/me")), 401);
    const refused = await signIn(world.two.url, "dora");
    const { code, detail } = refused.json<{ code: string; detail: string }>();
    assert.deepEqual([refused.status, code], [403, "suspended"]);
    assert.match(detail, /Selling watches/u);
    assert.equal(refused.headers.getSetCookie().length, 0);
    const wrong = await signIn(world.one.url, "dora", "not her password");
    assert.equal(wrong.text, (await signIn(world.one.url, "nobody-at-all")).text);
    const [found] = (await people(ada, "?search=DORA")).people;
    assert.equal(found?.suspended?.reason, "Selling watches");
    assert.equal(found?.suspended?.by, ada.me.id);
    assert.ok((found?.suspended?.since ?? 0) > 1_600_000_000);
    assert.equal(await codeOf(setRole(ada, dora, "admin")), "not-allowed");
    assert.equal(await status(unsuspend(ada, dora)), 204);
    assert.equal(await status(dora.call("GET", "/api/me")), 401);
    assert.equal((await signIn(world.two.url, "dora")).status, 200);
  });

  test("[RO4] a suspension whose news is lost still ends every connection within 30 s", async () => {
    const finn = await Member.enter(world.two.url, "Finn");
    await using line = await finn.connect();
    // What the script does, but for telling.
    const { id } = finn.me;
    const session = await world.redis.cli("ZRANGE", `{user:${id}}:sessions`, "0", "-1");
    await world.redis.cli("HSET", `user:${id}`, "suspended", "1700000000");
    await world.redis.cli("DEL", `session:${session}`);
    await line.until(() => line.closing === "signed-out", "the end", RECHECKED_MS);
  });

  test("[RO4] at the moment of a suspension a message is stored and said so, or refused", async () => {
    const eve = await Member.enter(world.two.url, "Eve");
    const sends = Array.from({ length: 30 }, (_, at) => eve.say(`${at}`, `race-of-eve-${at}`));
    const [stop, enter, ...answers] = await Promise.all([
      suspend(ada, eve),
      signIn(world.two.url, "eve"),
      ...sends,
    ]);
    assert.equal(stop.status, 204);
    const stored = answers.filter((answer) => answer.status === 201).length;
    assert.ok(answers.every(({ status: is }) => is === 201 || is === 401));
    const { messages } = await ada.history("?limit=100");
    assert.equal(messages.filter(({ from }) => from === eve.me.id).length, stored);
    assert.equal((await eve.say("after all that", "after-all-that")).status, 401);
    // Who signed in a moment before is out, too.
    assert.ok([200, 403].includes(enter.status), enter.text);
    assert.equal(await world.redis.cli("EXISTS", `{user:${eve.me.id}}:sessions`), "0");
  });

  test("[RO5] admins suspend members, owners also admins, nobody an owner or themselves", async () => {
    assert.equal(await status(setRole(ada, brin, "admin")), 204);
    const gil = await Member.enter(world.one.url, "Gil");
    assert.equal(await codeOf(suspend(gil, cleo)), "not-allowed");
    assert.equal(await codeOf(suspend(brin, ada)), "not-allowed");
    assert.equal(await codeOf(suspend(brin, brin)), "not-allowed");
    assert.equal(await codeOf(suspend(ada, ada)), "not-allowed");
    assert.equal(await status(ada.call("PUT", "/api/admin/people/4711/suspension", {})), 404);
    assert.equal(await status(suspend(brin, gil)), 204);
    assert.equal(await status(setRole(ada, cleo, "admin")), 204);
    assert.equal(await codeOf(suspend(brin, cleo)), "not-allowed");
    assert.equal(await status(suspend(ada, cleo)), 204);
    assert.equal(await codeOf(unsuspend(brin, cleo)), "not-allowed");
    assert.equal(await status(unsuspend(ada, cleo)), 204);
    cleo = await Member.enter(world.two.url, "Cleo", "signIn");
    assert.equal(await roleOf(cleo), "admin");
    for (const chars of [-1, 0]) {
      const reason = "x".repeat(LIMITS.reasonCharsMax + chars);
      assert.equal(await status(suspend(brin, gil, reason)), 204);
    }
    const long = "x".repeat(LIMITS.reasonCharsMax + 1);
    assert.equal(await codeOf(suspend(brin, gil, long)), "bad-request");
    assert.equal(await codeOf(suspend(brin, gil, "two\nlines")), "bad-request");
    assert.equal(await status(unsuspend(brin, gil)), 204);
  });

  test("[RO6] admins page through everybody, each once, and find them by name", async () => {
    const total = Number(await world.redis.cli("GET", "total_users"));
    for (const [extra, isMore] of [
      [-1, false],
      [0, false],
      [1, true],
    ] as const) {
      const count = LIMITS.adminPeopleMax + extra;
      for (let id = total + 1; id <= count; id++) {
        const name = `page${String(id).padStart(3, "0")}`;
        await world.redis.cli("HSET", `user:${id}`, "username", name);
        await world.redis.cli("SET", `username:${name}`, `user:${id}`);
        await world.redis.cli("ZADD", "usernames", "0", name);
      }
      await world.redis.cli("SET", "total_users", String(count));
      const first = await people(ada);
      assert.equal(first.people.length, Math.min(count, LIMITS.adminPeopleMax));
      assert.equal(first.after !== undefined, isMore, String(extra));
      assert.equal(first.people[0]?.id, count);
      if (first.after === undefined) continue;
      const rest = await people(ada, `?after=${first.after}`);
      assert.deepEqual([rest.people.map(({ id }) => id), rest.after], [[1], undefined]);
    }
    const found = await people(ada, "?search=ＡＤ");
    assert.deepEqual(
      found.people.map(({ username, role }) => [username, role]),
      [["Ada", "owner"]],
    );
    assert.ok((found.people[0]?.since ?? 0) > 1_600_000_000);
    for (let id = 200; id <= 250; id++) {
      const name = `seek${id}`;
      await world.redis.cli("HSET", `user:${id}`, "username", name);
      await world.redis.cli("SET", `username:${name}`, `user:${id}`);
      await world.redis.cli("ZADD", "usernames", "0", name);
    }
    const sought = await people(ada, "?search=seek");
    assert.deepEqual([sought.people.length, sought.after], [LIMITS.adminPeopleMax, "seek249"]);
    const rest = await people(ada, `?search=seek&after=${sought.after}`);
    assert.deepEqual(
      rest.people.map(({ username }) => username),
      ["seek250"],
    );
    assert.equal(rest.after, undefined);
    assert.deepEqual((await people(ada, "?search=seek&after=zz")).people, []);
    assert.equal(await status(ada.call("GET", `/api/admin/people?after=${"x".repeat(129)}`)), 400);
    assert.equal(
      await codeOf(cleo.call("PUT", "/api/admin/people/x/role", { role: "member" })),
      "not-found",
    );
  });
});
