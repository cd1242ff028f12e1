/** Bots over two real servers: what their tokens let them do, how these end, and what a bot is not. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AdminPeopleResult } from "#protocol/admin.ts";
import type { BotResult, BotsResult, BotTokenResult, NewBotResult, Scope } from "#protocol/bot.ts";
import { SCOPES } from "#protocol/bot.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { HistoryPage } from "#protocol/api.ts";
import type { Profile } from "#protocol/person.ts";
import type { MembersResult, Room, RoomsResult } from "#protocol/room.ts";
import { describedRoutes } from "#server/http/operation.ts";
import { appRoutes } from "#test/support/app-routes.ts";
import type { Answer } from "#test/support/member.ts";
import { Line, Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

const inGeneral = (member: Member) => `/api/rooms/0/members/${member.me.id}`;
const WITHIN_MS = 1_000;
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const code = (answer: Answer) => answer.json<{ code: string }>().code;

describe("bots", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada is the owner; Brin is nobody special, and on the other server. */
  let ada: Member;
  let brin: Member;
  let room: Room;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    const answer = await ada.call("POST", "/api/rooms", { kind: "closed", name: "Machines" });
    room = answer.json<Room>();
  });
  after(() => world[Symbol.asyncDispose]());

  const makeBot = async (username: string, scopes: readonly Scope[] = SCOPES): Promise<Member> => {
    const answer = await ada.call("POST", "/api/admin/bots", { username, scopes });
    assert.equal(answer.status, 201, answer.text);
    const { bot, token } = answer.json<NewBotResult>();
    return new Member(world.two.url, { ...bot, role: "bot" }, token);
  };
  const ask = (username: string) => ada.call("POST", "/api/admin/bots", { username, scopes: [] });
  const letIn = async (bot: Member, id = room.id) => {
    const answer = await ada.call("PUT", `/api/rooms/${id}/members/${bot.me.id}`, {});
    assert.equal(answer.status, 204, answer.text);
  };

  test("[BO1] a bot has a token that is told once and kept as a digest, no password and no room", async () => {
    const draft = { username: "Ｂender", scopes: ["read", "read"], description: "Bends" };
    const made = await ada.call("POST", "/api/admin/bots", draft);
    const { bot, token, secret } = made.json<NewBotResult>();
    assert.equal(secret, undefined);
    assert.match(token, /^[\w-]{43}$/u);
    assert.deepEqual(
      [bot.username, bot.scopes, bot.description, bot.by],
      ["Bender", ["read"], "Bends", ada.me.id],
    );
    const profile = (await brin.call("GET", `/api/people/${bot.id}`)).json<Profile>();
    assert.deepEqual([profile.about, profile.bot], ["Bends", true]);
    const bender = new Member(world.two.url, { ...bot, role: "bot" }, token);
    const me = await bender.call("GET", "/api/me");
    assert.deepEqual(me.json(), { id: bot.id, username: "Bender", bot: true, role: "bot" });
    assert.deepEqual((await bender.call("GET", "/api/rooms")).json<RoomsResult>().rooms, []);
    assert.equal((await bender.call("GET", "/api/rooms/0/messages")).status, 404);
    const listed = await ada.call("GET", "/api/admin/bots");
    assert.ok(listed.json<BotsResult>().bots.some(({ id }) => id === bot.id));
    assert.ok(!listed.text.includes(token));
    for (const password of [PASSWORD, "undefined", "", token]) {
      const body = { username: "Bender", password };
      assert.equal((await request(world.one.url, "POST", "/api/session", { body })).status, 401);
    }
    const keys = (await world.redis.cli("KEYS", "*")).split("\n");
    const values = await Promise.all(keys.map((key) => world.redis.cli("DUMP", key)));
    assert.ok(!keys.concat(values).join("\n").includes(token));
  });

  test("[BO1] a bot is called by a display name while it has one", async () => {
    const bot = await makeBot("Rossum");
    const path = `/api/admin/bots/${bot.me.id}`;
    const call = async (displayName: string) => {
      const answer = await ada.call("PATCH", path, { displayName });
      return answer.status === 200
        ? answer.json<BotResult>().bot.displayName
        : [answer.status, code(answer)];
    };
    const longest = "x".repeat(LIMITS.displayNameCharsMax);
    assert.equal(await call("Rossum’s robot"), "Rossum’s robot");
    await letIn(bot);
    const members = await ada.call("GET", `/api/rooms/${room.id}/members`);
    const member = members.json<MembersResult>().members.find(({ id }) => id === bot.me.id);
    assert.equal(member?.displayName, "Rossum’s robot");
    for (const wrong of ["admin", "a  b", `${longest}x`]) {
      assert.deepEqual(await call(wrong), [400, "bad-request"], wrong);
    }
    assert.equal(await call(longest), longest);
    assert.equal(await call(""), undefined);
    const draft = { username: "Capek", displayName: "Karel Č.", scopes: [] };
    const made = await ada.call("POST", "/api/admin/bots", draft);
    assert.equal(made.json<NewBotResult>().bot.displayName, "Karel Č.");
  });

  test("[BO1] a name that is taken, or none, makes no bot", async () => {
    const taken = await ada.call("POST", "/api/admin/bots", { username: "BRIN", scopes: [] });
    assert.deepEqual([taken.status, code(taken)], [409, "name-taken"]);
    const none = await ada.call("POST", "/api/admin/bots", { username: "a b", scopes: [] });
    assert.deepEqual([none.status, code(none)], [422, "name-not-allowed"]);
    const scopes = await ada.call("POST", "/api/admin/bots", { username: "Rob", scopes: ["all"] });
    assert.equal(scopes.status, 400);
    const again = await Promise.all(
      [1, 2, 3].map(() => ada.call("POST", "/api/admin/bots", { username: "Twin", scopes: [] })),
    );
    assert.deepEqual(sorted(again.map(({ status }) => status)), [201, 409, 409]);
    for (const [description, status] of [
      ["x".repeat(LIMITS.topicCharsMax), 201],
      ["x".repeat(LIMITS.topicCharsMax + 1), 400],
    ] as const) {
      const draft = { username: `Long-${status}`, scopes: [], description };
      assert.equal((await ada.call("POST", "/api/admin/bots", draft)).status, status);
    }
  });

  test("[BO2] a bot does over REST what its scopes allow, and nothing else", async () => {
    const routes = describedRoutes(appRoutes()).filter(({ told }) => told.access !== "public");
    const bots = await Promise.all(
      SCOPES.map(async (scope) => ({ scope, bot: await makeBot(`Only-${scope}`, [scope]) })),
    );
    let refused = 0;
    for (const { method, path, told } of routes) {
      const real = path.replaceAll(/:\w+/gu, "4711");
      for (const { scope, bot } of bots) {
        const needed = told.access ?? "people";
        if (needed === scope || needed === "anyone") continue;
        const answer = await bot.call(
          method.toUpperCase(),
          real,
          method === "get" ? undefined : {},
        );
        assert.deepEqual([answer.status, code(answer)], [403, "not-allowed"], `${method} ${path}`);
        refused++;
      }
    }
    assert.ok(refused > 80);
  });

  test("[BO2] a bot with a scope does over REST and socket what that is for", async () => {
    const bot = await makeBot("Handy");
    await letIn(bot);
    const said = await bot.say("Beep", "handy-beep-1", room.id);
    assert.equal(said.status, 201);
    const { id } = said.json<{ id: string }>();
    const base = `/api/rooms/${room.id}/messages/${id}`;
    assert.equal((await bot.call("PUT", `${base}/reactions`, { emoji: "🤖" })).status, 200);
    assert.equal((await bot.call("PATCH", base, { message: "Boop" })).status, 200);
    assert.equal(
      (await bot.call("POST", "/api/rooms", { kind: "open", name: "Mine" })).status,
      201,
    );
    await using line = await bot.connect();
    await line.join(undefined, room.id);
    const again = await line.send("Over the socket", undefined, room.id);
    assert.ok("id" in again);
    await line.until(() => line.texts().includes("Over the socket"), "its own message");
    const { people } = (await ada.history("", room.id)) satisfies HistoryPage;
    assert.ok(people.some((person) => person.id === bot.me.id && person.bot === true));
  });

  test("[BO2] a bot does over the socket what its scopes allow, and nothing else", async () => {
    const reader = await makeBot("Reader", ["read"]);
    await letIn(reader);
    await using line = await reader.connect();
    await line.join(undefined, room.id);
    const at = { room: room.id, id: "1615480369.000123" };
    for (const [command, payload] of [
      ["send", { room: room.id, cid: "reader-says", message: "Hello" }],
      ["edit", { ...at, message: "Hello" }],
      ["remove", at],
      ["react", { ...at, emoji: "👍" }],
      ["pin", at],
      ["typing", { room: room.id }],
      ["read", { room: room.id, position: at.id }],
    ] as const) {
      const answer = await line.ask<object>(command, payload);
      assert.equal("error" in answer && answer.error.code, "not-allowed", command);
    }
    const writer = await makeBot("Writer", ["write"]);
    await letIn(writer);
    await using other = await writer.connect();
    await assert.rejects(other.join(undefined, room.id), /scope "read"/u);
    assert.equal((await writer.call("GET", "/api/events")).status, 403);
    assert.ok("id" in (await other.send("I only speak", undefined, room.id)));
  });

  test("[BO2] a bot that may not read is not told who comes, or what becomes of rooms", async () => {
    const mute = await makeBot("Deaf", ["write", "react", "rooms"]);
    const reader = await makeBot("Watcher", ["read"]);
    await letIn(mute);
    await letIn(reader);
    await using deaf = await mute.connect();
    await using watching = await reader.connect();
    const told = { deaf: [] as string[], watching: [] as string[] };
    deaf.socket.onAny((name: string) => told.deaf.push(name));
    watching.socket.onAny((name: string) => told.watching.push(name));
    await using visit = await (await Member.enter(world.two.url, "Newcomer")).connect();
    await ada.call("PATCH", `/api/rooms/${room.id}`, { topic: "Robots" });
    await until(() => ["presence", "rooms"].every((name) => told.watching.includes(name)), {
      what: "the one that reads is told",
    });
    // What was said before this answer would have come before it.
    await deaf.ask("send", { room: room.id, cid: "deaf-says-it", message: "Nobody tells me" });
    assert.deepEqual(told.deaf, []);
    assert.ok(visit.socket.connected);
  });

  for (const [how, end] of [
    ["a new token", (id: number) => ada.call("POST", `/api/admin/bots/${id}/token`)],
    ["deletion", (id: number) => ada.call("DELETE", `/api/admin/bots/${id}`)],
  ] as const) {
    test(`[BO3] after ${how} nothing of the old token lives for longer than a second, anywhere`, async () => {
      const bot = await makeBot(`Ends-by-${how.replace(/\W+/gu, "-")}`);
      await letIn(bot);
      await using near = await bot.at(world.one.url).connect();
      await using far = await bot.connect();
      const stream = await fetch(`${world.two.url}/api/events`, {
        headers: { Authorization: `Bearer ${bot.token}` },
      });
      assert.equal(stream.status, 200);
      const ended = stream.text();
      const since = performance.now();
      const answer = await end(bot.me.id);
      assert.ok(answer.status < 300, answer.text);
      await near.until(() => near.closing === "signed-out", "the near socket", WITHIN_MS);
      await far.until(() => far.closing === "signed-out", "the far socket", WITHIN_MS);
      assert.match(await ended, /signed-out/u);
      assert.ok(performance.now() - since < WITHIN_MS);
      assert.equal((await bot.call("GET", "/api/me")).status, 401);
      await assert.rejects(bot.connect());
      if (answer.status === 204) return;
      const { token } = answer.json<BotTokenResult>();
      const renewed = new Member(world.two.url, bot.me, token);
      assert.equal((await renewed.call("GET", "/api/me")).status, 200);
      assert.equal((await renewed.say("Back", "back-again-1", room.id)).status, 201);
    });
  }

  test("[BO3] of several new tokens at once one lives", async () => {
    const bot = await makeBot("Racer");
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => ada.call("POST", `/api/admin/bots/${bot.me.id}/token`)),
    );
    const alive = await Promise.all(
      answers.map(async (answer) => {
        const { token } = answer.json<BotTokenResult>();
        return (await new Member(world.one.url, bot.me, token).call("GET", "/api/me")).status;
      }),
    );
    assert.deepEqual(sorted(alive), [200, 401, 401, 401]);
  });

  test("[BO4] a deleted bot is in no room, its name is free, and what it said is still its", async () => {
    const bot = await makeBot("Ghost");
    await letIn(bot);
    await bot.say("I was here", "ghost-was-here", room.id);
    const chat = await ada.call("POST", "/api/chats", { people: [bot.me.id] });
    const { id: chatId } = chat.json<Room>();
    await bot.say("In private", "ghost-in-private", chatId);
    await using line = await ada.connect();
    assert.equal((await ada.call("DELETE", `/api/admin/bots/${bot.me.id}`)).status, 204);
    await line.until(() => line.notices.some((it) => it.room === room.id), "the notice", WITHIN_MS);
    const { members } = (
      await ada.call("GET", `/api/rooms/${room.id}/members`)
    ).json<MembersResult>();
    assert.ok(!members.some(({ id }) => id === bot.me.id));
    const kept = (await ada.call("GET", `/api/rooms/${chatId}`)).json<Room>();
    assert.deepEqual([kept.people[0]?.username, kept.last?.message], ["Ghost", "In private"]);
    const { messages, people } = await ada.history("", room.id);
    assert.ok(messages.some(({ message }) => message === "I was here"));
    assert.ok(people.some(({ username }) => username === "Ghost"));
    assert.equal((await ada.call("DELETE", `/api/admin/bots/${bot.me.id}`)).status, 404);
    assert.equal((await ada.call("POST", `/api/admin/bots/${bot.me.id}/token`)).status, 404);
    await makeBot("ghost");
  });

  test("[BO5] moderators let a bot into General and take it out; people stay there", async () => {
    const bot = await makeBot("Visitor");
    assert.equal((await brin.call("PUT", `/api/rooms/0/members/${bot.me.id}`, {})).status, 403);
    await letIn(bot, "0");
    assert.equal((await bot.say("Hello, all")).status, 201);
    assert.equal((await brin.call("DELETE", inGeneral(bot))).status, 403);
    assert.equal((await ada.call("DELETE", inGeneral(bot))).status, 204);
    assert.equal((await bot.say("Hello?")).status, 404);
    assert.equal((await ada.call("DELETE", inGeneral(brin))).status, 403);
  });

  test("[BO6] a bot has nothing unread and is never online; people find and name it", async () => {
    const bot = await makeBot("Quiet");
    await letIn(bot);
    await using line = await bot.connect();
    await ada.say("Are you there, @quiet?", "asking-quiet", room.id);
    const seen = (await bot.call("GET", `/api/rooms/${room.id}`)).json<Room>();
    assert.deepEqual([seen.unread, seen.mentions], [0, 0]);
    assert.deepEqual(seen.last?.mentions, [bot.me.id]);
    // Whoever comes after it is told of, once everyone who came before has been.
    await using other = await brin.connect();
    const online = async () => {
      const answer = await ada.call("GET", "/api/online");
      return answer.json<{ online: readonly number[] }>().online;
    };
    await until(async () => (await online()).includes(brin.me.id), { what: "Brin is online" });
    assert.ok(!(await online()).includes(bot.me.id));
    const told = await line.ask<{ online: readonly number[] }>("online", {});
    assert.ok("online" in told && !told.online.includes(bot.me.id));
    assert.ok(line.socket.connected && other.socket.connected);
    const found = await brin.call("GET", "/api/people?search=qui");
    assert.deepEqual(found.json(), { people: [{ id: bot.me.id, username: "Quiet", bot: true }] });
  });

  test("[BO7] who is no admin sees and does nothing of it, to the byte alike for what is not there", async () => {
    const bot = await makeBot("Hidden");
    for (const [method, path, body] of [
      ["GET", ""],
      ["POST", "", { username: "Mine", scopes: [] }],
      ["GET", `/${bot.me.id}`],
      ["PATCH", `/${bot.me.id}`, { description: "Mine" }],
      ["POST", `/${bot.me.id}/token`],
      ["DELETE", `/${bot.me.id}`],
    ] as const) {
      const there = await brin.call(method, `/api/admin/bots${path}`, body);
      const not = await brin.call(method, `/api/admin/bots${path.replace(/\d+/u, "9999")}`, body);
      assert.deepEqual([there.status, there.text], [403, not.text], `${method} ${path}`);
    }
    assert.equal((await bot.call("GET", "/api/me")).status, 200);
    // People are no bots: nothing here touches them.
    assert.equal((await ada.call("DELETE", `/api/admin/bots/${brin.me.id}`)).status, 404);
    assert.equal((await ada.call("POST", `/api/admin/bots/${brin.me.id}/token`)).status, 404);
    const edited = await ada.call("PATCH", `/api/admin/bots/${bot.me.id}`, { description: "Seen" });
    assert.equal(edited.json<BotResult>().bot.description, "Seen");
    const one = await ada.call("GET", `/api/admin/bots/${bot.me.id}`);
    assert.deepEqual(one.json(), edited.json<BotResult>().bot);
  });

  test("[BO7] there are up to 100 bots", async () => {
    const count = Number(await world.redis.cli("SCARD", "bots"));
    const fill = Array.from({ length: LIMITS.botsMax - count - 1 }, (_, at) => `${8_000_000 + at}`);
    await world.redis.cli("SADD", "bots", ...fill);
    assert.equal((await ask("Last-one")).status, 201);
    const refused = await ask("One-too-many");
    assert.deepEqual([refused.status, code(refused)], [409, "too-many-bots"]);
    await world.redis.cli("SREM", "bots", ...fill);
    assert.equal((await ask("One-too-many")).status, 201);
  });

  test("[BO8] a suspended bot is out within a second, everywhere, with no token until that is lifted", async () => {
    const bot = await makeBot("Unruly");
    await letIn(bot);
    const suspension = `/api/admin/people/${bot.me.id}/suspension`;
    const token = `/api/admin/bots/${bot.me.id}/token`;
    await using near = await bot.at(world.one.url).connect();
    await using far = await bot.connect();
    const since = performance.now();
    assert.equal((await brin.call("PUT", suspension, {})).status, 403);
    assert.equal((await ada.call("PUT", suspension, { reason: "Spam" })).status, 204);
    await near.until(() => near.closing === "signed-out", "the near socket", WITHIN_MS);
    await far.until(() => far.closing === "signed-out", "the far socket", WITHIN_MS);
    assert.ok(performance.now() - since < WITHIN_MS);
    assert.equal((await bot.say("Still here", "still-here-1", room.id)).status, 401);
    const refused = await ada.call("POST", token);
    assert.deepEqual([refused.status, code(refused)], [403, "suspended"]);
    assert.equal((await ada.call("DELETE", suspension)).status, 204);
    assert.equal((await bot.call("GET", "/api/me")).status, 401);
    const renewed = (await ada.call("POST", token)).json<BotTokenResult>();
    const again = new Member(world.two.url, bot.me, renewed.token);
    assert.equal((await again.say("Better now", "better-now-1", room.id)).status, 201);
  });

  test("[BO8] of a new token and a suspension at the same time no token is left", async () => {
    for (const round of [1, 2, 3, 4]) {
      const bot = await makeBot(`Racing-${round}`);
      const [answer] = await Promise.all([
        ada.call("POST", `/api/admin/bots/${bot.me.id}/token`),
        ada.at(world.two.url).call("PUT", `/api/admin/people/${bot.me.id}/suspension`, {}),
      ]);
      const { token = bot.token } = answer.json<Partial<BotTokenResult>>();
      const late = new Member(world.one.url, bot.me, token);
      assert.equal((await late.call("GET", "/api/me")).status, 401, String(round));
    }
  });

  test("[RO6] admins see bots among people, but no bot that was deleted", async () => {
    const bot = await makeBot("Passing");
    const listed = async (query: string) => {
      const answer = await ada.call("GET", `/api/admin/people${query}`);
      return answer.json<AdminPeopleResult>().people.find(({ id }) => id === bot.me.id);
    };
    for (const query of ["", "?search=passing"]) {
      assert.equal((await listed(query))?.role, "bot", query);
    }
    const role = { role: "admin" };
    assert.equal((await ada.call("PUT", `/api/admin/people/${bot.me.id}/role`, role)).status, 403);
    await ada.call("DELETE", `/api/admin/bots/${bot.me.id}`);
    for (const query of ["", "?search=passing"]) assert.equal(await listed(query), undefined);
  });

  test("[BO2] a token is no session of a person: nobody signs in, or changes a password, with it", async () => {
    const bot = await makeBot("Sly");
    const change = { current: "", password: "a perfectly fine one" };
    assert.equal((await bot.call("PUT", "/api/me/password", change)).status, 403);
    assert.equal((await bot.call("DELETE", "/api/session")).status, 403);
    await using line = await Line.open(world.one.url, { token: bot.token }, {});
    assert.ok(line.socket.connected);
  });
});
