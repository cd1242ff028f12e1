/** Replies, mentions, reactions and pins over two real servers, all in the room's one order. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PinsResult } from "#protocol/api.ts";
import type { ChangeResult, JoinResult, SendResult, TypingNotice } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { Message } from "#protocol/message.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Room } from "#protocol/room.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const codeOf = (answer: object | { readonly error: CommandError }) =>
  "error" in answer ? answer.error.code : "done";

let cids = 0;
const post = async (member: Member, room: string, body: object) => {
  const answer = await member.call("POST", `/api/rooms/${room}/messages`, {
    cid: `marks-test-${++cids}`,
    ...body,
  });
  return { status: answer.status, id: answer.json<Partial<SendResult>>().id ?? "" };
};

const messageOf = (line: Line, id: string): Message | undefined => {
  const event = line.events.findLast(({ data }) => data?.id === id);
  return event?.data ?? undefined;
};
const told = async (line: Line, id: string, isSo: (message: Message) => boolean) => {
  await line.until(() => {
    const message = messageOf(line, id);
    return message !== undefined && isSo(message);
  }, "the change");
};

describe("messages and what is put to them", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  let room: string;
  let here: Line;
  let there: Line;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    cleo = await Member.enter(world.two.url, "Cleo");
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name: "Marks" });
    room = made.json<Room>().id;
    await brin.call("PUT", `/api/rooms/${room}/members/${brin.me.id}`, {});
    [here, there] = await Promise.all([ada.connect(), brin.connect()]);
    await Promise.all([here.join(undefined, room), there.join(undefined, room)]);
  });
  after(async () => {
    for (const line of [here, there]) await line[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  test("[MS1] a reply names the message it answers, which must be there", async () => {
    const first = await post(ada, room, { message: "Shall we?" });
    const reply = await post(brin, room, { message: "We shall", replyTo: first.id });
    await told(here, reply.id, ({ replyTo }) => replyTo === first.id);
    assert.equal((await post(brin, room, { message: "?", replyTo: "1.000000" })).status, 422);
    assert.equal((await post(brin, room, { message: "?", replyTo: "yesterday" })).status, 422);
    const elsewhere = await post(brin, "0", { message: "?", replyTo: first.id });
    assert.equal(elsewhere.status, 422);
  });

  test("[MS2] a text names members of the room, whatever the case, and nobody else", async () => {
    const text = "@BRIN, @ada. and @cleo, @nobody, mail@brin.example, @brin again";
    const { id } = await post(ada, room, { message: text });
    await told(there, id, ({ mentions }) => mentions !== undefined);
    assert.deepEqual(messageOf(there, id)?.mentions, [brin.me.id, ada.me.id]);
    await ada.call("PATCH", `/api/rooms/${room}/messages/${id}`, { message: "@ada only" });
    await told(there, id, ({ edited }) => edited !== undefined);
    assert.deepEqual(messageOf(there, id)?.mentions, [ada.me.id]);
    const many = Array.from({ length: LIMITS.mentionsMax }, (_, at) => `@nobody${at}`).join(" ");
    const crowd = await post(ada, room, { message: `${many} @brin` });
    await told(there, crowd.id, () => true);
    assert.equal(messageOf(there, crowd.id)?.mentions, undefined);
  });

  test("[MS3] everybody is called only on purpose, and in a large room only by moderators", async () => {
    const words = await post(brin, room, { message: "I said @room" });
    await told(here, words.id, () => true);
    assert.equal(messageOf(here, words.id)?.calls, undefined);
    const call = await post(brin, room, { message: "@here, please", calls: "here" });
    await told(here, call.id, ({ calls }) => calls === "here");
    assert.equal((await post(brin, room, { message: "please", calls: "room" })).status, 422);
    const crowd = Array.from({ length: LIMITS.callPeopleMax }, (_, at) => [
      `${5000 + at}`,
      "member",
    ]);
    await world.redis.cli("HSET", `{room:${room}}:members`, ...crowd.flat());
    assert.equal((await post(brin, room, { message: "@room!", calls: "room" })).status, 403);
    assert.equal((await post(ada, room, { message: "@room!", calls: "room" })).status, 201);
    await world.redis.cli("HDEL", `{room:${room}}:members`, ...crowd.map(([id = ""]) => id));
  });

  test("[MS4] reactions are one's own, done once, and heard by everyone in the room's order", async () => {
    const { id } = await post(ada, room, { message: "React to this" });
    const react = (line: Line, emoji: string, remove?: true) =>
      line.ask<ChangeResult>("react", { room, id, emoji, ...(remove && { remove }) });
    const first = await react(there, "👍");
    assert.deepEqual(await react(there, "👍"), first);
    await Promise.all([react(here, "👍"), react(here, "❤️"), react(there, "🏳️‍🌈")]);
    await told(here, id, ({ reactions }) => Object.values(reactions ?? {}).flat().length === 4);
    assert.deepEqual(
      Object.entries(messageOf(here, id)?.reactions ?? {})
        .map(([emoji, ids]) => `${emoji} ${ids.toSorted((a, b) => a - b).join(",")}`)
        .toSorted(),
      [`👍 ${ada.me.id},${brin.me.id}`, `❤️ ${ada.me.id}`, `🏳️‍🌈 ${brin.me.id}`].toSorted(),
    );
    await react(there, "👍", true);
    await react(here, "👍", true);
    await told(there, id, ({ reactions }) => reactions?.["👍"] === undefined);
    for (const emoji of ["", "a", "👍👍", "<b>", "__proto__", "1"]) {
      await using line = await ada.connect();
      const answer = await line.ask<ChangeResult>("react", { room, id, emoji });
      assert.equal(codeOf(answer), "bad-request", emoji);
    }
    for (const [at, event] of here.events.entries()) {
      const last = here.events[at - 1];
      if (last !== undefined) assert.equal(event.prev, last.id);
    }
    await using stranger = await cleo.connect();
    assert.equal(codeOf(await stranger.ask("react", { room, id, emoji: "👍" })), "not-found");
  });

  test("[MS4] many who react at once all count; one person has up to 20 reactions to a message", async () => {
    const { id } = await post(ada, room, { message: "Everybody at once" });
    const emojis = ["😀", "😁", "😂", "😃", "😄", "😅", "😆", "😇", "😈", "😉", "😊"];
    emojis.push("😋", "😌", "😍", "😎", "😏", "😐", "😑", "😒", "😓", "😔");
    assert.equal(emojis.length, LIMITS.reactionsPerPersonMax + 1);
    const path = `/api/rooms/${room}/messages/${id}/reactions`;
    const answers = await Promise.all(
      emojis.flatMap((emoji, at) =>
        [ada, brin].slice(0, at < 3 ? 2 : 1).map((who) => who.call("PUT", path, { emoji })),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      refused.map((answer) => answer.json<{ code: string }>().code),
      ["too-many-marks"],
    );
    const [message] = (await ada.history("?limit=1", room)).messages;
    const counted = Object.values(message?.reactions ?? {}).flat();
    assert.equal(counted.length, LIMITS.reactionsPerPersonMax + 3);
    const [emoji = ""] = Object.keys(message?.reactions ?? {});
    const gone = await ada.call("DELETE", `${path}/${encodeURIComponent(emoji)}`);
    assert.equal(gone.status, 200);
  });

  test("[MS5] moderators pin up to 50 messages; a deleted one is not pinned", async () => {
    const { id } = await post(brin, room, { message: "Important" });
    assert.equal(codeOf(await there.ask("pin", { room, id })), "not-allowed");
    assert.equal(codeOf(await here.ask("pin", { room, id })), "done");
    assert.equal(codeOf(await there.ask("pin", { room, id })), "not-allowed");
    await told(there, id, ({ pinned }) => pinned === ada.me.id);
    const pins = async () =>
      (await brin.call("GET", `/api/rooms/${room}/pins`)).json<PinsResult>().messages;
    assert.deepEqual(
      (await pins()).map((message) => message.id),
      [id],
    );
    assert.equal((await cleo.call("GET", `/api/rooms/${room}/pins`)).status, 404);
    const second = await post(ada, room, { message: "Soon gone" });
    await ada.call("PUT", `/api/rooms/${room}/pins/${second.id}`);
    assert.deepEqual(
      (await pins()).map((message) => message.id),
      [second.id, id],
    );
    await there.ask("remove", { room, id });
    await ada.call("DELETE", `/api/rooms/${room}/pins/${second.id}`);
    assert.deepEqual(await pins(), []);
    const fill = Array.from({ length: LIMITS.pinsMax }, (_, at) => [
      `${at + 1}`,
      `${at + 1}.000000`,
    ]);
    await world.redis.cli("ZADD", `{room:${room}}:pins`, ...fill.flat());
    assert.equal(codeOf(await here.ask("pin", { room, id: second.id })), "too-many-marks");
    await world.redis.cli("DEL", `{room:${room}}:pins`);
    const chat = (await brin.call("POST", "/api/chats", { people: [cleo.me.id] })).json<Room>();
    const note = await post(brin, chat.id, { message: "For us both" });
    assert.equal((await cleo.call("PUT", `/api/rooms/${chat.id}/pins/${note.id}`)).status, 200);
  });

  test("[MS6] who was away recovers reactions and pins like edits", async () => {
    const { id } = await post(ada, room, { message: "While you were away" });
    const { position } = await (async () => {
      await using line = await brin.connect();
      return await line.join(undefined, room);
    })();
    await ada.call("PUT", `/api/rooms/${room}/messages/${id}/reactions`, { emoji: "👋" });
    await ada.call("PUT", `/api/rooms/${room}/pins/${id}`);
    await using line = await brin.connect();
    const joined: JoinResult = await line.join(position, room);
    assert.equal(joined.state, "recovered");
    const [changed] = joined.changes ?? [];
    assert.deepEqual([changed?.reactions, changed?.pinned], [{ "👋": [ada.me.id] }, ada.me.id]);
    assert.equal(changed?.marked, joined.position);
    const edited = await ada.call("PATCH", `/api/rooms/${room}/messages/${id}`, {
      message: "Still",
    });
    assert.equal(edited.status, 200);
    const [now] = (await ada.history("?limit=1", room)).messages;
    assert.deepEqual(
      [now?.message, now?.reactions, now?.pinned],
      ["Still", changed?.reactions, ada.me.id],
    );
  });

  test("[MS7] moderators delete what others said, and change none of it; the text is gone from Redis", async () => {
    const { id } = await post(brin, room, { message: "a-very-rude-word" });
    const path = `/api/rooms/${room}/messages/${id}`;
    assert.equal((await ada.call("PATCH", path, { message: "I am nice" })).status, 404);
    assert.equal((await ada.call("DELETE", path)).status, 200);
    await told(there, id, ({ deleted }) => deleted !== undefined);
    assert.equal(messageOf(there, id)?.message, "");
    const own = await post(ada, room, { message: "by a moderator" });
    assert.equal((await brin.call("DELETE", `/api/rooms/${room}/messages/${own.id}`)).status, 404);
    const stored = await world.redis.cli("ZRANGE", `room:${room}`, "0", "-1");
    assert.ok(!stored.includes("a-very-rude-word"));
  });

  test("[TY1] who hears the room is told that somebody types, and Redis keeps nothing of it", async () => {
    const notices: TypingNotice[] = [];
    here.socket.on("typing", (notice) => void notices.push(notice));
    const kept = await world.redis.cli("DBSIZE");
    for (let at = 0; at < 5; at++) assert.deepEqual(await there.ask("typing", { room }), {});
    await post(brin, room, { message: "What I was typing" });
    await here.until(() => here.texts().includes("What I was typing"), "the message");
    assert.deepEqual(notices, [{ room, user: brin.me.id }]);
    // One retry record for the message.
    assert.equal(Number(await world.redis.cli("DBSIZE")), Number(kept) + 1);
    await using stranger = await cleo.connect();
    assert.equal(codeOf(await stranger.ask("typing", { room })), "not-found");
  });

  test("[RM6] nothing in an archived room changes any more", async () => {
    const { id } = await post(ada, room, { message: "The last word" });
    await ada.call("PATCH", `/api/rooms/${room}`, { archived: true });
    assert.equal(codeOf(await here.ask("react", { room, id, emoji: "👍" })), "archived");
    assert.equal(codeOf(await here.ask("edit", { room, id, message: "Not the last" })), "archived");
    assert.equal(codeOf(await here.ask("remove", { room, id })), "archived");
    assert.equal(codeOf(await here.ask("pin", { room, id })), "archived");
  });
});
