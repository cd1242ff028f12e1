/** The session watch: a session's end closes its connections here, wherever it was ended. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { SessionWatch } from "#server/core/people/session-watch.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { FakeSessionStore } from "#test/support/fake-session-store.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const ada = { id: 1, username: "ada" };
const laptop = { id: "laptop", user: ada };
const phone = { id: "phone", user: ada };
const brin = { id: "brin", user: { id: 2, username: "brin" } };

async function openWatch() {
  const bus = new FakeBus();
  const sessions = new FakeSessionStore();
  const clock = new ManualClock();
  const watch = new SessionWatch({ bus, sessions, clock });
  for (const { id, user } of [laptop, phone, brin]) await sessions.create(id, user.id);
  const closed: string[] = [];
  const open = (session: typeof laptop, name: string) =>
    watch.watch(session, () => void closed.push(name));
  return { bus, sessions, clock, watch, closed, open };
}

describe("the session watch", () => {
  test("[SE1] a session's end closes all its connections here, and no others", async () => {
    const { watch, closed, open } = await openWatch();
    await open(laptop, "tab 1");
    await open(laptop, "tab 2");
    await open(phone, "phone");
    await open(brin, "brin");
    watch.ended(ada.id, laptop.id);
    assert.deepEqual(closed, ["tab 1", "tab 2"]);
    watch.ended(ada.id, "unknown");
    watch.ended(99, laptop.id);
    watch.ended(brin.user.id, laptop.id);
    assert.deepEqual(closed, ["tab 1", "tab 2"]);
  });

  test("[SE1] a connection may stop being watched while it is being closed", async () => {
    const { watch, closed, open } = await openWatch();
    const visit = await watch.watch(laptop, () => {
      closed.push("first");
      visit?.end();
    });
    await open(laptop, "second");
    watch.ended(ada.id, laptop.id);
    assert.deepEqual(closed, ["first", "second"]);
    assert.equal(watch.connectionsOf(ada.id), 1);
  });

  test("[SE1] a session that has already ended is not watched", async () => {
    const { sessions, watch, bus, open } = await openWatch();
    await sessions.end(laptop.id);
    assert.equal(await open(laptop, "tab"), undefined);
    await turn();
    assert.equal(watch.connectionsOf(ada.id), 0);
    assert.deepEqual([...bus.subscribed], []);
  });

  test("[SE1] an end while the subscription is on its way is not missed", async () => {
    const { bus, sessions, open } = await openWatch();
    const release = bus.hold();
    const watching = open(laptop, "tab");
    await sessions.end(laptop.id);
    release();
    assert.equal(await watching, undefined);
  });

  test("[SE1] an end whose news was lost is found by looking again", async () => {
    const { sessions, clock, watch, closed, open } = await openWatch();
    watch.start();
    await open(laptop, "tab");
    await open(phone, "phone");
    await sessions.end(laptop.id);
    await clock.advance(14_999);
    assert.deepEqual(closed, []);
    await clock.advance(1);
    assert.deepEqual(closed, ["tab"]);
    watch.stop();
  });

  test("[SE1] nobody is closed because Redis is away, and looking goes on", async () => {
    const { sessions, clock, watch, closed, open } = await openWatch();
    watch.start();
    await open(laptop, "tab");
    sessions.isAway = true;
    await sessions.end(laptop.id);
    await clock.advance(60_000);
    assert.deepEqual(closed, []);
    sessions.isAway = false;
    await clock.advance(15_000);
    assert.deepEqual(closed, ["tab"]);
    watch.stop();
  });

  test("many sessions are looked up in batches", async () => {
    const { sessions, watch, closed } = await openWatch();
    for (let i = 0; i < 1_201; i++) {
      const id = `session-${i}`;
      await sessions.create(id, i % 7);
      const user = { id: i % 7, username: "ada" };
      await watch.watch({ id, user }, () => void closed.push(id));
    }
    sessions.lookups.length = 0;
    await sessions.end("session-0");
    await sessions.end("session-1200");
    await watch.recheck();
    assert.deepEqual(sessions.lookups, [500, 500, 201]);
    assert.deepEqual(closed.toSorted(), ["session-0", "session-1200"]);
  });

  test("one subscription serves all of a user's sessions, and ends with the last", async () => {
    const { bus, watch, open } = await openWatch();
    const visits = await Promise.all([open(laptop, "a"), open(laptop, "b"), open(phone, "c")]);
    assert.deepEqual(bus.changes, ["+user:1"]);
    assert.equal(watch.connectionsOf(ada.id), 3);
    visits[0]?.end();
    visits[0]?.end();
    visits[1]?.end();
    await turn();
    assert.equal(watch.connectionsOf(ada.id), 1);
    assert.deepEqual(bus.changes, ["+user:1"]);
    visits[2]?.end();
    await turn();
    assert.deepEqual(bus.changes, ["+user:1", "-user:1"]);
    assert.equal(watch.connectionsOf(ada.id), 0);
  });

  test("a failed subscription watches nobody, and the next try is a fresh one", async () => {
    const { bus, watch, closed, open } = await openWatch();
    bus.failures.push(new Error("The link is down."));
    const both = await Promise.allSettled([open(laptop, "a"), open(phone, "b")]);
    assert.ok(both.every(({ status }) => status === "rejected"));
    assert.equal(watch.connectionsOf(ada.id), 0);
    await open(laptop, "c");
    assert.ok(bus.subscribed.has("user:1"));
    watch.ended(ada.id, laptop.id);
    assert.deepEqual(closed, ["c"]);
  });

  test("a session that cannot be looked up is not watched", async () => {
    const { bus, sessions, watch, open } = await openWatch();
    sessions.isAway = true;
    await assert.rejects(open(laptop, "tab"), /away/u);
    await turn();
    assert.equal(watch.connectionsOf(ada.id), 0);
    assert.deepEqual([...bus.subscribed], []);
  });

  test("once stopped it looks nothing up any more, even if it was just looking", async () => {
    const { sessions, clock, watch, open } = await openWatch();
    await open(laptop, "tab");
    const answer = Promise.withResolvers<readonly boolean[]>();
    sessions.alive = () => answer.promise;
    watch.start();
    await clock.advance(15_000);
    watch.stop();
    answer.resolve([true]);
    await turn();
    assert.equal(clock.timers, 0);
  });
});
