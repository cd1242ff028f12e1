/** Positions: their shape, their order, and what of a room may stand in a key. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { START, comparePositions, isPosition } from "#protocol/position.ts";
import { isRoomId } from "#protocol/room.ts";
import { anyCharacter } from "#test/support/any-character.ts";

const micros = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999n });
const toPosition = (us: bigint) => `${us / 1_000_000n}.${String(us % 1_000_000n).padStart(6, "0")}`;

describe("a position", () => {
  test("is seconds and microseconds, and nothing else is", () => {
    fc.assert(fc.property(micros, (us) => isPosition(toPosition(us))));
    assert.ok(isPosition(START));
    const others = [
      "",
      "0",
      ".",
      "1.",
      "1.5",
      "1.12345",
      "1.1234567",
      "01.000000",
      "-1.000000",
      "+1.000000",
      "1,000000",
      "1e9.000000",
      "12345678901.000000",
      " 1.000000",
      "1.000000\n",
      "١.000000",
      "NaN.000000",
      "Infinity",
      "inf",
      "(1.000000",
      "0x1.000000",
      "1.000000\0",
    ];
    for (const other of others) assert.ok(!isPosition(other), JSON.stringify(other));
  });

  test("orders as the microseconds do, without losing one of them", () => {
    fc.assert(
      fc.property(micros, fc.oneof(micros, fc.constantFrom(-1n, 0n, 1n)), (a, other) => {
        const b = other < 2n && other > -2n ? (a + other < 0n ? 0n : a + other) : other;
        const sign = Math.sign(comparePositions(toPosition(a), toPosition(b)));
        assert.equal(sign, a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });

  test("START is before every other", () => {
    fc.assert(
      fc.property(micros, (us) => us === 0n || comparePositions(START, toPosition(us)) < 0),
    );
  });
});

describe("a room's id", () => {
  test("is one number or two", () => {
    for (const id of ["0", "1:2", "17", "9999999999999999:9999999999999999"]) {
      assert.ok(isRoomId(id), id);
    }
  });

  test("never holds what would move a key to another slot, or end it", () => {
    const others = [
      "",
      ":",
      "1:",
      ":1",
      "1:2:3",
      "a",
      "{1}",
      "1}",
      "1{",
      "-1",
      "1.0",
      " 1",
      "1\n",
      "1\r\n2",
      "0:name",
      "*",
      "1 2",
      "١",
      "99999999999999999",
      "__proto__",
      "\0",
    ];
    for (const other of others) assert.ok(!isRoomId(other), JSON.stringify(other));
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (id) => !isRoomId(id) || /^[\d:]+$/u.test(id)),
    );
  });
});
