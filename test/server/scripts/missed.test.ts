/** The script that says what was missed: recovered, gone or fork, at every edge between them. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as fc from "fast-check";
import { START, comparePositions } from "#protocol/position.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { scripts } from "#server/redis/scripts.ts";
import {
  HOSTILE,
  draft,
  newRoom,
  openRedis,
  runRaw,
  snapshot,
} from "#test/server/scripts/open-redis.ts";
import { PlainLog } from "#test/support/plain-log.ts";

const { redis, close } = await openRedis();
const log = new PlainLog(new RedisMessageLog(redis));
after(close);

/** A room of member 1 with so many messages; their ids are a second apart, from 1000.000000 on. */
async function roomOf(count: number): Promise<string> {
  const room = await newRoom(redis, 1);
  for (let i = 0; i < count; i++) {
    const id = at(i);
    const value = JSON.stringify({
      from: 1,
      date: 1000 + i,
      message: `${i}`,
      roomId: room,
      id,
      cid: "",
    });
    await redis.zAdd(keys.room(room), { score: Number(id), value });
    await redis.hSet(keys.roomMeta(room), "last", id);
  }
  return room;
}

const at = (i: number) => `${1000 + i}.000000`;

async function missed(room: string, since: string, limit = 10) {
  const answer = await log.missed(room, 1, since, limit);
  if (answer.kind !== "recovered") return answer;
  const { kind, head, messages } = answer;
  return { kind, head, messages: messages.map(({ message }) => message) };
}

