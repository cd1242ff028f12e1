/** The bridge without a Redis: what is read of others, its bounds, and how long they are believed to be there. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { LIMITS } from "#protocol/limits.ts";
import { asSystem } from "#server/core/access/system-access.ts";
import { Bridge } from "#server/core/bridge/bridge.ts";
import { readEnvelope } from "#server/core/bridge/envelope.ts";
import type { Hint } from "#server/core/bridge/envelope.ts";
import { DESERTED_MS, ForeignPresence, SILENT_MS } from "#server/core/bridge/foreign-presence.ts";
import { isSettled } from "#server/redis/log/stored-message.ts";
import { pairOf } from "#server/redis/tutorial/others-told.ts";
import { readRaw } from "#server/redis/tutorial/raw-message.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

/** An event of so many characters. */
const said = (chars: number) => {
  const text = JSON.stringify({ serverId: 1, type: "message", data: { roomId: "7", x: "" } });
  return text.replace('"x":""', `"x":"${"x".repeat(chars - text.length)}"`);
};

const event = (type: string, data: unknown, serverId: unknown = "192.0.2.2:4000") =>
  readEnvelope(JSON.stringify({ serverId, type, data }));

/** One server at the bridge, and what it reports of others. */
function world() {
  const clock = new ManualClock();
  const reports: string[] = [];
  let listeners = 1;
  const presence = new ForeignPresence({
    serverId: "s",
    nameThere: "klatch-s",
    system: asSystem(),
    store: {
      servers: () => Promise.resolve([]),
      unclaimed: () => Promise.resolve([]),
      takenOut: () => Promise.resolve([]),
      mend: () => Promise.resolve(),
      beat: () => Promise.resolve(listeners),
      tell: () => Promise.resolve(),
      toldGone: () => Promise.resolve([]),
    },
    kept: [
      {
        report: (server, { came, left }) => {
          reports.push(`${server} +${came.join(",")} -${left.join(",")}`);
          return Promise.resolve(true);
        },
        registered: () => Promise.resolve([]),
      },
    ],
    presence: { has: () => false, addAudience: () => undefined },
    people: () => Promise.resolve([]),
    isPerson: (user) => Promise.resolve(user < 100),
    clock,
  });
  const desert = () => {
    listeners = 0;
  };
  return { clock, presence, reports, desert };
}

describe("what others write", () => {
  test("[BR2] is read in any order, spacing and escaping, with ids as numbers or texts", () => {
    for (const member of [
      '{"from":1,"date":1,"message":"caf\u00e9","roomId":"0"}',
      '{"roomId": "0", "message": "caf\\u00e9", "from": "1", "date": 1.5}',
      '{ "message" : "caf\\u00e9" , "from" : "1" }',
    ]) {
      assert.deepEqual(readRaw(member), { from: 1, text: "café" });
    }
    const odd = JSON.stringify({ from: 1, message: "a\u0000b\u0007" });
    assert.equal(readRaw(odd)?.text, "ab");
    assert.equal(readRaw('{"from":1,"message":"half \\ud83d"}')?.text, "half \ufffd");
  });

  test("[BR2] is no message without an author, or anything to see", () => {
    for (const member of [
      "{'from': 1, 'date': 1615480369, 'message': 'Hello', 'roomId': '1:2'}",
      "null",
      "[]",
      "7",
      "",
      '{"message":"x"}',
      '{"from":0,"message":"x"}',
      '{"from":-1,"message":"x"}',
      '{"from":"1 ","message":"x"}',
      '{"from":1.5,"message":"x"}',
      '{"from":[1],"message":"x"}',
      '{"from":"__proto__","message":"x"}',
      '{"from":1}',
      '{"from":1,"message":7}',
      '{"from":1,"message":""}',
      '{"from":1,"message":" \\u200b "}',
    ]) {
      assert.equal(readRaw(member), undefined, member);
    }
  });

  test("[BR2] is as long as the limit says", () => {
    const most = LIMITS.foreignMessageCharsMax;
    for (const [chars, isRead] of [
      [most - 1, true],
      [most, true],
      [most + 1, false],
    ] as const) {
      const member = JSON.stringify({ from: 1, message: "x".repeat(chars) });
      assert.equal(readRaw(member) !== undefined, isRead, String(chars));
    }
    // Escaped, each character is as long as six.
    const escaped = `{"from":1,"message":"${"\\u00e9".repeat(most)}"}`;
    assert.equal(readRaw(escaped)?.text.length, most);
    assert.equal(readRaw(`{"from":1,"message":"x","more":"${"x".repeat(7 * most)}"}`), undefined);
  });

  test("[BR2] has an id only if that is its score, whatever its text says", () => {
    const ours = '{"from":1,"date":5,"message":"x","roomId":"0","id":"5.000001","cid":""}';
    assert.ok(isSettled(ours, "5.000001"));
    assert.ok(isSettled(ours, 5.000_001));
    assert.ok(!isSettled(ours, 5));
    assert.ok(!isSettled(JSON.stringify({ from: 1, message: '","id":"5.000001"' }), 5.000_001));
    assert.ok(!isSettled('{"from":1,"message":"x","id":"x"}', 5));
  });

  test("[BR6] a chat of two is one, a note pad and a room are not", () => {
    assert.deepEqual(pairOf("1:2"), ["1", "2"]);
    for (const room of ["0", "7", "1:1", "1:2:3", "a:b"]) assert.equal(pairOf(room), undefined);
  });
});

