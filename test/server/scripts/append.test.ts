/** The script that sends: one step that stores and publishes, or changes nothing at all. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { comparePositions, isPosition } from "#protocol/position.ts";
import { connect } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { scripts } from "#server/redis/scripts.ts";
import { until } from "#test/support/until.ts";
import {
  HOSTILE,
  draft,
  newRoom,
  openRedis,
  runRaw,
  snapshot,
} from "#test/server/scripts/open-redis.ts";
import { PlainLog } from "#test/support/plain-log.ts";

const { process, redis, close } = await openRedis();
const listener = await connect(process.url, "klatch:test:listener");
const log = new PlainLog(new RedisMessageLog(redis));
after(async () => {
  listener.destroy();
  await close();
});

/** Hears a room; `all` are the payloads once everything sent so far has come. */
async function hear(room: string) {
  const heard: string[] = [];
  await listener.sSubscribe(keys.room(room), (payload) => void heard.push(payload));
  const all = async () => {
    await redis.sPublish(keys.room(room), "end");
    await until(() => heard.at(-1) === "end", { what: "the end of what was published" });
    return heard.filter((payload) => payload !== "end");
  };
  return { all };
}

async function stored(room: string): Promise<readonly string[]> {
  return redis.zRange(keys.room(room), 0, -1);
}

async function append(room: string, text?: string, cid?: string): Promise<string> {
  const appended = await log.append(draft(room, text, cid));
  assert.ok(appended.kind === "stored", appended.kind);
  return appended.id;
}

const micros = (id: string) => Number(id.replace(".", ""));
const place = (us: number) => `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, "0")}`;

const nowS = async () => Number((await redis.sendCommand<[string, string]>(["TIME"]))[0]);

