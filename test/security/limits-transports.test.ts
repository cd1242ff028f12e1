/** Limits that can be reached in more than one way: by REST, over the socket, and by the event stream alike. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { accessMessage } from "#server/core/access/room-access.ts";
import type { ErrorCode } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { SendResult } from "#protocol/commands.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Room } from "#protocol/room.ts";
import { keys } from "#server/redis/keys.ts";
import { MessageChanges } from "#server/redis/log/message-changes.ts";
import { atLeast, upTo } from "#test/security/bounds.ts";
import { mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import { Stream } from "#test/support/event-stream.ts";
import type { Answer, Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import { ask } from "#test/support/raw-http.ts";
import { until } from "#test/support/until.ts";

const world = await openWorld();
const { url, port, store } = world;
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");

/** A room of Ada's, with Brin in it. */
async function newRoom(): Promise<string> {
  const room = String(5_000_000 + rooms++);
  await store.hSet(keys.roomMembers(room), { [ada.me.id]: "moderator", [brin.me.id]: "member" });
  await store.hSet(keys.roomMeta(room), "kind", "closed");
  return room;
}
let rooms = 0;

const say = async (room: string, by = ada) =>
  (await by.say("hello", randomUUID(), room)).json<SendResult>().id;

function mustBe(answer: Answer, refused: ErrorCode | undefined, what: string): void {
  if (refused === undefined) assert.ok(answer.status < 300, `${what}: ${answer.text}`);
  else mustRefuse(answer, refused, what);
}

async function mustAnswer(
  line: Line,
  command: string,
  payload: object,
  refused: ErrorCode | undefined,
) {
  const answer = await line.ask<object>(command, payload);
  assert.equal("error" in answer ? answer.error.code : undefined, refused, command);
}

for (const [what, size, refused] of upTo(
  LIMITS.messageCharsMax,
  "characters",
  "message-not-allowed",
)) {
  test(`an edit to ${size} ${what} is ${refused ?? "taken"}, by REST and socket`, async () => {
    const room = await newRoom();
    const id = await say(room);
    const message = "語".repeat(size);
    const path = `/api/rooms/${room}/messages/${id}`;
    mustBe(await ada.call("PATCH", path, { message }), refused, path);
    await using line = await ada.connect();
    await mustAnswer(line, "edit", { room, id, message }, refused);
  });
}

for (const [what, size, refused] of [
  ...atLeast(LIMITS.cidCharsMin, "characters", "bad-request"),
  ...upTo(LIMITS.cidCharsMax, "characters", "bad-request"),
]) {
  test(`a cid of ${size} ${what} is ${refused ?? "taken"} over the socket`, async () => {
    await using line = await brin.connect();
    const command = { room: "0", cid: "c".repeat(size), message: "hello" };
    await mustAnswer(line, "send", command, refused);
  });
}

test("the longest emoji there is can be a reaction; more units are none, by REST and socket", async () => {
  const room = await newRoom();
  const id = await say(room);
  const longest = "👩🏻‍❤️‍💋‍👩🏼";
  assert.ok(longest.length < LIMITS.emojiUnitsMax);
  const path = `/api/rooms/${room}/messages/${id}/reactions`;
  await using line = await brin.connect();
  for (const [emoji, refused] of [
    [longest, undefined],
    ["👍".repeat(LIMITS.emojiUnitsMax / 2), "bad-request"],
    [`${"👍".repeat(LIMITS.emojiUnitsMax / 2)}x`, "bad-request"],
  ] as const) {
    mustBe(await ada.call("PUT", path, { emoji }), refused, emoji);
    await mustAnswer(line, "react", { room, id, emoji }, refused);
  }
});

/** So many different ones. */
const EMOJI = Array.from({ length: 80 }, (_, at) => String.fromCodePoint(0x1f400 + at)).filter(
  (each) => /^\p{RGI_Emoji}$/v.test(each),
);

