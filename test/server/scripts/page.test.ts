/** The script that reads history: pages that fit together, for members only. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as fc from "fast-check";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type { Slice } from "#server/core/delivery/message-log.ts";
import { START } from "#protocol/position.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { scripts } from "#server/redis/scripts.ts";
import { HOSTILE, newRoom, openRedis, runRaw, snapshot } from "#test/server/scripts/open-redis.ts";
import { PlainLog } from "#test/support/plain-log.ts";

const { redis, close } = await openRedis();
const log = new PlainLog(new RedisMessageLog(redis));
after(close);

/** Microseconds after 1,700,000,000 s as a position. */
const at = (us: number) => `1700000000.${String(us).padStart(6, "0")}`;

async function fill(room: string, places: readonly number[]): Promise<void> {
  for (const us of places) {
    const value = JSON.stringify({ from: 1, message: at(us), id: at(us) });
    await redis.zAdd(keys.room(room), { score: Number(at(us)), value });
  }
}

async function page(room: string, cursor: Cursor, limit: number): Promise<Slice> {
  const slice = await log.page(room, 1, cursor, limit);
  assert.ok(slice);
  return slice;
}

const ids = ({ messages }: Slice) => messages.map(({ id }) => id);

/** Everything that is found by following the cursors one way, oldest first. */
async function walk(room: string, way: "before" | "after", limit: number) {
  const found: string[] = [];
  let cursor: Cursor = way === "before" ? { at: "newest" } : { at: "after", id: START };
  for (;;) {
    const slice: Slice = await page(room, cursor, limit);
    assert.ok(slice.messages.length <= limit);
    if (way === "before") found.unshift(...ids(slice));
    else found.push(...ids(slice));
    const edge = way === "before" ? slice.messages.at(0) : slice.messages.at(-1);
    if (edge === undefined || !(way === "before" ? slice.older : slice.newer)) return found;
    cursor = { at: way, id: edge.id };
  }
}

describe("page", () => {
  test("newest first, oldest first inside it", async () => {
    const room = await newRoom(redis, 1);
    await fill(room, [1, 2, 3, 4, 5]);
    const newest = await page(room, { at: "newest" }, 2);
    assert.deepEqual(ids(newest), [at(4), at(5)]);
    assert.deepEqual([newest.older, newest.newer], [true, false]);
    const before = await page(room, { at: "before", id: at(4) }, 3);
    assert.deepEqual(ids(before), [at(1), at(2), at(3)]);
    assert.equal(before.older, false);
    const next = await page(room, { at: "after", id: at(1) }, 2);
    assert.deepEqual(ids(next), [at(2), at(3)]);
    assert.equal(next.newer, true);
    const last = await page(room, { at: "after", id: at(3) }, 2);
    assert.deepEqual([ids(last), last.newer], [[at(4), at(5)], false]);
  });

  test("around a message has it in the middle, and at the ends as much as there is", async () => {
    const room = await newRoom(redis, 1);
    await fill(room, [1, 2, 3, 4, 5, 6, 7]);
    const middle = await page(room, { at: "around", id: at(4) }, 3);
    assert.deepEqual(ids(middle), [at(3), at(4), at(5)]);
    assert.deepEqual([middle.older, middle.newer], [true, true]);
    const first = await page(room, { at: "around", id: at(1) }, 4);
    assert.deepEqual([ids(first), first.older], [[at(1), at(2)], false]);
    const last = await page(room, { at: "around", id: at(7) }, 4);
    assert.deepEqual([ids(last), last.newer], [[at(5), at(6), at(7)], false]);
    assert.deepEqual(ids(await page(room, { at: "around", id: at(4) }, 1)), [at(4)]);
  });

  test("an empty room is an empty page, with nothing before or after", async () => {
    const room = await newRoom(redis, 1);
    const newest = await page(room, { at: "newest" }, 50);
    assert.deepEqual(newest, { messages: [], older: false, newer: false });
    assert.deepEqual(ids(await page(room, { at: "before", id: at(1) }, 50)), []);
    assert.deepEqual(ids(await page(room, { at: "after", id: START }, 50)), []);
    assert.deepEqual(ids(await page(room, { at: "around", id: at(1) }, 50)), []);
  });

  /** Where messages lie; `junk` is what another program left there and nobody can read. */
  const pattern = fc.uniqueArray(
    fc.record({ us: fc.nat(500), junk: fc.integer({ min: 0, max: 3 }).map((n) => n === 0) }),
    { maxLength: 40, selector: ({ us }) => us },
  );

  test("followed back or forth, gives each message once, whatever lies between", async () => {
    await fc.assert(
      fc.asyncProperty(pattern, fc.integer({ min: 1, max: 7 }), async (places, limit) => {
        const room = await newRoom(redis, 1);
        const readable = places.filter(({ junk }) => !junk).map(({ us }) => us);
        await fill(room, readable);
        for (const { us, junk } of places) {
          if (junk)
            await redis.zAdd(keys.room(room), { score: Number(at(us)), value: `junk ${us}` });
        }
        const all = readable.toSorted((a, b) => a - b).map(at);
        assert.deepEqual(await walk(room, "before", limit), all);
        assert.deepEqual(await walk(room, "after", limit), all);
      }),
      { numRuns: 60 },
    );
  });

  test("messages that come while somebody pages back move nothing", async () => {
    const room = await newRoom(redis, 1);
    await fill(room, [1, 2, 3, 4, 5, 6]);
    const first = await page(room, { at: "newest" }, 3);
    await fill(room, [7, 8]);
    const second = await page(room, { at: "before", id: first.messages[0]?.id ?? "" }, 3);
    assert.deepEqual([...ids(second), ...ids(first)], [1, 2, 3, 4, 5, 6].map(at));
  });

  test("is read by members only, also in the middle of paging", async () => {
    const room = await newRoom(redis, 1);
    await fill(room, [1, 2, 3]);
    assert.equal(await log.page(room, 2, { at: "newest" }, 50), undefined);
    await page(room, { at: "newest" }, 2);
    await redis.hDel(keys.roomMembers(room), "1");
    for (const cursor of [
      { at: "newest" },
      { at: "before", id: at(2) },
      { at: "after", id: at(2) },
      { at: "around", id: at(2) },
    ] as const) {
      assert.equal(await log.page(room, 1, cursor, 50), undefined, cursor.at);
    }
    assert.ok(!(await log.isMember(room, 1)));
  });

  test("changes nothing, whatever it is asked, and survives forgotten scripts", async () => {
    const room = await newRoom(redis, 1);
    await fill(room, [1, 2]);
    const names = [keys.room(room), keys.roomMembers(room)];
    const before = await snapshot(redis);
    for (const [, bytes] of HOSTILE) {
      for (const args of [
        [bytes, "-inf", "+inf", "REV", "10"],
        ["1", bytes, "+inf", "REV", "10"],
        ["1", "-inf", bytes, "", "10"],
        ["1", "-inf", "+inf", bytes, "10"],
        ["1", "-inf", "+inf", "", bytes],
      ]) {
        // An error is an answer too; what counts is what it leaves behind.
        await runRaw(redis, scripts.page, names, args).catch(() => undefined);
      }
    }
    assert.deepEqual(await snapshot(redis), before);
    await redis.scriptFlush();
    assert.equal(ids(await page(room, { at: "newest" }, 50)).length, 2);
  });
});