describe("missed", () => {
  test("at the head, nothing", async () => {
    const room = await roomOf(5);
    assert.deepEqual(await missed(room, at(4)), { kind: "recovered", messages: [], head: at(4) });
  });

  test("one behind, and all behind, exactly what came after, in order", async () => {
    const room = await roomOf(5);
    const recovered = { kind: "recovered", head: at(4) };
    assert.deepEqual(await missed(room, at(3)), { ...recovered, messages: ["4"] });
    assert.deepEqual(await missed(room, at(0)), { ...recovered, messages: ["1", "2", "3", "4"] });
    assert.deepEqual(await missed(room, START), {
      ...recovered,
      messages: ["0", "1", "2", "3", "4"],
    });
  });

  test("as many as the limit are told one by one; one more is gone", async () => {
    const room = await roomOf(6);
    assert.equal((await missed(room, at(0), 5)).kind, "recovered");
    assert.deepEqual(await missed(room, START, 5), { kind: "gone", head: at(5) });
    assert.deepEqual(await missed(room, at(0), 4), { kind: "gone", head: at(5) });
    assert.equal((await missed(room, at(5), 0)).kind, "recovered");
  });

  test("an empty room has missed nothing, and its head is START", async () => {
    const room = await roomOf(0);
    assert.deepEqual(await missed(room, START), { kind: "recovered", messages: [], head: START });
    assert.deepEqual(await missed(room, at(0)), { kind: "fork", head: START });
  });

  test("at the floor all that is kept; one past it what follows; before it, gone", async () => {
    const room = await roomOf(6);
    await redis.zRemRangeByScore(keys.room(room), "-inf", at(2));
    await redis.hSet(keys.roomMeta(room), "floor", at(2));
    const recovered = { kind: "recovered", head: at(5) };
    assert.deepEqual(await missed(room, at(2)), { ...recovered, messages: ["3", "4", "5"] });
    assert.deepEqual(await missed(room, at(3)), { ...recovered, messages: ["4", "5"] });
    for (const since of [START, at(0), at(1), "1001.999999"]) {
      assert.deepEqual(await missed(room, since), { kind: "gone", head: at(5) }, since);
    }
    assert.deepEqual(await missed(room, "1002.000001"), { kind: "fork", head: at(5) });
  });

  test("ahead of the head is a fork, by as little as a microsecond", async () => {
    const room = await roomOf(3);
    for (const since of ["1002.000001", "1003.000000", "9999999999.999999"]) {
      assert.deepEqual(await missed(room, since), { kind: "fork", head: at(2) }, since);
    }
  });

  test("a position between two that never was, or is lost, is a fork", async () => {
    const room = await roomOf(4);
    for (const since of ["0.000001", "999.999999", "1000.000001", "1000.999999", "1001.500000"]) {
      assert.deepEqual(await missed(room, since), { kind: "fork", head: at(3) }, since);
    }
    await redis.zRemRangeByScore(keys.room(room), at(1), at(1));
    assert.deepEqual(await missed(room, at(1)), { kind: "fork", head: at(3) });
  });

  test("what another program wrote counts, its head included", async () => {
    const room = await roomOf(2);
    const theirs = '{"from":2,"date":1005,"message":"theirs","roomId":"0"}';
    await redis.zAdd(keys.room(room), { score: 1005, value: theirs });
    const expected = { kind: "recovered", messages: ["theirs"], head: "1005.000000" };
    assert.deepEqual(await missed(room, at(1)), expected);
    assert.equal(await log.head(room), "1005.000000");
    assert.equal((await missed(room, "1005.000000")).kind, "recovered");
  });

  test("what nobody can read is skipped, and absurd scores are not the head", async () => {
    const room = await roomOf(2);
    await redis.zAdd(keys.room(room), [
      { score: 1000.5, value: "junk" },
      { score: 1_700_000_000_000, value: '{"from":2,"message":"milliseconds"}' },
      { score: Infinity, value: '{"from":2,"message":"never"}' },
    ]);
    const expected = { kind: "recovered", messages: ["1"], head: at(1) };
    assert.deepEqual(await missed(room, at(0)), expected);
    assert.equal(await log.head(room), at(1));
  });

  test("of today's ids, every microsecond is told apart", async () => {
    const room = await newRoom(redis, 1);
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) {
      const appended = await log.append(draft(room));
      if (appended.kind === "stored") ids.push(appended.id);
    }
    for (const [i, since] of ids.entries()) {
      const answer = await log.missed(room, 1, since, 50);
      assert.ok(answer.kind === "recovered");
      assert.deepEqual(
        answer.messages.map(({ id }) => id),
        ids.slice(i + 1),
      );
    }
  });

  test("agrees with a plain array, wherever the log was cut and whatever is asked", async () => {
    const shape = fc.record({
      count: fc.nat(8),
      cut: fc.nat(8),
      since: fc.nat(20),
      limit: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ count, cut, since, limit }) => {
        const room = await roomOf(count);
        const kept = Math.min(cut, count);
        const floor = kept > 0 ? at(kept - 1) : START;
        if (kept > 0) {
          await redis.zRemRangeByScore(keys.room(room), "-inf", floor);
          await redis.hSet(keys.roomMeta(room), "floor", floor);
        }
        // Every half second from before the first to after the last; even ones are ids.
        const asked = since === 0 ? START : `${999 + Math.floor(since / 2)}.${since % 2}00000`;
        const ids = Array.from({ length: count - kept }, (_, i) => at(kept + i));
        const head = count > 0 ? at(count - 1) : START;
        const later = ids.filter((id) => comparePositions(id, asked) > 0);
        const isKnown = asked === floor || ids.includes(asked);
        const isGone = comparePositions(asked, floor) < 0;
        const kind =
          comparePositions(asked, head) > 0 || (!isGone && !isKnown)
            ? "fork"
            : isGone || later.length > limit
              ? "gone"
              : "recovered";
        assert.equal((await missed(room, asked, limit)).kind, kind);
      }),
      { numRuns: 150 },
    );
  });

  test("is told to members only", async () => {
    const room = await roomOf(3);
    assert.deepEqual(await log.missed(room, 2, at(0), 10), { kind: "not-member" });
    await redis.hDel(keys.roomMembers(room), "1");
    assert.deepEqual(await log.missed(room, 1, at(0), 10), { kind: "not-member" });
  });

  test("changes nothing, whatever it is asked", async () => {
    const room = await roomOf(2);
    const names = [keys.room(room), keys.roomMeta(room), keys.roomMembers(room)];
    const before = await snapshot(redis);
    for (const [, bytes] of HOSTILE) {
      for (const args of [
        [bytes, at(0), "10", START],
        ["1", bytes, "10", START],
        ["1", at(0), bytes, START],
      ]) {
        // An error is an answer too; what counts is what it leaves behind.
        await runRaw(redis, scripts.missed, names, args).catch(() => undefined);
      }
    }
    assert.deepEqual(await snapshot(redis), before);
    await redis.scriptFlush();
    assert.equal((await missed(room, at(0))).kind, "recovered");
  });

  test("can be asked while the memory of Redis is full", async () => {
    const room = await roomOf(2);
    await redis.configSet("maxmemory", "1");
    try {
      assert.equal((await missed(room, at(0))).kind, "recovered");
    } finally {
      await redis.configSet("maxmemory", "0");
    }
  });
});
