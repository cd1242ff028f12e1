/** Resuming: every way to come back to a room, and what must be true then. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JoinResult, SendResult } from "#protocol/commands.ts";
import { LIMITS } from "#protocol/limits.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Room } from "#protocol/room.ts";
import { Klatch, MemoryStore } from "#sdk/index.ts";
import type { Line } from "#test/support/member.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

const text = (messages: JoinResult["messages"]) => messages.map(({ message }) => message);

const refusal = async (line: Line, command: object) => {
  const answer = await line.ask<JoinResult>("join", command);
  return "error" in answer ? answer.error.code : answer.state;
};

describe("[RS1] resuming", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  let rooms = 0;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
  });
  after(() => world[Symbol.asyncDispose]());

  /** A room of both, of its own, with messages "0", "1", … straight in the log. */
  async function roomWith(count: number): Promise<{ room: string; ids: readonly string[] }> {
    const room = `${1000 + ++rooms}:${2000 + rooms}`;
    const { redis } = world;
    for (const { me } of [ada, brin]) {
      await redis.cli("HSET", `{room:${room}}:members`, String(me.id), "member");
    }
    const ids = Array.from({ length: count }, (_, at) => `${1_700_000_000 + at}.000000`);
    const members = ids.flatMap((id, at) => [
      id,
      JSON.stringify({
        from: 1,
        date: Number.parseInt(id, 10),
        message: `${at}`,
        roomId: room,
        id,
        cid: `cid-${id}`,
      }),
    ]);
    if (count > 0) await redis.cli("ZADD", `room:${room}`, ...members);
    if (count > 0) await redis.cli("HSET", `{room:${room}}:meta`, "last", ids.at(-1) ?? "");
    return { room, ids };
  }
  test("at the head: nothing was missed", async () => {
    const { room, ids } = await roomWith(5);
    await using line = await ada.connect();
    const joined = await line.join(ids[4], room);
    assert.deepEqual(
      [joined.state, text(joined.messages), joined.position],
      ["recovered", [], ids[4]],
    );
  });

  test("one behind: exactly one", async () => {
    const { room, ids } = await roomWith(5);
    await using line = await ada.connect();
    assert.deepEqual(text((await line.join(ids[3], room)).messages), ["4"]);
  });

  /** Keeps the last three of six; the position of the newest that was dropped is the edge. */
  async function roomWithAnEdge() {
    const { room, ids } = await roomWith(6);
    await world.redis.cli("ZREMRANGEBYSCORE", `room:${room}`, "-inf", ids[2] ?? "");
    await world.redis.cli("HSET", `{room:${room}}:meta`, "floor", ids[2] ?? "");
    return { room, ids };
  }

  test("exactly at the edge of what is kept: all of that", async () => {
    const { room, ids } = await roomWithAnEdge();
    await using line = await ada.connect();
    const joined = await line.join(ids[2], room);
    assert.deepEqual([joined.state, text(joined.messages)], ["recovered", ["3", "4", "5"]]);
  });

  test("one past the edge: the newest page, as for somebody who reloads", async () => {
    const { room, ids } = await roomWithAnEdge();
    await using line = await ada.connect();
    const joined = await line.join(ids[1], room);
    assert.deepEqual([joined.state, text(joined.messages)], ["limited", ["3", "4", "5"]]);
  });

  for (const [what, since] of [
    ["ahead of the head", "1800000000.000000"],
    ["of another room", "1700000001.000001"],
    ["of a log that Redis lost", "1700000002.500000"],
  ]) {
    test(`with a position ${what}: a fork, with the newest page`, async () => {
      const { room } = await roomWith(3);
      await using line = await ada.connect();
      const joined = await line.join(since, room);
      assert.deepEqual([joined.state, text(joined.messages)], ["fork", ["0", "1", "2"]]);
    });
  }

  for (const [what, since] of [
    ["a negative one", "-1"],
    ["2^53", "9007199254740992"],
    ["a word", "yesterday"],
    ["NaN", "NaN"],
    ["too few digits", "1.5"],
    ["too many digits", "1700000000.0000001"],
    ["nothing", ""],
    ["a number", 5],
    ["null", null],
    ["an object", { id: "1" }],
    ["a list", ["1"]],
  ] as const) {
    test(`with ${what} in place of a position: refused, and nothing changes`, async () => {
      const { room } = await roomWith(3);
      await using line = await ada.connect();
      assert.equal(await refusal(line, { room, since }), "bad-request");
      await brin.say("not heard", `not-heard-${room}`.replace(":", "-"), room);
      assert.equal((await line.join(undefined, "0")).state, "limited");
      assert.deepEqual(line.events, []);
    });
  }

  test("without a position: the newest page, and a cursor to what is before it", async () => {
    const { room } = await roomWith(60);
    await using line = await ada.connect();
    const joined = await line.join(undefined, room);
    assert.equal(joined.state, "limited");
    assert.equal(joined.messages.length, LIMITS.pageMessagesDefault);
    assert.equal(joined.before, joined.messages[0]?.id);
  });

  test("twice in parallel on one connection: both answers agree, and events come once", async () => {
    const { room, ids } = await roomWith(5);
    await using line = await ada.connect();
    const [one, two] = await Promise.all([line.join(ids[2], room), line.join(ids[2], room)]);
    assert.deepEqual(one, two);
    await brin.say("once", "once-and-only", room);
    await line.until(() => line.events.length > 0, "the event");
    assert.deepEqual(line.texts(), ["once"]);
  });

  test("while the old connection is still open: both hear everything", async () => {
    const { room, ids } = await roomWith(1);
    await using old = await ada.connect();
    await using fresh = await ada.connect();
    await Promise.all([old.join(ids[0], room), fresh.join(ids[0], room)]);
    await brin.say("to both", "to-both-of-them", room);
    for (const line of [old, fresh]) await line.until(() => line.events.length === 1, "the event");
  });

  test("after signing out: refused at the door", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    await cleo.call("DELETE", "/api/session");
    await assert.rejects(cleo.connect(), /sign in/u);
  });

  test("after the password was changed elsewhere: refused at the door", async () => {
    const gail = await Member.enter(world.one.url, "Gail");
    const phone = await Member.enter(world.two.url, "Gail", "signIn");
    const change = { current: PASSWORD, password: "a longer horse battery" };
    assert.equal((await phone.call("PUT", "/api/me/password", change)).status, 204);
    await assert.rejects(gail.connect(), /sign in/u);
    await using line = await phone.connect();
    assert.equal((await line.join()).state, "limited");
  });

  test("after being removed from the room: not there", async () => {
    const { room, ids } = await roomWith(3);
    await world.redis.cli("HDEL", `{room:${room}}:members`, String(ada.me.id));
    await using line = await ada.connect();
    assert.equal(await refusal(line, { room, since: ids[0] }), "not-found");
  });

  test("after being banned from the room: not there, and no way back in", async () => {
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name: "Banned from" });
    const { id: room } = made.json<Room>();
    const path = `/api/rooms/${room}/members/${brin.me.id}`;
    assert.equal((await brin.call("PUT", path, {})).status, 204);
    const { id } = (await ada.say("before the ban", "before-the-ban", room)).json<SendResult>();
    await using line = await brin.connect();
    assert.equal((await line.join(id, room)).state, "recovered");
    await ada.call("PUT", `/api/rooms/${room}/bans/${brin.me.id}`, {});
    await using again = await brin.connect();
    assert.equal(await refusal(again, { room, since: id }), "not-found");
    assert.equal((await brin.call("PUT", path, {})).status, 403);
  });

  test("after the room was deleted: not there", async () => {
    const { room, ids } = await roomWith(3);
    const companions = [`{room:${room}}:members`, `{room:${room}}:meta`];
    await world.redis.cli("DEL", `room:${room}`, ...companions);
    await using line = await brin.connect();
    assert.equal(await refusal(line, { room, since: ids[0] }), "not-found");
  });

  test("after the room got another name: as if nothing had been", async () => {
    const { room, ids } = await roomWith(3);
    await world.redis.cli("SET", `room:${room}:name`, "Another name");
    await using line = await ada.connect();
    assert.deepEqual(text((await line.join(ids[0], room)).messages), ["1", "2"]);
  });

  test("of a log from before positions were kept, as other programs write it", async () => {
    const { room, ids } = await roomWith(4);
    await world.redis.cli("DEL", `{room:${room}}:meta`);
    await using line = await ada.connect();
    const joined = await line.join(ids[1], room);
    assert.deepEqual([joined.state, text(joined.messages)], ["recovered", ["2", "3"]]);
    await brin.say("goes on", `goes-on-${ids.length}`, room);
    await line.until(() => line.events.length > 0, "the event");
    assert.equal(line.events[0]?.prev, joined.position);
  });

  test("with as many missed as are told one by one: every one of them", async () => {
    const { room, ids } = await roomWith(LIMITS.catchUpEventsMax + 2);
    await using line = await ada.connect();
    const all = await line.join(ids[1], room);
    assert.deepEqual([all.state, all.messages.length], ["recovered", LIMITS.catchUpEventsMax]);
  });

  test("with one more missed than that: the newest page", async () => {
    const { room, ids } = await roomWith(LIMITS.catchUpEventsMax + 2);
    await using line = await ada.connect();
    assert.equal((await line.join(ids[0], room)).state, "limited");
  });

  test("while the last one is still on its way live: shown once", async () => {
    const { room, ids } = await roomWith(2);
    for (let at = 0; at < 20; at++) {
      await using line = await ada.connect();
      const [joined] = await Promise.all([
        line.join(ids[1], room),
        brin.say(`${at}`, `on-its-way-${at}`, room),
      ]);
      await line.until(
        () => [...text(joined.messages), ...line.texts()].includes(`${at}`),
        "the message, by either way",
      );
      // By the position, as every client does: what came live and is in the answer, too, is the same event.
      const live = line.events.filter(({ id }) => comparePositions(id, joined.position) > 0);
      const shown = [...joined.messages.map(({ id }) => id), ...live.map(({ id }) => id)];
      assert.equal(new Set(shown).size, shown.length);
      assert.equal(shown.length, at + 1);
    }
  });

  test("over an event stream: exactly the same", async () => {
    const { room, ids } = await roomWith(4);
    const answer = await fetch(`${world.two.url}/api/events?rooms=${room}`, {
      headers: { Authorization: `Bearer ${ada.token}`, "Last-Event-ID": ids[1] ?? "" },
    });
    assert.ok(answer.body);
    let said = "";
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      said += part;
      if (said.includes("\n\n")) break;
    }
    await using line = await ada.connect();
    const joined = await line.join(ids[1], room);
    const data = /^data: (?<json>.*)$/mu.exec(said)?.groups?.["json"] ?? "{}";
    assert.deepEqual(JSON.parse(data), { room, ...joined });
  });

  test("after too much was missed: pages lead back to the last one seen without a hole", async () => {
    const { room, ids } = await roomWith(420);
    await using line = await ada.connect();
    const joined = await line.join(ids[10], room);
    const seen = [...text(joined.messages)];
    let cursor = joined.before;
    while (cursor !== undefined && seen.length < 1_000) {
      const page = await ada.history(`?limit=70&before=${cursor}`, room);
      seen.unshift(...text(page.messages));
      cursor = page.before;
    }
    assert.deepEqual(
      seen,
      ids.map((_, at) => `${at}`),
    );
  });

  test("while messages arrive: none is missing and none comes twice", async () => {
    const { room, ids } = await roomWith(1);
    const sending = Array.from({ length: 30 }, (_, at) =>
      brin.say(`${at}`, `during-${room.replace(":", "-")}-${at}`, room),
    );
    await using line = await ada.connect();
    const joined = await line.join(ids[0], room);
    await Promise.all(sending);
    const last = (await ada.history("?limit=1", room)).messages.at(-1)?.id ?? "";
    await line.until(
      () => joined.position === last || line.events.at(-1)?.id === last,
      "the last message",
    );
    const live = line.events.filter(({ id }) => id > joined.position);
    const shown = [...joined.messages.map(({ id }) => id), ...live.map(({ id }) => id)];
    const stored = (await ada.history("?limit=100", room)).messages.slice(1).map(({ id }) => id);
    assert.deepEqual(shown, stored);
  });

  test("after a last message that pub/sub lost: found by looking, though nothing follows it", async () => {
    const { room, ids } = await roomWith(1);
    await using line = await ada.connect();
    await line.join(ids[0], room);
    // What a lost publication leaves: a message in the log, and the head moved.
    const id = "1700000500.000000";
    const lost = {
      from: 2,
      date: 1_700_000_500,
      message: "lost",
      roomId: room,
      id,
      cid: "lost-one",
    };
    await world.redis.cli("ZADD", `room:${room}`, id, JSON.stringify(lost));
    await world.redis.cli("HSET", `{room:${room}}:meta`, "last", id);
    await line.until(() => line.events.length > 0, "the lost message", 30_000);
    assert.deepEqual(line.texts(), ["lost"]);
  });

  test("while Redis is away: an honest unavailable, and the next try succeeds", async () => {
    const { room, ids } = await roomWith(2);
    await using line = await ada.connect();
    await line.join(ids[0], room);
    await world.redis.kill("SIGKILL");
    assert.equal(await refusal(line, { room, since: ids[0] }), "unavailable");
    await world.redis.restart();
    await until(async () => (await refusal(line, { room, since: ids[0] })) === "recovered", {
      what: "a join that recovers",
      timeoutMs: 10_000,
    });
  });

  test("on another server: the same answer", async () => {
    const { room, ids } = await roomWith(5);
    await using here = await ada.connect();
    await using there = await ada.at(world.two.url).connect();
    assert.deepEqual(await here.join(ids[1], room), await there.join(ids[1], room));
  });

  test("by asking for pages instead: nothing is missed either", async () => {
    const { room, ids } = await roomWith(30);
    const page = await ada.history(`?limit=100&after=${ids[9]}`, room);
    assert.deepEqual(
      text(page.messages),
      ids.slice(10).map((_, at) => `${10 + at}`),
    );
  });

  test("of very many rooms: as many as a connection hears, and a clear word for the next", async () => {
    await using line = await ada.connect();
    const { me } = ada;
    for (let at = 0; at <= LIMITS.roomsPerConnectionMax; at++) {
      const room = `${900_000 + at}`;
      await world.redis.cli("HSET", `{room:${room}}:members`, String(me.id), "member");
      const answer = await refusal(line, { room });
      if (answer === "too-many-requests" && at < LIMITS.roomsPerConnectionMax) {
        await until(async () => (await refusal(line, { room })) === "limited", {
          timeoutMs: 9_000,
        });
        continue;
      }
      const expected = at < LIMITS.roomsPerConnectionMax ? "limited" : "too-many-requests";
      assert.equal(answer, expected, `room ${at}`);
    }
  });

  test("what was not acknowledged is sent again after it, once and in order", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const klatch = new Klatch({ url: world.one.url, token: dora.token, store: new MemoryStore() });
    const room = klatch.room("0");
    room.join();
    for (let at = 0; at < 8; at++) room.send(`before the link ${at}`);
    klatch.connect();
    await until(() => room.entries.filter(({ state }) => state === "stored").length >= 8, {
      what: "all stored",
      timeoutMs: 10_000,
    });
    klatch.close();
    const mine = (await dora.history("?limit=20")).messages.filter(
      ({ from }) => from === dora.me.id,
    );
    assert.deepEqual(
      text(mine),
      Array.from({ length: 8 }, (_, at) => `before the link ${at}`),
    );
  });

  test("after the acknowledgement was lost: sent again, answered with the same place", async () => {
    const { room } = await roomWith(1);
    const first = (await brin.say("twice asked", "asked-twice", room)).json<SendResult>();
    await using line = await brin.connect();
    assert.deepEqual(await line.send("twice asked", "asked-twice", room), first);
    assert.equal((await brin.history("", room)).messages.length, 2);
  });
});
