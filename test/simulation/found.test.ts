/** Mistakes that the simulation found, each told again in the fewest steps that show it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomEvent } from "#protocol/events.ts";
import { Chat } from "#server/core/chat.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { Feed } from "#server/core/feed.ts";
import { createCommands } from "#server/realtime/commands.ts";
import { ModelRedis } from "#test/simulation/redis/model-redis.ts";
import type { Ask } from "#test/simulation/redis/ports.ts";
import { ModelAccountStore, ModelMessageLog } from "#test/simulation/redis/ports.ts";
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the model publishes nothing else here
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

test("[DL7] an acknowledged message that Redis lost before anyone heard it is sent again with the next event", async () => {
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

test("[DL7] such a message is also sent again where nothing more is said", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("lost in silence");
  ada.line().toServer();
  world.server.log(ROOM).pop();
  for (const { line } of [ada, brin]) line().spoil("lose");
  await world.pass(35);
  assert.deepEqual(texts(brin.room.entries), ["lost in silence"]);
});

test("[RS1] who joins after a change holds the place of the change, so that its loss is a fork", async () => {
  const { redis, say, chat } = redisOfAda();
  const id = say("first");
  const changed = redis.change({ by: ADA.id, room: ROOM, message: id, text: "edited" });
  assert.ok(changed.kind === "changed");
  const { position } = await chat.catchUp(ADA, ROOM, undefined);
  assert.equal(position, changed.id);
  redis.reload(redis.written - 1);
  assert.equal((await chat.catchUp(ADA, ROOM, position)).state, "fork");
});

test("[RM1] whoever asks for a room again, and may not hear it any more, hears it no more", async () => {
  const { redis, chat } = redisOfAda();
  const heard = new Set([ROOM]);
  const connection = {
    user: ADA,
    hear: async (room: string) => void heard.add(room),
    unhear: (room: string) => void heard.delete(room),
    slowDown: () => undefined,
  };
  redis.write({ kind: "member", room: ROOM, user: ADA.id, holds: false });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is all of it that a join uses
  const asked = createCommands(chat).join.run(connection as never, { room: ROOM });
  await assert.rejects(asked, (error) => error instanceof ChatError && error.code === "not-found");
  assert.deepEqual([...heard], []);
});

for (const answers of [1, 2, 3, 4, 5]) {
  test(`[DL6] what is said and changed while a gap is read is not lost (after answer ${answers})`, async () => {
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
