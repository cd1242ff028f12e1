/** Edits and deletions: in the room's one order, seen by everyone, and gone when they say so. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { ChangeResult, SendResult } from "#protocol/commands.ts";
import { comparePositions } from "#protocol/position.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const said = async (member: Member, text: string) => (await member.say(text)).json<SendResult>().id;
const path = (id: string) => `/api/rooms/0/messages/${id}`;
const edit = (member: Member, id: string, message: string) =>
  member.call("PATCH", path(id), { message });
const remove = (member: Member, id: string) => member.call("DELETE", path(id));

describe("changes", { concurrency: false }, () => {
  let world: TwoServers;
  let ada: Member;
  let brin: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
  });
  after(() => world[Symbol.asyncDispose]());

  const now = async (id: string) => {
    const { messages } = await ada.history(`?limit=1&around=${id}`);
    return messages.find((message) => message.id === id);
  };

  test("[CH1] an edit keeps the message's place, and everyone hears it in the room's order", async () => {
    await using here = await ada.connect();
    await using there = await brin.connect();
    await Promise.all([here.join(), there.join()]);
    const id = await said(ada, "helo");
    const answer = await edit(ada, id, "hello");
    assert.equal(answer.status, 200);
    const change = answer.json<ChangeResult>().id;
    assert.ok(comparePositions(change, id) > 0);
    for (const line of [here, there]) {
      await line.until(() => line.events.length === 2, "the message and its edit");
      const [message, edited] = line.events;
      assert.equal(edited?.type, "edit");
      assert.equal(edited?.id, change);
      assert.equal(edited?.prev, message?.id);
    }
    const stored = await now(id);
    assert.equal(stored?.message, "hello");
    assert.equal(stored?.edited, change);
    assert.equal(stored?.from, ada.me.id);
  });

  test("[CH2] a deleted message leaves a tombstone, and its text is nowhere in Redis", async () => {
    const secret = `secret-${randomUUID()}`;
    const id = await said(ada, `${secret} one`);
    await edit(ada, id, `${secret} two`);
    assert.equal((await remove(ada, id)).status, 200);
    const stored = await now(id);
    assert.equal(stored?.message, "");
    assert.ok(stored?.deleted);
    const { redis } = world;
    for (const key of (await redis.cli("KEYS", "*")).split("\n")) {
      const dump = await redis.cli("DUMP", key);
      assert.ok(!dump.includes(secret), key);
    }
    const members = await redis.cli("ZRANGE", "room:0", "0", "-1");
    assert.ok(!members.includes(secret));
  });

  test("[CH3] a deletion wins over edits that race it", async () => {
    const id = await said(ada, "contested");
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, at) => edit(ada, id, `edit ${at}`)),
      remove(ada.at(world.two.url), id),
      ...Array.from({ length: 5 }, (_, at) => edit(ada.at(world.two.url), id, `other ${at}`)),
    ]);
    assert.equal(answers[5]?.status, 200);
    const stored = await now(id);
    assert.equal(stored?.message, "");
    assert.ok(stored?.deleted);
    assert.equal((await edit(ada, id, "back again")).status, 404);
    assert.equal((await remove(ada, id)).status, 200, "deleting twice is deleting once");
  });

  test("[CH4] only its author changes a message; another's is answered like one that is not there", async () => {
    const id = await said(ada, "mine");
    const answers = await Promise.all([
      edit(brin, id, "yours"),
      remove(brin, id),
      edit(ada, "1.000000", "nothing"),
      remove(ada, "1.000000"),
    ]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([404]));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal((await now(id))?.message, "mine");
  });

  test("[CH5] a join with a position also recovers what older messages became", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    const old = await said(cleo, "old");
    const gone = await said(cleo, "gone");
    const since = await said(cleo, "last seen");
    await edit(cleo, old, "renewed");
    await remove(cleo, gone);
    const fresh = await said(cleo, "fresh");
    await edit(cleo, fresh, "fresh, edited");
    await using line = await cleo.connect();
    const joined = await line.join(since);
    assert.equal(joined.state, "recovered");
    assert.deepEqual(
      joined.messages.map(({ message }) => message),
      ["fresh, edited"],
    );
    assert.deepEqual(
      joined.changes?.map(({ id, message }) => [id, message]),
      [
        [old, "renewed"],
        [gone, ""],
      ],
    );
    const again = await line.join(joined.position);
    assert.deepEqual([again.state, again.messages, again.changes], ["recovered", [], undefined]);
  });

  test("[CH6] a position from before the oldest change that is kept is limited, not recovered", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const id = await said(dora, "often changed");
    const { redis } = world;
    await redis.cli("HSET", "{room:0}:meta", "floor", id);
    await using line = await dora.connect();
    const tooOld = `${Number.parseInt(id, 10) - 1}.000000`;
    assert.equal((await line.join(tooOld)).state, "limited");
    assert.equal((await line.join(id)).state, "recovered");
  });

  test("[CH1] an edit obeys the rules of a message", async () => {
    const id = await said(brin, "short");
    assert.equal((await edit(brin, id, "")).status, 422);
    assert.equal((await edit(brin, id, "a".repeat(4_001))).status, 422);
    assert.equal((await now(id))?.message, "short");
  });
});
