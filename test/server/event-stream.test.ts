/** The event stream: the same events over plain HTTP, resumed where its reader was. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SendResult } from "#protocol/commands.ts";
import { Stream, isRecord } from "#test/support/event-stream.ts";
import { Member } from "#test/support/member.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";
import { PlainLog } from "#test/support/plain-log.ts";

describe("event stream", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
  });
  after(() => world[Symbol.asyncDispose]());

  test("[ES1] a reader hears what is said, edited and deleted on any server, in the room's order", async () => {
    await using stream = await Stream.open(ada);
    assert.equal(stream.response.statusCode, 200);
    assert.equal(stream.response.headers["content-type"], "text/event-stream");
    assert.match(stream.response.headers["cache-control"] ?? "", /no-store, no-transform/u);
    assert.equal(stream.response.headers["x-accel-buffering"], "no");
    await stream.until(1);
    assert.equal(stream.frames[0]?.event, "joined");
    const { id } = (await brin.say("hello")).json<SendResult>();
    await brin.call("PATCH", `/api/rooms/0/messages/${id}`, { message: "hello!" });
    await brin.call("DELETE", `/api/rooms/0/messages/${id}`);
    await stream.until(4);
    const live = stream.frames.slice(1);
    assert.deepEqual(
      live.map(({ event }) => event),
      ["message", "edit", "delete"],
    );
    for (const [at, frame] of live.entries()) {
      assert.equal(frame.id, frame.data["id"]);
      if (at > 0) assert.equal(frame.data["prev"], live[at - 1]?.id);
    }
  });

  test("[ES2] Last-Event-ID resumes at any position, on any server, with exactly what was missed", async () => {
    const texts = Array.from({ length: 12 }, (_, at) => `resume ${at}`);
    const ids: string[] = [];
    for (const text of texts) ids.push((await ada.say(text)).json<SendResult>().id);
    for (const [at, id] of ids.entries()) {
      await using stream = await Stream.open(ada.at(world.two.url), "", id);
      await stream.until(1);
      const joined = stream.frames[0]?.data;
      assert.equal(joined?.["state"], "recovered");
      const messages = joined["messages"];
      assert.ok(Array.isArray(messages));
      assert.deepEqual(
        messages.map((message: unknown) => isRecord(message) && message["message"]),
        texts.slice(at + 1),
      );
    }
  });

  test("[ES3] no text can forge a field or a frame", async () => {
    await using stream = await Stream.open(ada);
    await stream.until(1);
    const hostile = [
      "a\nevent: fork\nid: 9.000000\ndata: {}\n\n",
      "b\rid: 9.000000\r\rdata: x",
      "c\u2028event: fork\u2029id: 1.000000",
      "d\r\n\r\nevent: closing\r\ndata: {}",
    ];
    const cleo = await Member.enter(world.one.url, "Cleo");
    for (const text of hostile) assert.equal((await cleo.say(text)).status, 201);
    await stream.until(1 + hostile.length);
    assert.deepEqual(stream.said(), hostile);
    assert.ok(stream.frames.every(({ event }) => event === "joined" || event === "message"));
    assert.ok(!/[\u2028\u2029\r]/u.test(stream.text));
  });

  test("[ES4] signing out ends the stream, on whichever server it was", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    await using stream = await Stream.open(dora.at(world.two.url));
    await stream.until(1);
    await dora.call("DELETE", "/api/session");
    await until(() => stream.isEnded, { what: "the end of the stream", timeoutMs: 1_000 });
    const last = stream.frames.at(-1);
    assert.equal(last?.event, "closing");
    assert.equal(last?.data["reason"], "signed-out");
  });

  test("[ES5] no cursor, no such room and no session are refused before it begins", async () => {
    const statuses = await Promise.all([
      Stream.open(ada, "", "yesterday"),
      Stream.open(ada, "?rooms=98:99"),
      Stream.open(ada, "?rooms=0,{room}"),
      Stream.open(new Member(ada.url, ada.me, "A".repeat(43))),
    ]);
    assert.deepEqual(
      statuses.map(({ response }) => response.statusCode),
      [400, 404, 404, 401],
    );
    for (const { response } of statuses) {
      assert.match(response.headers["content-type"] ?? "", /problem\+json/u);
    }
  });

  test("[ES6] a reader that does not read is cut off, and the others are not", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    await using stalled = await Stream.open(ada);
    await using reading = await Stream.open(eve);
    await Promise.all([stalled.until(1), reading.until(1)]);
    stalled.response.socket.pause();
    stalled.response.pause();
    // More than the systems on both ends take into their own buffers; straight to the log, past the rate limit.
    const redis = await connect(world.redis.url, "flood");
    const log = new PlainLog(new RedisMessageLog(redis));
    const sent = 5_000;
    const big = "x".repeat(4_000);
    for (let at = 0; at < sent; at += 100) {
      const drafts = Array.from({ length: 100 }, (_, i) => `flooding-${at + i}`);
      await Promise.all(
        drafts.map((cid) => log.append({ from: eve.me.id, room: "0", cid, text: big })),
      );
    }
    redis.destroy();
    await until(() => reading.count("message") === sent, {
      what: "all",
      timeoutMs: 20_000,
      everyMs: 100,
    });
    assert.equal(reading.isEnded, false);
    stalled.response.socket.resume();
    stalled.response.resume();
    await until(() => stalled.isEnded, { what: "the end of who did not read" });
    assert.ok(stalled.count("message") < sent, `${stalled.count("message")} of ${sent}`);
  });
});