test("a message has its most different reactions, and not one more, by REST and socket", async () => {
  const room = await newRoom();
  const id = await say(room);
  const marks = new MessageChanges(store);
  const mine = LIMITS.reactionsPerPersonMax;
  const given = EMOJI.slice(0, LIMITS.reactionsMax - 2);
  for (const [at, emoji] of given.entries()) {
    const by = 9_000 + Math.floor(at / mine);
    await store.hSet(keys.roomMembers(room), String(by), "member");
    const marked = await marks.mark(accessMessage({ id: by }, room, id), { emoji, isOn: true });
    assert.equal(marked.kind, "changed");
  }
  const [below, at, above] = EMOJI.slice(given.length);
  const path = `/api/rooms/${room}/messages/${id}/reactions`;
  mustBe(await ada.call("PUT", path, { emoji: below }), undefined, "one below");
  await using line = await brin.connect();
  await mustAnswer(line, "react", { room, id, emoji: at }, undefined);
  mustBe(await ada.call("PUT", path, { emoji: above }), "too-many-marks", "one above");
  await mustAnswer(line, "react", { room, id, emoji: above }, "too-many-marks");
});

test("a person has their most reactions to a message, and not one more, over the socket too", async () => {
  const room = await newRoom();
  const id = await say(room);
  await using line = await brin.connect();
  for (const [at, emoji] of EMOJI.slice(0, LIMITS.reactionsPerPersonMax + 1).entries()) {
    const refused = at < LIMITS.reactionsPerPersonMax ? undefined : "too-many-marks";
    await mustAnswer(line, "react", { room, id, emoji }, refused);
  }
});

test("a room has its most pins, and not one more, by REST and socket", async () => {
  const room = await newRoom();
  const ids = [await say(room), await say(room), await say(room)];
  const fill = Array.from({ length: LIMITS.pinsMax - 2 }, (_, at) => ({
    score: at + 1,
    value: `${at + 1}.000000`,
  }));
  await store.zAdd(keys.roomPins(room), fill);
  await using line = await ada.connect();
  const path = `/api/rooms/${room}/pins`;
  mustBe(await ada.call("PUT", `${path}/${ids[0]}`), undefined, "one below");
  await mustAnswer(line, "pin", { room, id: ids[1] }, undefined);
  mustBe(await ada.call("PUT", `${path}/${ids[2]}`), "too-many-marks", "one above");
  await mustAnswer(line, "pin", { room, id: ids[2] }, "too-many-marks");
});

for (const [what, size, refused] of upTo(LIMITS.mentionsMax, "names", "internal")) {
  test(`of ${size} ${what} in a text the first ${LIMITS.mentionsMax} count, by REST and socket`, async () => {
    const room = await newRoom();
    const names = Array.from({ length: size - 1 }, (_, at) => `@nobody${at}`).join(" ");
    const message = `${names} @brin`;
    await ada.say(message, randomUUID(), room);
    await using line = await ada.connect();
    await line.send(message, randomUUID(), room);
    const { messages } = await ada.history("", room);
    const counted = refused === undefined ? [brin.me.id] : undefined;
    assert.deepEqual(
      messages.map(({ mentions }) => mentions),
      [counted, counted],
    );
  });
}

for (const [what, size, refused] of upTo(LIMITS.callPeopleMax, "people", "not-allowed")) {
  test(`in a room of ${size} ${what} a call by a member is ${refused ?? "made"}, by REST and socket`, async () => {
    const room = await newRoom();
    const others = Array.from({ length: size - 2 }, (_, at) => [String(9_000 + at), "member"]);
    await store.hSet(keys.roomMembers(room), others.flat());
    const draft = { message: "@room!", calls: "room" };
    const path = `/api/rooms/${room}/messages`;
    mustBe(await brin.call("POST", path, { cid: randomUUID(), ...draft }), refused, path);
    await using line = await brin.connect();
    await mustAnswer(line, "send", { room, cid: randomUUID(), ...draft }, refused);
  });
}

for (const [what, size, refused] of upTo(LIMITS.roomsPerConnectionMax, "rooms", "bad-request")) {
  test(`an event stream of ${size} ${what} is ${refused ?? "opened"}`, async () => {
    const ids = Array.from({ length: size }, (_, at) => String(6_000_000 + at));
    for (const id of ids) await store.hSet(keys.roomMembers(id), String(brin.me.id), "member");
    await using stream = await Stream.open(brin, `?rooms=${ids.join()}`);
    assert.equal(stream.response.statusCode, refused === undefined ? 200 : ERRORS[refused].status);
    if (refused === undefined) await stream.until(size);
  });
}

