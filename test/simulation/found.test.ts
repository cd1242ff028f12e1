/** Mistakes that the simulation found, each told again in the fewest steps that show it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { RoomEvent } from "#protocol/events.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import { Feed } from "#server/core/delivery/feed.ts";
import { Timeline } from "#sdk/room/timeline.ts";
import { createCommands } from "#server/realtime/commands.ts";
import { ModelRedis } from "#test/simulation/redis/model-redis.ts";
import type { Ask } from "#test/simulation/redis/ports.ts";
import { ModelAccountStore, ModelMessageLog } from "#test/simulation/redis/ports.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { ManualClock } from "#test/support/manual-clock.ts";
import { states, texts, twoInARoom } from "#test/support/sdk-clients.ts";

const ADA = { id: 1, username: "ada" };
const ROOM = "0";

/** A Redis in memory with one member; `onAnswer` runs between each answer and what it leads to. */
function redisOfAda(onAnswer: (answers: number) => void = () => undefined) {
  let micros = 1_800_000_000_000_000;
  let answers = 0;
  const published: RoomEvent[] = [];
  const redis = new ModelRedis({
    micros: () => (micros += 1_000),
    // oxlint-disable-next-line no-unsafe-type-assertion -- because nothing else is published
    publish: (_topic, payload) => void published.push(JSON.parse(payload) as RoomEvent),
  });
  redis.write({ kind: "person", person: ADA });
  redis.write({ kind: "member", room: ROOM, user: ADA.id, holds: true });
  const ask: Ask = async (question) => {
    await Promise.resolve();
    const answer = question(redis);
    onAnswer(++answers);
    return answer;
  };
  const say = (text: string) => {
    const appended = redis.append({ from: ADA.id, room: ROOM, cid: `cid-${text}`, text });
    assert.ok(appended.kind === "stored");
    return appended.id;
  };
  const log = new ModelMessageLog(ask);
  const chat = new Chat({ log, accounts: new ModelAccountStore(ask), clock: new ManualClock() });
  return { redis, published, say, log, chat };
}

test("[DL7] what was acknowledged and lost before anyone heard it is sent again", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("lost unheard");
  ada.line().toServer();
  world.server.log(ROOM).pop();
  for (const { line } of [ada, brin]) line().spoil("lose");
  await world.deliver();
  assert.deepEqual(states(ada.room.entries), ["stored"]);
  brin.room.send("next");
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["next", "lost unheard"]);
  assert.deepEqual(texts(brin.room.entries), ["next", "lost unheard"]);
});

test("[DL7] it is also sent again where nothing more is said", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("lost in silence");
  ada.line().toServer();
  world.server.log(ROOM).pop();
  for (const { line } of [ada, brin]) line().spoil("lose");
  await world.pass(35);
  assert.deepEqual(texts(brin.room.entries), ["lost in silence"]);
});

test("[DL7] it is also sent again when too much was missed to be told one by one", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("lost");
  ada.line().toServer();
  world.server.log(ROOM).pop();
  for (const { line } of [ada, brin]) line().spoil("lose");
  await world.deliver();
  ada.line().cut();
  world.server.catchUpMax = 10;
  for (let i = 0; i < 60; i++) world.server.send(2, { room: ROOM, cid: "", message: `text ${i}` });
  await world.pass(5);
  assert.equal(brin.room.entries.at(-1)?.text, "lost");
  assert.deepEqual(
    ada.room.entries.filter(({ text }) => text === "lost").map(({ state }) => state),
    ["stored"],
  );
});

test("[DL7] a late acknowledgement of what was lost since is none", () => {
  const timeline = new Timeline(() => ADA.id);
  const page = { messages: [], people: [], position: "5.000000" };
  timeline.replace({ state: "limited", ...page });
  const message = { from: ADA.id, date: 3, message: "late", roomId: ROOM, cid: "cid-late" };
  assert.equal(timeline.confirm({ ...message, id: "3.000000" }), false);
  assert.deepEqual(timeline.entries, []);
  assert.equal(timeline.confirm({ ...message, id: "6.000000" }), true);
  assert.equal(timeline.entries.length, 1);
});

test("[DL7] what someone was told from the log, the server's feed delivers, too", async () => {
  const { log, say } = redisOfAda();
  const delivered: RoomEvent[] = [];
  const clock = new ManualClock();
  const parts = { bus: new FakeBus(), log, clock, random: () => 0.5 };
  const hub = new Hub({ ...parts, onFork: () => assert.fail("nothing was lost") });
  hub.addAudience((_room, events) => void delivered.push(...events));
  await hub.join(ROOM);
  const missed = say("the bus lost it");
  hub.told(ROOM, missed);
  await turn();
  clock.endTick();
  assert.deepEqual(
    delivered.map(({ id }) => id),
    [missed],
  );
});

test("[RS1] who joins after a change holds its place, so that its loss is a fork", async () => {
  const { redis, say, chat } = redisOfAda();
  const id = say("first");
  const changed = redis.change({ by: ADA.id, room: ROOM, message: id, text: "edited" });
  assert.ok(changed.kind === "changed");
  const { position } = await chat.catchUp(ADA, ROOM, undefined);
  assert.equal(position, changed.id);
  redis.reload(redis.written - 1);
  assert.equal((await chat.catchUp(ADA, ROOM, position)).state, "fork");
});

test("[RM1] who asks for a room again and is refused hears it no more", async () => {
  const { redis, chat } = redisOfAda();
  const heard = new Set([ROOM]);
  const connection = {
    user: ADA,
    hear: async (room: string) => void heard.add(room),
    told: () => assert.fail("nobody is told anything"),
    unhear: (room: string) => void heard.delete(room),
    slowDown: () => undefined,
    standing: { role: "member" },
  };
  redis.write({ kind: "member", room: ROOM, user: ADA.id, holds: false });
  // oxlint-disable-next-line no-unsafe-type-assertion -- because a join uses only this
  const asked = createCommands({ chat } as never).join.run(connection as never, {
    room: ROOM,
  });
  await assert.rejects(asked, (error) => error instanceof ChatError && error.code === "not-found");
  assert.deepEqual([...heard], []);
});

for (const answers of [1, 2, 3, 4, 5]) {
  test(`[DL6] what happens while a gap is read is not lost (after answer ${answers})`, async () => {
    const delivered: RoomEvent[] = [];
    const world = redisOfAda((count) => {
      if (count !== answers) return;
      world.say("meanwhile");
      world.redis.change({ by: ADA.id, room: ROOM, message: first, text: "edited" });
      for (const event of world.published.splice(0)) feed.accept(event);
    });
    const { log, say, published } = world;
    const first = say("first");
    const feed = new Feed(first, {
      room: ROOM,
      log,
      deliver: (events) => void delivered.push(...events),
      onFork: () => assert.fail("nothing was lost"),
    });
    say("missed");
    published.length = 0;
    say("seen");
    for (const event of published.splice(0)) feed.accept(event);
    await feed.check();
    await feed.check();
    assert.deepEqual(
      delivered.map(({ data }) => data?.message),
      ["missed", "seen", "meanwhile", "edited"],
    );
  });
}
