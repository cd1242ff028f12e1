/** Stored messages: what Klatch wrote is read exactly, and what others wrote with mercy. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { accessRoom } from "#server/core/access/room-access.ts";
import { isPosition } from "#protocol/position.ts";
import { keys } from "#server/redis/keys.ts";
import { jsonParts, positionOf, readStored } from "#server/redis/log/stored-message.ts";
import { anyCharacter } from "#test/support/any-character.ts";

const SCORE = "1615480369.000123";

describe("a stored message", () => {
  test("is read back as it was written, whatever its text", () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ unit: anyCharacter }), fc.uuid(), (from, text, cid) => {
        const [head, middle, end] = jsonParts(accessRoom({ id: from }, "1:2"), { cid, text });
        const member = `${head}1615480369${middle}${SCORE}${end}`;
        assert.deepEqual(readStored(member, SCORE, "1:2"), {
          from,
          date: 1_615_480_369,
          message: text,
          roomId: "1:2",
          id: SCORE,
          cid,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test("begins with the tutorial's four fields, in its order", () => {
    const [head, middle, end] = jsonParts(accessRoom({ id: 1 }, "1:2"), {
      cid: "c".repeat(8),
      text: "Hello",
    });
    assert.equal(
      `${head}1615480369${middle}${SCORE}${end}`,
      '{"from":1,"date":1615480369,"message":"Hello","roomId":"1:2",' +
        `"id":"${SCORE}","cid":"cccccccc"}`,
    );
  });

  test("of the tutorial, without id and cid, is at the place of its score", () => {
    const member = '{"from":1,"date":1615480369,"message":"Hello","roomId":"1:2"}';
    const expected = {
      from: 1,
      date: 1_615_480_369,
      message: "Hello",
      roomId: "1:2",
      id: "1615480369.000000",
      cid: "",
    };
    assert.deepEqual(readStored(member, "1615480369", "1:2"), expected);
    const asText = '{"message":"Hello","from":"1","roomId":1,"date":"soon","id":7,"cid":null}';
    assert.deepEqual(readStored(asText, "1615480369.5", "1:2"), {
      ...expected,
      id: "1615480369.500000",
    });
  });

  test("is always of the room it lies in, whatever it says of itself", () => {
    const member = '{"from":1,"date":1,"message":"Hello","roomId":"3:4"}';
    assert.equal(readStored(member, "1", "1:2")?.roomId, "1:2");
  });

  test("that is none is skipped", () => {
    const junk = [
      "",
      "junk",
      "null",
      "1",
      '"text"',
      "[]",
      "{}",
      '{"message":"no author"}',
      '{"from":1}',
      '{"from":1,"message":7}',
      '{"from":"ada","message":"Hello"}',
      '{"from":1.5,"message":""}',
      '{"from":1e400,"message":""}',
      '{"from":1,"message":"Hello"',
      "\0",
      '{"from":{}}',
    ];
    for (const member of junk) assert.equal(readStored(member, SCORE, "0"), undefined, member);
  });

  test("never throws, and never has a place that is none", () => {
    const member = fc.oneof(
      fc.json(),
      fc.string({ unit: anyCharacter }),
      fc.constant('{"from":1,"message":""}'),
    );
    const score = fc.oneof(
      fc.double().map(String),
      fc.constantFrom("inf", "-inf", "nan", "1e99", ""),
    );
    fc.assert(
      fc.property(member, score, (text, at) => {
        const message = readStored(text, at, "0");
        if (message !== undefined) assert.ok(isPosition(message.id), `${at} → ${message.id}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a score becomes the position that it was written from", () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999_999 }), (whole, micros) => {
        const position = `${whole}.${String(micros).padStart(6, "0")}`;
        assert.equal(positionOf(String(Number(position))), position);
        assert.equal(positionOf(Number(position).toPrecision(17)), position);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("keys", () => {
  test("no two things have one key", () => {
    const room = fc.oneof(
      fc.nat().map(String),
      fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => `${a}:${b}`),
    );
    const id = fc.nat(20);
    const cid = fc.stringMatching(/^[A-Za-z0-9_-]{8,10}$/u);
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/u);
    const name = fc.stringMatching(/^[a-z0-9]+(?:[._-][a-z0-9]+){0,2}$/u);
    const address = fc.constantFrom("register:1.2.3.4", "sign-in:address:::1", "sign-in:name:ab");
    const key = fc.oneof(
      fc.constantFrom(keys.totalUsers, keys.onlineUsers, keys.demo).map((k) => [k, k]),
      name.map((n) => [`username ${n}`, keys.username(n)]),
      id.map((i) => [`user ${i}`, keys.user(i)]),
      id.map((i) => [`rooms ${i}`, keys.userRooms(i)]),
      room.map((r) => [`room ${r}`, keys.room(r)]),
      room.map((r) => [`name ${r}`, keys.roomName(r)]),
      room.map((r) => [`meta ${r}`, keys.roomMeta(r)]),
      room.map((r) => [`members ${r}`, keys.roomMembers(r)]),
      fc.tuple(room, id, cid).map(([r, i, c]) => [`sent ${r} ${i} ${c}`, keys.sent(r, i, c)]),
      digest.map((d) => [`session ${d}`, keys.session(d)]),
      address.map((a) => [`throttle ${a}`, keys.throttle(a)]),
      name.map((n) => [`probe ${n}`, keys.probe(n)]),
    );
    fc.assert(
      fc.property(fc.array(key, { minLength: 30, maxLength: 60 }), (pairs) => {
        const things = new Set(pairs.map(([thing]) => thing));
        assert.equal(new Set(pairs.map(([, text]) => text)).size, things.size);
      }),
      { numRuns: 300 },
    );
  });

  test("a room's companions carry the room's key, whole, as their hash tag", () => {
    const companions = [keys.roomMeta("1:2"), keys.roomMembers("1:2"), keys.sent("1:2", 1, "c")];
    for (const key of companions)
      assert.equal(/\{(?<tag>[^}]*)\}/u.exec(key)?.[1], keys.room("1:2"));
    assert.doesNotMatch(keys.room("1:2"), /[{}]/u);
  });
});