test("a user has their most connections, of streams and sockets together, however fast they come", async () => {
  const cleo = await Member.enter(url, "cleo");
  const most = LIMITS.connectionsPerUserMax;
  await using first = await cleo.connect();
  await first.join();
  const tried = await Promise.all(
    Array.from({ length: most + 15 }, () => Stream.open(cleo, "?rooms=0")),
  );
  const status = tried.map(({ response }) => response.statusCode);
  assert.equal(status.filter((code) => code === 200).length, most - 1);
  assert.equal(status.filter((code) => code === 429).length, 16);
  await assert.rejects(cleo.connect(), /connections/u);
  const open = tried.find(({ response }) => response.statusCode === 200);
  await open?.[Symbol.asyncDispose]();
  await until(
    async () => {
      const again = await Stream.open(cleo, "?rooms=0");
      if (again.response.statusCode !== 200) return false;
      tried.push(again);
      return true;
    },
    { what: "a place that became free is given" },
  );
  for (const each of tried) await each[Symbol.asyncDispose]();
});

for (const [field, most] of [
  ["name", LIMITS.roomNameCharsMax],
  ["topic", LIMITS.topicCharsMax],
] as const) {
  for (const [what, size, refused] of upTo(most, "characters", "room-not-allowed")) {
    test(`a room's ${field} of ${size} ${what} is ${refused ?? "taken"}, made and changed`, async () => {
      const maker = await Member.enter(url, `maker-${field}-${size}`);
      const draft = { kind: "closed", name: "x", [field]: "語".repeat(size) };
      mustBe(await maker.call("POST", "/api/rooms", draft), refused, "made");
      const room = (
        await maker.call("POST", "/api/rooms", { kind: "closed", name: "x" })
      ).json<Room>();
      const change = { [field]: "😀".repeat(size) };
      mustBe(await maker.call("PATCH", `/api/rooms/${room.id}`, change), refused, "changed");
    });
  }
}

for (const [field, most] of [
  ["displayName", LIMITS.displayNameCharsMax],
  ["about", LIMITS.aboutCharsMax],
] as const) {
  for (const [what, size, refused] of upTo(most, "characters", "profile-not-allowed")) {
    test(`${field} of ${size} ${what} is ${refused ?? "taken"}`, async () => {
      mustBe(await brin.call("PATCH", "/api/me", { [field]: "x".repeat(size) }), refused, field);
    });
  }
}

for (const [what, size, refused] of upTo(LIMITS.reasonCharsMax, "characters", "room-not-allowed")) {
  test(`a ban for a reason of ${size} ${what} is ${refused ?? "taken"}`, async () => {
    const path = `/api/rooms/${await newRoom()}/bans/${brin.me.id}`;
    mustBe(await ada.call("PUT", path, { reason: "語".repeat(size) }), refused, path);
  });
}

for (const [what, size, refused] of upTo(LIMITS.chatPeopleMax, "people", "room-not-allowed")) {
  test(`a private chat of ${size} ${what} is ${refused ?? "opened"}`, async () => {
    const people = Array.from({ length: size - 1 }, (_, at) => 9_500 + at);
    for (const id of people) await store.hSet(keys.user(id), "username", `chat${id}`);
    mustBe(await ada.call("POST", "/api/chats", { people }), refused, what);
  });
}

for (const [what, size, refused] of upTo(LIMITS.headerBytesMax, "bytes", "headers-too-large")) {
  test(`headers of ${size} ${what}, with the address, are ${refused ?? "read"}`, async () => {
    const counted = `/healthzHost127.0.0.1:${port}x-pad`.length;
    const answer = await ask(port, "GET /healthz", [`x-pad: ${"x".repeat(size - counted)}`]);
    if (refused === undefined) assert.equal(answer.status, 200);
    else mustRefuse(answer, refused);
  });
}

test("after all of this the server is as it was", async () => {
  await mustBeWell(world);
});