describe("what others tell", () => {
  test("[BR4] is read as a hint, and a Klatch's is known", () => {
    const message = { roomId: 0, from: "7", message: "x" };
    const hint: Hint = { type: "message", room: "0", from: 7 };
    assert.deepEqual(event("message", message), { server: "192.0.2.2:4000", hint });
    assert.deepEqual(event("message", message, 4132.5), { server: "4132.5", hint });
    assert.equal(event("message", message, "klatch-0123"), "klatch");
  });

  test("[BR10] is bounded in length and in number; what is too much is found by looking", async () => {
    const clock = new ManualClock();
    const hints: string[] = [];
    let looks = 0;
    const bridge = new Bridge({
      strays: {
        rooms: async function* rooms() {
          looks++;
          yield* [];
        },
        isTurn: () => Promise.resolve(false),
        welcomeAll: () => Promise.resolve(),
      },
      adoption: {
        hint: (room) => hints.push(room) > 0,
        settle: () => Promise.resolve(),
        counts: { adopted: 0, refused: 0 },
      },
      presence: {
        start: () => Promise.resolve(),
        heard: () => Promise.resolve(),
        look: () => Promise.resolve(),
      },
      system: asSystem(),
      clock,
    });
    await bridge.start();
    await turn();
    assert.equal(looks, 1);
    const most = LIMITS.foreignEventCharsMax;
    for (const chars of [most - 1, most, most + 1]) bridge.heard(said(chars));
    assert.equal(hints.filter((room) => room === "7").length, 2);
    assert.equal(bridge.counts.junk, 1);
    await clock.advance(1_000);
    const perSecond = LIMITS.foreignEventsPerSecond;
    const small = JSON.stringify({ serverId: 1, type: "message", data: { roomId: "8" } });
    for (const count of [perSecond - 1, 1, 1]) {
      for (let at = 0; at < count; at++) bridge.heard(small);
    }
    assert.equal(hints.filter((room) => room === "8").length, perSecond);
    assert.equal(bridge.counts.junk, 2);
    await clock.advance(5_000);
    assert.equal(looks, 2);
    bridge.stop();
  });
});

describe("others that are silent", () => {
  test("[BR9] are believed to be there for half an hour", async () => {
    const { clock, presence, reports } = world();
    await presence.heard("a", { type: "user.connected", user: 1 });
    await presence.heard("a", { type: "user.connected", user: 999 });
    assert.deepEqual(reports.splice(0), ["tutorial:a +1 -"]);
    await clock.advance(SILENT_MS);
    await presence.look();
    assert.deepEqual(reports.splice(0), ["tutorial:a + -"]);
    await clock.advance(1);
    await presence.look();
    assert.deepEqual(reports, []);
  });

  test("[BR9] are gone when nobody but Klatch has listened for twenty seconds", async () => {
    const { clock, presence, reports, desert } = world();
    await presence.heard("a", { type: "message", room: "0", from: 1 });
    desert();
    await presence.look();
    await clock.advance(DESERTED_MS - 1);
    await presence.look();
    assert.equal(reports.splice(0).length, 3);
    await clock.advance(1);
    await presence.look();
    assert.deepEqual(reports, []);
  });

  test("[BR9] are told apart up to a hundred; of more, and of long names, all are one", async () => {
    const { presence, reports } = world();
    for (let at = 0; at < 101; at++) {
      await presence.heard(`server ${at}`, { type: "user.connected", user: 1 });
    }
    await presence.heard("x".repeat(101), { type: "user.connected", user: 2 });
    assert.equal(reports.filter((each) => each.startsWith("tutorial:server")).length, 100);
    assert.deepEqual(reports.slice(-2), ["tutorial: +1 -", "tutorial: +2 -"]);
  });
});