describe("append", () => {
  test("[DL1] one script stores and publishes: what is heard is what is stored", async () => {
    const room = await newRoom(redis, 1);
    const { all } = await hear(room);
    const began = await nowS();
    const text = `"quotes" \\ ünïcödé 👍 \u2028 \r\n </script>`;
    const cid = "0123456789abcdef";
    const first = await append(room, text, cid);
    const second = await append(room);
    const [one, two, ...more] = (await all()).map((payload): unknown => JSON.parse(payload));
    const members = (await stored(room)).map((member): unknown => JSON.parse(member));
    const date = Number.parseInt(first, 10);
    const message = { from: 1, date, message: text, roomId: room, id: first, cid };
    assert.deepEqual(members[0], message);
    assert.deepEqual(one, { type: "message", room, id: first, prev: "0.000000", data: message });
    assert.deepEqual(two, { type: "message", room, id: second, prev: first, data: members[1] });
    assert.deepEqual(more, []);
    assert.ok(date >= began && date <= began + 5);
    assert.equal(await redis.hGet(keys.roomMeta(room), "last"), second);
    assert.equal(await redis.zScore(keys.room(room), (await stored(room))[0] ?? ""), Number(first));
  });

  test("[DL2] ids strictly increase, and 200 at once are read in the order stored", async () => {
    const room = await newRoom(redis, 1);
    const texts = Array.from({ length: 200 }, (_, at) => `message ${at}`);
    const ids = await Promise.all(texts.map((text) => append(room, text)));
    assert.equal(new Set(ids).size, 200);
    assert.deepEqual(ids.toSorted(comparePositions), ids);
    const found = await log.after(room, "0.000000", 500);
    assert.ok(found !== "lost");
    assert.deepEqual(
      found.map(({ data }) => data.message),
      texts,
    );
  });

  test("[DL2] an id that was lost with the end of the log is not given out again", async () => {
    const room = await newRoom(redis, 1);
    const kept = await append(room, "kept");
    const lost = await append(room, "lost");
    await redis.zRemRangeByScore(keys.room(room), lost, lost);
    await redis.hSet(keys.roomMeta(room), "last", kept);
    const next = await append(room, "next");
    assert.ok(comparePositions(next, lost) > 0, `${next} after ${lost}`);
  });

  test("[DL2] ids strictly increase within a room, whatever the clock and others do", async () => {
    const drift = fc.integer({ min: -5_000, max: 5_000_000 });
    const act = fc.oneof(
      fc.constant({ kind: "append" as const, by: 0 }),
      fc.record({ kind: fc.constantFrom("meta-ahead" as const, "foreign" as const), by: drift }),
      fc.record({ kind: fc.constant("absurd" as const), by: fc.nat(3) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const room = await newRoom(redis, 1);
        let last = await append(room);
        for (const { kind, by } of acts) {
          const at = (Math.round(Number(last) * 1e6) + by) / 1e6;
          if (kind === "meta-ahead" && by > 0) {
            await redis.hSet(keys.roomMeta(room), "last", at.toFixed(6));
            last = at.toFixed(6);
          } else if (kind === "foreign") {
            await redis.zAdd(keys.room(room), { score: at, value: `{"from":2,"message":"${at}"}` });
            if (comparePositions(at.toFixed(6), last) > 0) last = at.toFixed(6);
          } else if (kind === "absurd") {
            // Milliseconds, the ends of all numbers, and before all time.
            const score = [1_700_000_000_000, Infinity, -Infinity, -5][by] ?? 0;
            await redis.zAdd(keys.room(room), { score, value: `absurd ${by}` });
          }
          const id = await append(room);
          assert.ok(isPosition(id), id);
          assert.ok(comparePositions(id, last) > 0, `${id} after ${last}`);
          assert.equal(await log.head(room), id);
          last = id;
        }
      }),
      { numRuns: 60 },
    );
  });

  test("[DL2] after a clock was set back by a day, ids go on from where they were", async () => {
    const room = await newRoom(redis, 1);
    const tomorrow = (await nowS()) + 86_400;
    await redis.hSet(keys.roomMeta(room), "last", `${tomorrow}.999999`);
    const began = performance.now();
    const first = micros(await append(room));
    assert.ok(first > micros(`${tomorrow}.999999`) && first <= micros(`${tomorrow + 2}.000000`));
    await sleep(200);
    const second = micros(await append(room));
    const tookUs = (performance.now() - began) * 1_000;
    const aheadUs = second - first;
    assert.ok(aheadUs > 90_000 && aheadUs <= tookUs / 2 + 1, `${aheadUs} of ${tookUs}`);
  });

  test("[DL2] ids that are ahead of the clock meet it again, and are the time from then on", async () => {
    const room = await newRoom(redis, 1);
    const nowUs = Date.now() * 1_000;
    const ahead = place(nowUs + 400_000);
    await redis.hSet(keys.roomMeta(room), { last: ahead, ahead: `${ahead} ${place(nowUs)}` });
    await until(
      async () => {
        const id = await append(room);
        return (await redis.hGet(keys.roomMeta(room), "ahead"))?.startsWith(`${id} `) === false;
      },
      { what: "ids are the time", timeoutMs: 10_000 },
    );
    const seconds = await nowS();
    assert.ok(Number.parseInt(await append(room), 10) - seconds <= 1);
  });

  test("[DL2] what was lost while the clock was behind is not given again, again and again", async () => {
    for (let round = 0; round < 20; round++) {
      const room = await newRoom(redis, 1);
      await redis.hSet(keys.roomMeta(room), "last", `${(await nowS()) + 3_600}.000000`);
      const kept = await append(room);
      const meta = await redis.hGetAll(keys.roomMeta(room));
      const lost = await Promise.all(["a", "b", "c"].map((text) => append(room, text)));
      // As a Redis that starts again on the log without its end.
      await redis.zRemRangeByScore(keys.room(room), `(${kept}`, "+inf");
      await redis.del(keys.roomMeta(room));
      await redis.hSet(keys.roomMeta(room), meta);
      const next = await append(room, "next");
      const highest = lost.toSorted(comparePositions).at(-1) ?? "";
      assert.ok(comparePositions(next, highest) > 0, `${next} after ${highest}`);
    }
  });

  test("[DL2] a clock that is set back before and after a loss does not give one id twice", async () => {
    const room = await newRoom(redis, 1);
    const behind = `${(await nowS()) + 3_600}.000000`;
    const given = new Set<string>();
    for (let round = 0; round < 50; round++) {
      await redis.del(keys.room(room));
      await redis.del(keys.roomMeta(room));
      await redis.hSet(keys.roomMeta(room), "last", behind);
      given.add(await append(room, `round ${round}`));
    }
    assert.equal(given.size, 50);
  });

  test("[DL3] a message sent again with its cid is stored once, with the same id", async () => {
    const room = await newRoom(redis, 1);
    const { all } = await hear(room);
    const cid = "retry-0001";
    const tries = await Promise.all(Array.from({ length: 20 }, () => append(room, "once", cid)));
    await append(room, "another");
    tries.push(await append(room, "once", cid));
    assert.equal(new Set(tries).size, 1);
    assert.equal((await stored(room)).length, 2);
    assert.equal((await all()).length, 2);
  });

  test("[DL3] the same cid of somebody else, or in another room, is another message", async () => {
    const room = await newRoom(redis, 1, 2);
    const other = await newRoom(redis, 1);
    const cid = "same-cid-1";
    const mine = await append(room, "hello", cid);
    const theirs = await log.append({ ...draft(room, "hello", cid), from: 2 });
    assert.ok(theirs.kind === "stored" && theirs.id !== mine);
    await append(other, "hello", cid);
    assert.equal((await stored(room)).length, 2);
    assert.equal((await stored(other)).length, 1);
  });

  test("[DL3] two identical texts with cids of their own are two messages", async () => {
    const room = await newRoom(redis, 1);
    await Promise.all([append(room, "same"), append(room, "same")]);
    assert.equal((await stored(room)).length, 2);
  });

  test("[DL3] a cid is remembered for a day", async () => {
    const room = await newRoom(redis, 1);
    await append(room, "hello", "one-day-cid");
    const ttl = await redis.ttl(keys.sent(room, 1, "one-day-cid"));
    assert.ok(ttl > 86_390 && ttl <= 86_400, String(ttl));
  });

  test("[DL4] same cid with another text is refused, and changes nothing", async () => {
    const room = await newRoom(redis, 1);
    await append(room, "hello", "reused-cid");
    const before = await snapshot(redis);
    const { all } = await hear(room);
    for (const text of ["Hello", "hello ", "", "HELLO", "h"]) {
      assert.deepEqual(await log.append(draft(room, text, "reused-cid")), { kind: "cid-reused" });
    }
    assert.deepEqual(await snapshot(redis), before);
    assert.deepEqual(await all(), []);
  });

  test("[DL5] a non-member's send changes nothing", async () => {
    const room = await newRoom(redis, 2);
    const { all } = await hear(room);
    const before = await snapshot(redis);
    assert.deepEqual(await log.append(draft(room)), { kind: "not-member" });
    assert.deepEqual(await log.append(draft("999999")), { kind: "not-member" });
    assert.deepEqual(await snapshot(redis), before);
    assert.deepEqual(await all(), []);
  });

  test("[DL3] what a member said before being removed is answered as stored, and not said again", async () => {
    const room = await newRoom(redis, 1);
    const id = await append(room, "hello", "old-message");
    await redis.hDel(keys.roomMembers(room), "1");
    const { all } = await hear(room);
    const before = await snapshot(redis);
    assert.equal(await append(room, "hello", "old-message"), id);
    assert.deepEqual(await snapshot(redis), before);
    assert.deepEqual(await all(), []);
  });

  test("[DL5] who was a member is answered as a stranger, under an old cid too", async () => {
    const room = await newRoom(redis, 1);
    await append(room, "hello", "old-message");
    await redis.hDel(keys.roomMembers(room), "1");
    const { all } = await hear(room);
    const before = await snapshot(redis);
    assert.deepEqual(await log.append(draft(room, "bye", "old-message")), { kind: "not-member" });
    assert.deepEqual(await log.append(draft(room, "hello")), { kind: "not-member" });
    const other = { ...draft(room, "hello", "old-message"), from: 2 };
    assert.deepEqual(await log.append(other), { kind: "not-member" });
    assert.deepEqual(await snapshot(redis), before);
    assert.deepEqual(await all(), []);
  });

  test("is found again when Redis forgets its scripts", async () => {
    const room = await newRoom(redis, 1);
    const first = await append(room, "hello", "flush-cid-1");
    await redis.scriptFlush();
    assert.equal(await append(room, "hello", "flush-cid-1"), first);
    await redis.scriptFlush();
    await append(room);
    assert.equal((await stored(room)).length, 2);
  });

  test("[DL1] with its memory full Redis refuses before any effect; a retry works", async () => {
    const room = await newRoom(redis, 1);
    const { all } = await hear(room);
    const before = await snapshot(redis);
    await redis.configSet("maxmemory", "1");
    try {
      await assert.rejects(log.append(draft(room, "hello", "full-cid-1")), { code: "unavailable" });
      await redis.scriptFlush();
      await assert.rejects(log.append(draft(room, "hello", "full-cid-1")), { code: "unavailable" });
    } finally {
      await redis.configSet("maxmemory", "0");
    }
    assert.deepEqual(await snapshot(redis), before);
    await append(room, "hello", "full-cid-1");
    assert.equal((await all()).length, 1);
  });

  for (const [what, bytes] of HOSTILE) {
    test(`takes ${what} as text and nothing else`, async () => {
      const room = await newRoom(redis, 1);
      await redis.set("canary", "sings");
      const names = [keys.room(room), keys.roomMeta(room), keys.roomMembers(room), `sent:${room}`];
      const others = [`reads:${room}`, `mutes:${room}`, `blocks:${room}`];
      const args = ["1", room, "digest", "60", "a", "b", "c", "", ...others];
      for (const at of [4, 5, 6]) {
        await redis.del(`sent:${room}`);
        await runRaw(redis, scripts.append, names, args.with(at, "").with(at, bytes.toString()));
        await redis.del(`sent:${room}`);
        await runRaw(redis, scripts.append, names, [
          ...args.slice(0, at),
          bytes,
          ...args.slice(at + 1),
        ]);
      }
      // In the place of the user it is no member.
      await redis.del(`sent:${room}`);
      const before = await snapshot(redis);
      const answer = await runRaw(redis, scripts.append, names, [bytes, ...args.slice(1)]);
      assert.equal(String(answer), "not-member");
      assert.deepEqual(await snapshot(redis), before);
      assert.equal(await redis.get("canary"), "sings");
      assert.equal((await stored(room)).length, 6);
      const last = (await stored(room)).at(-1) ?? "";
      assert.ok(last.endsWith(bytes.toString()), "the bytes are in the log as they came");
    });
  }
});
