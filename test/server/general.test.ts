/** General: sending, hearing and reading back, by socket and by REST, over two servers. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { SendResult } from "#protocol/commands.ts";
import { comparePositions } from "#protocol/position.ts";
import { Member } from "#test/support/member.ts";
import { startServer } from "#test/support/server-process.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

describe("General", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
  });
  after(() => world[Symbol.asyncDispose]());

  test("[DL8] what is sent on one server is heard on both, by its sender too, once and in one order", async () => {
    await using here = await ada.connect();
    await using there = await brin.connect();
    await Promise.all([here.join(), there.join()]);
    const said = Array.from({ length: 30 }, (_, at) => `${at}`);
    await Promise.all(said.map((text, at) => (at % 2 === 0 ? here : there).send(text)));
    for (const line of [here, there]) {
      await line.until(() => line.events.length >= 30, "30 events");
    }
    assert.deepEqual(here.events, there.events);
    assert.deepEqual(here.texts().toSorted(), said.toSorted());
    for (const [at, event] of here.events.entries()) {
      const last = here.events[at - 1];
      if (last !== undefined) assert.equal(event.prev, last.id);
    }
    const stored = (await ada.history("?limit=30")).messages.map(({ message }) => message);
    assert.deepEqual(stored, here.texts());
  });

  test("[DL11] the answer comes after the event itself, and after everything that was said before", async () => {
    await using here = await ada.connect();
    await using there = await brin.connect();
    await Promise.all([here.join(), there.join()]);
    const sends = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? here : there));
    await Promise.all(
      sends.map(async (line, at) => {
        const answer = await line.send(`in its place ${at}`);
        assert.ok("id" in answer);
        assert.ok(line.events.some(({ id }) => id === answer.id));
      }),
    );
    const [first] = here.events;
    assert.ok(first);
    const author = first.type === "message" && first.data.from === ada.me.id ? here : there;
    const edit = { room: "0", id: first.id, message: "edited" };
    const edited = await author.ask<SendResult>("edit", edit);
    assert.ok("id" in edited && author.events.some(({ id }) => id === edited.id));
  });

  test("[HB1] what one tick brings to a room goes out as one frame", async () => {
    const member = await Member.enter(world.one.url, "Cleo");
    await using line = await member.connect();
    await line.join();
    await Promise.all(Array.from({ length: 20 }, () => line.send("together")));
    await line.until(() => line.events.length === 20, "20 events");
    assert.ok(line.frames < 20, `${line.frames} frames for 20 events`);
  });

  test("[DL3] a message sent again with its cid, over either server and transport, is stored once", async () => {
    await using line = await ada.connect();
    await line.join();
    const cid = randomUUID();
    const answers = await Promise.all([
      line.send("only once", cid),
      ada
        .at(world.two.url)
        .say("only once", cid)
        .then((answer) => answer.json<SendResult>()),
      line.send("only once", cid),
      ada.say("only once", cid).then((answer) => answer.json<SendResult>()),
    ]);
    const ids = new Set(answers.map((answer) => ("id" in answer ? answer.id : "refused")));
    assert.equal(ids.size, 1);
    const { messages } = await ada.history("?limit=100");
    assert.equal(messages.filter((message) => message.cid === cid).length, 1);
  });

  test("[DL4] a cid that was used for another text is refused", async () => {
    const cid = randomUUID();
    assert.equal((await ada.say("first", cid)).status, 201);
    const second = await ada.say("second", cid);
    assert.equal(second.status, 409);
    assert.equal(second.json<{ code: string }>().code, "cid-reused");
    assert.equal((await brin.say("of another person", cid)).status, 201);
  });

  test("[DL9] author, date and id are the server's, whatever the client claims", async () => {
    const claims = {
      from: brin.me.id,
      date: 9e15,
      id: "1.000000",
      roomId: "1:2",
      username: "Brin",
    };
    const body = { cid: randomUUID(), message: "mine", ...claims };
    const answer = await ada.call("POST", "/api/rooms/0/messages", body);
    const { id, date } = answer.json<SendResult>();
    const last = (await ada.history("?limit=1")).messages.at(-1);
    const expected = { from: ada.me.id, date, message: "mine", roomId: "0", id, cid: body.cid };
    assert.deepEqual(last, expected);
    assert.ok(Math.abs(Date.now() / 1000 - date) < 60);
  });

  test("[DL2] twenty messages of one second are read back in the order sent, equal texts included", async () => {
    const member = await Member.enter(world.one.url, "Dora");
    const texts = Array.from({ length: 20 }, (_, at) => (at % 3 === 0 ? "same" : `z${20 - at}`));
    await using line = await member.connect();
    const ids: string[] = [];
    for (const text of texts) {
      const answer = await line.send(text);
      ids.push("id" in answer ? answer.id : "refused");
    }
    assert.deepEqual(ids, ids.toSorted(comparePositions));
    const { messages } = await member.history("?limit=20");
    assert.deepEqual(
      messages.map(({ message }) => message),
      texts,
    );
  });

  test("[DL10] a text is stored exactly as sent", async () => {
    const member = await Member.enter(world.one.url, "Finn");
    const texts = [
      "<b>&amp;</b>",
      "tab\tand\nline\r\n",
      " leading and trailing ",
      "e\u0301 is not \u00e9",
      "👩‍👩‍👧‍👦 \u202eright to left\u202c",
      "\u2028 and \u2029",
      `"quotes" \\ backslash {}[]`,
    ];
    for (const text of texts) {
      assert.equal((await member.say(text)).status, 201, text);
      assert.equal((await brin.history("?limit=1")).messages.at(-1)?.message, text);
    }
  });

  test("[LI1] a message has 1 to 4,000 characters, counted as people count them", async () => {
    const member = await Member.enter(world.one.url, "Gina");
    assert.equal((await member.say("😀".repeat(4_000))).status, 201);
    for (const text of ["", " \n\t", "\u200b\u2060\ufeff", "\u3164", "a".repeat(4_001)]) {
      const answer = await member.say(text);
      assert.equal(answer.status, 422, JSON.stringify(text.slice(0, 10)));
      assert.equal(answer.json<{ code: string }>().code, "message-not-allowed");
    }
  });

  test("[HI1] pages by cursor give each message once while others are being sent", async () => {
    const member = await Member.enter(world.one.url, "Eve");
    const marker = randomUUID();
    await using line = await member.connect();
    for (let at = 0; at < 25; at++) {
      await line.send(`${marker} ${at}`);
    }
    const seen: string[] = [];
    let cursor = "";
    for (let round = 0; round < 5; round++) {
      const page = await brin.history(`?limit=10${cursor}`);
      seen.unshift(...page.messages.map(({ message }) => message));
      cursor = `&before=${page.before}`;
      await brin.say(`meanwhile ${round}`);
    }
    const mine = seen.filter((text) => text.startsWith(marker));
    assert.deepEqual(
      mine,
      Array.from({ length: 25 }, (_, at) => `${marker} ${at}`),
    );
  });

  test("[HI2] a page around a message holds it, with what was before and after", async () => {
    const { messages } = await ada.history("?limit=30");
    const middle = messages[15];
    assert.ok(middle);
    const page = await ada.history(`?limit=10&around=${middle.id}`);
    assert.deepEqual(page.messages, messages.slice(10, 20));
    assert.equal(page.before, messages[10]?.id);
    assert.equal(page.after, messages[19]?.id);
    const next = await ada.history(`?limit=5&after=${page.after}`);
    assert.deepEqual(next.messages, messages.slice(20, 25));
  });

  test("[HI3] a page says who its authors are", async () => {
    await brin.say("from Brin");
    const { messages, people } = await ada.history("?limit=1");
    assert.deepEqual(people, [{ id: brin.me.id, username: "Brin" }]);
    assert.equal(messages.at(-1)?.from, brin.me.id);
  });

  test("[RS1] a join with a position recovers exactly what was missed", async () => {
    const first = await ada.say("seen");
    const since = first.json<SendResult>().id;
    const missed = ["one", "two", "three"];
    for (const text of missed) {
      await brin.say(text);
    }
    await using line = await ada.connect();
    const joined = await line.join(since);
    assert.equal(joined.state, "recovered");
    assert.deepEqual(
      joined.messages.map(({ message }) => message),
      missed,
    );
    assert.equal(joined.position, joined.messages.at(-1)?.id);
    const none = await line.join(joined.position);
    assert.deepEqual(none.messages, []);
  });

  test("[RM1] a room of others is not there, to read, to join and to send", async () => {
    await using line = await ada.connect();
    const nowhere = await ada.call("GET", "/api/rooms/98:99/messages");
    assert.equal(nowhere.status, 404);
    for (const room of ["1:99", "0:name", "x", "{room:0}", "0\r\n", ""]) {
      const answers = await Promise.all([
        line.ask<object>("join", { room }),
        line.ask<object>("send", { room, cid: randomUUID(), message: "hello" }),
      ]);
      for (const answer of answers) {
        assert.ok("error" in answer, room);
        assert.equal(answer.error.code, "not-found", room);
      }
    }
  });

  test("[SV1] a server subscribes only to rooms that someone on it is in", async () => {
    const { redis } = world;
    const subscribers = () => redis.cli("PUBSUB", "SHARDNUMSUB", "room:0");
    assert.match(await subscribers(), /room:0\n0$/u);
    const line = await ada.connect();
    await line.join();
    assert.match(await subscribers(), /room:0\n1$/u);
    const other = await brin.connect();
    await other.join();
    assert.match(await subscribers(), /room:0\n2$/u);
    await line.ask("leave", { room: "0" });
    await other[Symbol.asyncDispose]();
    await until(async () => (await subscribers()).endsWith("\n0"), { what: "no subscriber" });
    await line[Symbol.asyncDispose]();
  });

  test("[SV2] a killed server harms nobody on the others", async () => {
    const { redis, one } = world;
    const third = await startServer({ args: ["--redis-url", redis.url] });
    await using line = await ada.connect();
    await line.join();
    await using doomed = await brin.at(third.url).connect();
    await doomed.join();
    await doomed.send("last words");
    await third.stop("SIGKILL");
    await brin.say("still here");
    await line.until(() => line.texts().includes("still here"), "the next message");
    assert.deepEqual(line.texts().slice(-2), ["last words", "still here"]);
    assert.equal((await fetch(`${one.url}/readyz`)).status, 200);
  });
});
