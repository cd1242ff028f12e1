/** Rooms over two real servers: making, finding, joining and leaving them, and who may do what. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type {
  BansResult,
  MembersResult,
  OpenRoomsResult,
  Room,
  RoomsResult,
} from "#protocol/room.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const WITHIN_MS = 1_000;

const make = async (maker: Member, kind: "open" | "closed", name: string): Promise<Room> => {
  const answer = await maker.call("POST", "/api/rooms", { kind, name, topic: `About ${name}` });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Room>();
};
const list = async (member: Member) => (await member.call("GET", "/api/rooms")).json<RoomsResult>();
const ids = async (member: Member) => (await list(member)).rooms.map(({ id }) => id);
const put = (by: Member, room: string, whom: Member, body: object = {}) =>
  by.call("PUT", `/api/rooms/${room}/members/${whom.me.id}`, body);
const remove = (by: Member, room: string, whom: Member) =>
  by.call("DELETE", `/api/rooms/${room}/members/${whom.me.id}`);
const status = async (answer: Promise<{ readonly status: number }>) => (await answer).status;
const isDeaf = async (line: Line, room: string, by: Member) => {
  const heard = line.events.length;
  await by.say("is anyone there?", `deaf-${room}-${Math.random().toString(36).slice(2)}`, room);
  await line.ask("leave", { room: "0" });
  return line.events.length === heard;
};

const find = async (member: Member, search: string) =>
  (await member.call("GET", `/api/people?search=${encodeURIComponent(search)}`))
    .json<{ people: { username: string }[] }>()
    .people.map(({ username }) => username);

describe("rooms", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada is the first of all; Brin and Cleo are on the other server. */
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

  test("[RM1] who makes a room is its moderator; an open one is found by all and joined by anyone", async () => {
    const room = await make(ada, "open", "Garden talk");
    assert.equal(room.role, "moderator");
    assert.deepEqual(
      [room.kind, room.name, room.topic, room.members, room.posting, room.archived],
      ["open", "Garden talk", "About Garden talk", 1, "everyone", false],
    );
    await ada.say("Welcome to the garden", "garden-welcome", room.id);
    const found = await brin.call("GET", "/api/open-rooms?search=GARDEN%20about");
    const [open] = found.json<OpenRoomsResult>().rooms;
    assert.ok(open);
    assert.deepEqual([open.id, open.members, open.isMember], [room.id, 1, false]);
    assert.equal(open.last?.message, "Welcome to the garden");
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}/messages`)), 404);
    assert.equal(await status(put(brin, room.id, brin)), 204);
    assert.equal(await status(put(brin, room.id, brin)), 204);
    assert.deepEqual((await ids(brin)).toSorted(), ["0", room.id].toSorted());
    assert.equal((await brin.history("", room.id)).messages.length, 1);
    const { members } = (
      await brin.call("GET", `/api/rooms/${room.id}/members`)
    ).json<MembersResult>();
    assert.deepEqual(
      members.map(({ username, role }) => [username, role]),
      [
        ["Ada", "moderator"],
        ["Brin", "member"],
      ],
    );
  });

  test("[RM2] a closed room is not there for who was not invited, and only its moderators invite", async () => {
    const room = await make(ada, "closed", "Plans");
    const nowhere = "987654";
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PATCH", "", { name: "Mine" }],
      ["DELETE", "", undefined],
      ["GET", "/members", undefined],
      ["PUT", `/members/${brin.me.id}`, {}],
      ["PUT", `/members/${ada.me.id}`, { role: "member" }],
      ["DELETE", `/members/${ada.me.id}`, undefined],
      ["GET", "/messages", undefined],
      ["POST", "/messages", { cid: "not-a-member", message: "hello" }],
    ] as const) {
      const there = await brin.call(method, `/api/rooms/${room.id}${path}`, body);
      const not = await brin.call(method, `/api/rooms/${nowhere}${path}`, body);
      assert.deepEqual([there.status, there.text], [404, not.text], `${method} ${path}`);
    }
    const found = await brin.call("GET", "/api/open-rooms?search=plans");
    assert.deepEqual(found.json<OpenRoomsResult>().rooms, []);
    assert.equal(await status(put(ada, room.id, brin)), 204);
    assert.equal(await status(put(brin, room.id, cleo)), 403);
    assert.equal(await status(put(ada, room.id, brin, { role: "moderator" })), 204);
    assert.equal(await status(put(brin, room.id, cleo)), 204);
    assert.equal(await status(ada.call("PUT", `/api/rooms/${room.id}/members/4711`, {})), 404);
  });

  test("[RM3] who is removed hears nothing more within a second, on any server, by socket and stream", async () => {
    const room = await make(ada, "closed", "Removals");
    await put(ada, room.id, brin);
    await using line = await brin.connect();
    await line.join(undefined, room.id);
    const stop = new AbortController();
    const stream = await fetch(`${brin.url}/api/events?rooms=${room.id}`, {
      headers: { Authorization: `Bearer ${brin.token}` },
      signal: stop.signal,
    });
    let streamed = "";
    const reading = (async () => {
      for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        streamed += part;
      }
    })().catch(() => undefined);
    await ada.say("still heard", "still-heard-by-all", room.id);
    await line.until(() => line.texts().includes("still heard"), "the message");
    assert.equal(await status(remove(brin, room.id, ada)), 403);
    assert.equal(await status(remove(ada, room.id, brin)), 204);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.deepEqual(line.notices, [{ room: room.id, gone: true }]);
    assert.ok(await isDeaf(line, room.id, ada));
    assert.ok(streamed.includes("still heard") && streamed.includes('"gone":true'));
    assert.ok(!streamed.includes("is anyone there?"));
    stop.abort();
    await reading;
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}/messages`)), 404);
    assert.deepEqual(await ids(brin).then((all) => all.includes(room.id)), false);
  });

  test("[RM11] who is banned is out within a second, and stays out until the ban is over or lifted", async () => {
    const room = await make(ada, "open", "Bans");
    await put(brin, room.id, brin);
    await using line = await brin.connect();
    await line.join(undefined, room.id);
    const ban = (by: Member, whom: Member, body: object) =>
      status(by.call("PUT", `/api/rooms/${room.id}/bans/${whom.me.id}`, body));
    assert.equal(await ban(brin, ada, {}), 403);
    assert.equal(await ban(ada, ada, {}), 403);
    assert.equal(await ban(cleo, brin, {}), 404);
    assert.equal(await ban(ada, brin, { reason: "x".repeat(LIMITS.topicCharsMax + 1) }), 422);
    assert.equal(await ban(ada, brin, { reason: "Shouting" }), 204);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.ok(await isDeaf(line, room.id, ada));
    const refused = await put(brin, room.id, brin);
    assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [403, "banned"]);
    assert.equal(await status(put(ada, room.id, brin)), 403);
    const { bans } = (await ada.call("GET", `/api/rooms/${room.id}/bans`)).json<BansResult>();
    assert.deepEqual(bans, [
      { id: brin.me.id, username: "Brin", reason: "Shouting", by: ada.me.id },
    ]);
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}/bans`)), 404);
    await ada.call("DELETE", `/api/rooms/${room.id}/bans/${brin.me.id}`);
    assert.equal(await status(put(brin, room.id, brin)), 204);
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}/bans`)), 403);
    assert.equal(await ban(ada, brin, { until: Math.floor(Date.now() / 1000) - 1 }), 204);
    assert.equal(await status(put(brin, room.id, brin)), 204);
  });

  test("[RM4] anyone may leave any room but General, and nobody is taken out of General", async () => {
    const room = await make(ada, "open", "Leaving");
    await put(brin, room.id, brin);
    assert.equal(await status(remove(brin, room.id, brin)), 204);
    assert.equal(await status(remove(brin, room.id, brin)), 404);
    assert.equal(await status(remove(brin, "0", brin)), 403);
    assert.equal(await status(remove(ada, "0", brin)), 403);
    assert.equal(await status(ada.call("DELETE", "/api/rooms/0")), 403);
    assert.equal(await status(ada.call("PATCH", "/api/rooms/0", { archived: true })), 403);
  });

  test("[RM5] a chat of two is one, under the tutorial's name, unseen until a word is said", async () => {
    const opened = await brin.call("POST", "/api/chats", { people: [cleo.me.id] });
    assert.equal(opened.status, 201);
    const chat = opened.json<Room>();
    assert.equal(chat.id, `${brin.me.id}:${cleo.me.id}`);
    assert.deepEqual(
      [chat.kind, chat.people.map(({ username }) => username)],
      ["private", ["Cleo"]],
    );
    assert.ok(!(await ids(cleo)).includes(chat.id));
    const again = await cleo.call("POST", "/api/chats", { people: [brin.me.id] });
    assert.equal(again.status, 200);
    assert.equal(again.json<Room>().id, chat.id);
    await remove(cleo, chat.id, cleo);
    assert.ok(!(await ids(cleo)).includes(chat.id));
    await using line = await cleo.connect();
    await brin.say("psst", "psst-psst-psst", chat.id);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.ok((await ids(cleo)).includes(chat.id));
    assert.equal(await world.redis.cli("SISMEMBER", `user:${cleo.me.id}:rooms`, chat.id), "1");
    for (const path of ["", "/messages", "/members"]) {
      assert.equal(await status(ada.call("GET", `/api/rooms/${chat.id}${path}`)), 404);
    }
    assert.equal(await status(put(brin, chat.id, ada)), 403);
    assert.equal(await status(remove(brin, chat.id, cleo)), 403);
    assert.equal(
      await status(brin.call("PATCH", `/api/rooms/${chat.id}`, { name: "A room" })),
      403,
    );
  });

  test("[RM5] a chat with oneself is a note pad; one of more people gets a name of its own", async () => {
    const notes = (await ada.call("POST", "/api/chats", { people: [] })).json<Room>();
    assert.equal(notes.id, `${ada.me.id}:${ada.me.id}`);
    assert.deepEqual([notes.members, notes.people], [1, []]);
    const people = [brin.me.id, cleo.me.id];
    const group = (await ada.call("POST", "/api/chats", { people })).json<Room>();
    assert.deepEqual([group.kind, group.members, group.people.length], ["private", 3, 2]);
    assert.ok(!group.id.includes(":"));
    const nine = Array.from({ length: LIMITS.chatPeopleMax }, (_, at) => 100 + at);
    assert.equal(await status(ada.call("POST", "/api/chats", { people: nine })), 422);
    assert.equal(await status(ada.call("POST", "/api/chats", { people: [4711] })), 404);
  });

  test("[RM6] moderators rename, restrict and archive a room, and everyone in it is told", async () => {
    const room = await make(ada, "open", "Changes");
    await put(brin, room.id, brin);
    await using line = await brin.connect();
    assert.equal(await status(brin.call("PATCH", `/api/rooms/${room.id}`, { name: "Mine" })), 403);
    const change = { name: "Changed", topic: "", posting: "moderators" };
    const changed = (await ada.call("PATCH", `/api/rooms/${room.id}`, change)).json<Room>();
    assert.deepEqual([changed.name, changed.topic, changed.posting], ["Changed", "", "moderators"]);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.equal(await status(brin.say("may I?", "may-i-say-it", room.id)), 403);
    assert.equal(await status(ada.say("I may", "i-may-say-it", room.id)), 201);
    await ada.call("PATCH", `/api/rooms/${room.id}`, { archived: true });
    const refused = await ada.say("too late", "too-late-to-say", room.id);
    assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [409, "archived"]);
    assert.equal((await brin.history("", room.id)).messages.length, 1);
    const open = async () =>
      (await cleo.call("GET", "/api/open-rooms")).json<OpenRoomsResult>().rooms.map(({ id }) => id);
    assert.ok(!(await open()).includes(room.id));
    assert.equal(await status(put(cleo, room.id, cleo)), 403);
    await ada.call("PATCH", `/api/rooms/${room.id}`, { archived: false });
    assert.ok((await open()).includes(room.id));
  });

  test("[RM7] a deleted room is nowhere: not in Redis, not for anyone", async () => {
    const room = await make(ada, "closed", "Short-lived");
    await put(ada, room.id, brin);
    await ada.say("soon gone for ever", "soon-gone-for-ever", room.id);
    await using line = await brin.connect();
    await line.join(undefined, room.id);
    assert.equal(await status(brin.call("DELETE", `/api/rooms/${room.id}`)), 403);
    assert.equal(await status(ada.call("DELETE", `/api/rooms/${room.id}`)), 204);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.equal(await status(brin.call("GET", `/api/rooms/${room.id}`)), 404);
    const keys = (await world.redis.cli("KEYS", `*room:${room.id}*`)).split("\n");
    assert.deepEqual(
      keys.filter((key) => key !== "" && !key.includes(":sent:")),
      [],
    );
    assert.ok(!(await ids(ada)).includes(room.id));
    const next = await make(ada, "closed", "Another");
    assert.notEqual(next.id, room.id);
  });

  for (const [what, body] of [
    ["no name", { kind: "open", name: "" }],
    ["a blank name", { kind: "open", name: "\u2800" }],
    ["a long name", { kind: "open", name: "x".repeat(LIMITS.roomNameCharsMax + 1) }],
    ["a line break", { kind: "open", name: "a\nb" }],
    ["a turned name", { kind: "open", name: "a\u202eb" }],
    ["half a character", { kind: "open", name: "a\ud800" }],
    ["a long topic", { kind: "open", name: "a", topic: "x".repeat(LIMITS.topicCharsMax + 1) }],
  ] as const) {
    test(`[RM8] a room with ${what} is refused, and none is made`, async () => {
      const mine = await ids(cleo);
      assert.equal(await status(cleo.call("POST", "/api/rooms", body)), 422);
      assert.deepEqual(await ids(cleo), mine);
    });
  }

  test("[RM8] names and topics may be as long as they may be", async () => {
    const name = "é".repeat(LIMITS.roomNameCharsMax);
    const topic = "👍".repeat(LIMITS.topicCharsMax);
    const answer = await cleo.call("POST", "/api/rooms", { kind: "closed", name, topic });
    assert.equal(answer.status, 201);
    assert.deepEqual([answer.json<Room>().name, answer.json<Room>().topic], [name, topic]);
  });

  test("[RM9] one person makes up to ten rooms at once, and is in up to 200", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        status(dora.call("POST", "/api/rooms", { kind: "closed", name: `Room ${at}` })),
      ),
    );
    assert.deepEqual(
      answers.toSorted((a, b) => a - b),
      [...Array<number>(10).fill(201), 429, 429],
    );
    const room = await make(ada, "open", "One too many");
    const rooms = `user:${dora.me.id}:rooms`;
    const fill = Array.from(
      { length: LIMITS.roomsPerUserMax - 11 },
      (_, at) => `${7_000_000 + at}`,
    );
    await world.redis.cli("SADD", rooms, ...fill);
    const refused = await put(dora, room.id, dora);
    assert.deepEqual(
      [refused.status, refused.json<{ code: string }>().code],
      [409, "too-many-rooms"],
    );
    await world.redis.cli("SREM", rooms, fill[0] ?? "");
    assert.equal(await status(put(dora, room.id, dora)), 204);
  });

  test("[RM10] people are found by how their name begins", async () => {
    assert.deepEqual(await find(ada, "BR"), ["Brin"]);
    assert.deepEqual(await find(ada, "ｃｌ"), ["Cleo"]);
    assert.deepEqual(await find(ada, ""), []);
    assert.deepEqual(await find(ada, "[("), []);
    assert.deepEqual(await find(ada, "\u{10ffff}"), []);
  });
});

test("[RM3] who is removed hears nothing more within half a minute even if the news of it is lost", async () => {
  await using world = await twoServers();
  const ada = await Member.enter(world.one.url, "Ada");
  const brin = await Member.enter(world.two.url, "Brin");
  const room = await make(ada, "closed", "Lost news");
  await put(ada, room.id, brin);
  await using line = await brin.connect();
  await line.join(undefined, room.id);
  await world.redis.cli("HDEL", `{room:${room.id}}:members`, String(brin.me.id));
  await line.until(() => line.notices.length > 0, "the notice", 30_000);
  assert.deepEqual(line.notices, [{ room: room.id, gone: true }]);
  assert.ok(await isDeaf(line, room.id, ada));
});
