/** A copy of all one's own things: whole, nobody else's, and made as it is taken. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Message } from "#protocol/message.ts";
import type { Export } from "#protocol/own.ts";
import type { Room } from "#protocol/room.ts";
import { Exports } from "#server/core/people/exports.ts";
import type { OwnStore } from "#server/core/people/own-store.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { Member, request } from "#test/support/member.ts";
import { ManualClock } from "#test/support/manual-clock.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { PlainLog } from "#test/support/plain-log.ts";

describe("exports", { concurrency: false }, () => {
  let world: TwoServers;
  before(async () => {
    world = await twoServers();
  });
  after(() => world[Symbol.asyncDispose]());

  test("[EX1] holds all that is one's own, and nothing that others said", async () => {
    const olga = await Member.enter(world.one.url, "Olga");
    const ada = await Member.enter(world.one.url, "Ada");
    await ada.call("PATCH", "/api/me", { about: "I count." });
    await ada.call("PUT", `/api/blocks/${olga.me.id}`);
    await ada.call("PATCH", "/api/me/preferences", { receipts: false });
    const room = (
      await olga.call("POST", "/api/rooms", { kind: "open", name: "Left" })
    ).json<Room>();
    await ada.call("PUT", `/api/rooms/${room.id}/members/${ada.me.id}`, {});
    await ada.say('said in a room that was left, "quoted"\n', randomUUID(), room.id);
    await ada.call("DELETE", `/api/rooms/${room.id}/members/${ada.me.id}`);
    await olga.say("SAID BY ANOTHER after that", randomUUID(), room.id);
    const theirs = (await olga.say("SAID BY ANOTHER")).json<{ id: string }>().id;
    await ada.call("PUT", `/api/rooms/0/messages/${theirs}/reactions`, { emoji: "👍" });
    // More than one step of the log.
    const redis = await connect(world.redis.url, "test");
    try {
      const log = new PlainLog(new RedisMessageLog(redis));
      const draft = (at: number) => ({
        from: ada.me.id,
        room: "0",
        cid: randomUUID(),
        text: `own ${at}`,
      });
      await Promise.all(Array.from({ length: 500 }, (_, at) => log.append(draft(at))));
    } finally {
      redis.destroy();
    }
    const own = (await ada.history("?limit=1")).messages[0];
    await olga.call("PUT", `/api/rooms/0/messages/${own?.id}/reactions`, { emoji: "🎉" });
    const answer = await ada.at(world.two.url).call("GET", "/api/me/export");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("Content-Disposition") ?? "", /^attachment; .*\.json"$/u);
    assert.equal(answer.headers.get("Cache-Control"), "no-store");
    assert.ok(!answer.text.includes("SAID BY ANOTHER") && !answer.text.includes("🎉"));
    const copy = answer.json<Export>();
    assert.deepEqual(Object.keys(copy), [
      "profile",
      "role",
      "exported",
      "sessions",
      "rooms",
      "blocks",
      "preferences",
      "reads",
      "messages",
      "reactions",
    ]);
    assert.deepEqual(copy.profile, (await ada.call("GET", `/api/people/${ada.me.id}`)).json());
    assert.equal(copy.role, "member");
    assert.equal(copy.sessions.length, 1);
    assert.deepEqual(
      copy.rooms.map(({ id }) => id),
      ["0"],
    );
    assert.deepEqual(copy.blocks, [olga.me.id]);
    assert.deepEqual(copy.preferences, { receipts: "off" });
    assert.equal(copy.reads["0"], own?.id);
    assert.equal(copy.messages.length, 501);
    assert.ok(copy.messages.every(({ from }: Message) => from === ada.me.id));
    assert.equal(new Set(copy.messages.map(({ id }) => id)).size, 501);
    assert.equal(copy.messages.at(-1)?.message, 'said in a room that was left, "quoted"\n');
    assert.deepEqual(copy.reactions, [{ room: "0", id: theirs, emoji: "👍" }]);
  });

  test("[EX2] three at once, then one waits; and only who is signed in", async () => {
    const brin = await Member.enter(world.one.url, "Brin");
    const statuses: number[] = [];
    for (let at = 0; at < 4; at++) {
      statuses.push((await brin.call("GET", "/api/me/export")).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    assert.equal((await request(world.one.url, "GET", "/api/me/export")).status, 401);
  });

  test("[EX2] nothing is read before it is taken", async () => {
    const { counts, open } = endless(() => true);
    let taken = 0;
    for await (const _ of await open()) if (++taken === 1_000) break;
    assert.ok(counts.steps <= 5, String(counts.steps));
  });

  test("[EX2] it breaks off when the session ends", async () => {
    let isAlive = true;
    const { counts, open } = endless(() => isAlive);
    let taken = 0;
    const takeAll = async () => {
      for await (const _ of await open()) if (++taken === 1_000) isAlive = false;
    };
    await assert.rejects(takeAll(), { code: "not-signed-in" });
    assert.ok(counts.steps <= 6, String(counts.steps));
  });

  test("[EX2] what breaks off is cut off, and cannot be taken for the whole", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    const redis = await connect(world.redis.url, "test");
    try {
      const log = new PlainLog(new RedisMessageLog(redis));
      const text = "y".repeat(4_000);
      const draft = () => ({ from: cleo.me.id, room: "0", cid: randomUUID(), text });
      for (let part = 0; part < 12; part++) {
        await Promise.all(Array.from({ length: 500 }, () => log.append(draft())));
      }
    } finally {
      redis.destroy();
    }
    const response = await fetch(`${world.one.url}/api/me/export`, {
      headers: { Authorization: `Bearer ${cleo.token}` },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    // Megabytes are still to come: more than lies in the buffers of a connection.
    assert.equal((await cleo.call("DELETE", "/api/session")).status, 204);
    const rest = async () => {
      while ((await reader?.read())?.done === false);
    };
    await assert.rejects(rest());
    assert.equal((await request(world.one.url, "GET", "/healthz")).status, 200);
    assert.doesNotMatch(world.one.output(), /uncaught|fatal/iu);
  });
});

/** An export of somebody who has said infinitely much. */
function endless(isAlive: () => boolean) {
  const counts = { steps: 0 };
  const user = { id: 7, username: "Ada" };
  const message = { from: 7, date: 1, message: "x", roomId: "0", id: "1.000000", cid: "" };
  const own: OwnStore = {
    settings: async () => ({ blocks: [], preferences: {} }),
    rooms: async () => ["0"],
    read: async () => undefined,
    step: async () => {
      counts.steps++;
      return {
        messages: Array.from({ length: 200 }, (): Message => message),
        reactions: [],
        next: "1.000000",
      };
    },
  };
  const exports = new Exports({
    own,
    profiles: { profile: async () => ({ ...user, about: "", since: 0 }) },
    sessions: { list: async () => ({ sessions: [] }) },
    rooms: { list: async () => ({ rooms: [], people: [] }) },
    store: { alive: async () => [isAlive()] },
    throttle: { take: async () => 0, clear: async () => undefined },
    clock: new ManualClock(),
  });
  return { counts, open: () => exports.open({ id: "s", user, role: "member" }) };
}
