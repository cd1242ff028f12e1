/** Presence on one server: what it reports, and what it tells. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PresenceChange } from "#protocol/presence.ts";
import { Presence } from "#server/core/people/presence.ts";
import type { Movement, PresenceStore } from "#server/core/people/presence-store.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

/** One server's record, kept in memory; a test can take it away. */
class FakePresenceStore implements PresenceStore {
  readonly here = new Set<number>();
  readonly reports: Movement[] = [];
  readonly reaped: string[] = [];
  dead: readonly string[] = [];
  others: readonly number[] = [];
  isHeld = false;
  isAway = false;
  isRetired = false;

  async report(_server: string, movement: Movement): Promise<boolean> {
    if (this.isAway) throw new Error("Redis is away.");
    if (movement.came.length + movement.left.length > 0) this.reports.push(movement);
    for (const user of movement.came) this.here.add(user);
    for (const user of movement.left) this.here.delete(user);
    const wasHeld = this.isHeld;
    this.isHeld = true;
    return wasHeld;
  }

  registered(): Promise<readonly number[]> {
    return Promise.resolve([...this.here]);
  }

  expired(): Promise<readonly string[]> {
    return Promise.resolve(this.dead);
  }

  reap(server: string): Promise<boolean> {
    this.reaped.push(server);
    this.dead = [];
    return Promise.resolve(false);
  }

  retire(): Promise<void> {
    this.isRetired = true;
    return Promise.resolve();
  }

  lastSeen(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  online(): Promise<readonly number[]> {
    return this.isAway ? Promise.reject(new Error("away")) : Promise.resolve(this.others);
  }
}

async function open() {
  const clock = new ManualClock();
  const store = new FakePresenceStore();
  const presence = new Presence({ serverId: "one", store, clock });
  const told: PresenceChange[] = [];
  presence.addAudience((change) => void told.push(change));
  await presence.start();
  await clock.advance(100);
  return { clock, store, presence, told };
}

describe("presence", () => {
  test("[PR1] the second of two windows may close, and a page may be loaded again", async () => {
    const { clock, store, presence } = await open();
    const closeFirst = presence.arrive(1);
    const closeSecond = presence.arrive(1);
    await clock.advance(100);
    closeFirst();
    closeFirst();
    await clock.advance(10_000);
    closeSecond();
    await clock.advance(1_000);
    const closeThird = presence.arrive(1);
    await clock.advance(10_000);
    assert.deepEqual(store.reports, [{ came: [1], left: [] }]);
    closeThird();
    await clock.advance(1_600);
    assert.deepEqual(store.reports.slice(1), [{ came: [], left: [1] }]);
  });

  test("[PR2] what Redis did not take is said again, and only the newest of it", async () => {
    const { clock, store, presence } = await open();
    store.isAway = true;
    const close = presence.arrive(1);
    presence.arrive(2);
    await clock.advance(1_000);
    close();
    await clock.advance(3_000);
    assert.deepEqual(store.reports, []);
    store.isAway = false;
    await clock.advance(5_000);
    assert.deepEqual(store.reports, [{ came: [2], left: [1] }]);
  });

  test("[PR2] a server that was forgotten says again who is there, and who is not", async () => {
    const { clock, store, presence } = await open();
    presence.arrive(1);
    presence.arrive(2);
    await clock.advance(100);
    store.isHeld = false;
    store.here.delete(1);
    store.here.add(9);
    await clock.advance(5_000);
    assert.deepEqual(store.reports.slice(1), [{ came: [1], left: [9] }]);
  });

  test("[PR3] only who held its own lease for a while judges that of others", async () => {
    const { clock, store } = await open();
    store.dead = ["two"];
    await clock.advance(10_000);
    assert.deepEqual(store.reaped, []);
    store.isAway = true;
    await clock.advance(5_000);
    store.isAway = false;
    await clock.advance(15_000);
    assert.deepEqual(store.reaped, []);
    await clock.advance(5_000);
    assert.deepEqual(store.reaped, ["two"]);
  });

  test("[PR4] comings and goings are told together, each difference once", async () => {
    const { clock, presence, told } = await open();
    presence.heard({ online: [1, 2, 3], offline: [] });
    presence.heard({ online: [1], offline: [3, 4] });
    assert.deepEqual(presence.online(), [1, 2]);
    await clock.advance(500);
    assert.deepEqual(told, [{ online: [1, 2], offline: [3] }]);
    presence.heard({ online: [], offline: [1] });
    presence.heard({ online: [1], offline: [] });
    await clock.advance(500);
    // Whoever asked in between was told that this one is offline.
    assert.deepEqual(told.slice(1), [{ online: [1], offline: [] }]);
  });

  test("[PR4] after a break of the link the difference is told", async () => {
    const { clock, store, presence, told } = await open();
    presence.heard({ online: [1, 2], offline: [] });
    await clock.advance(500);
    store.others = [2, 3];
    await presence.refresh();
    await clock.advance(500);
    assert.deepEqual(told.slice(1), [{ online: [3], offline: [1] }]);
    store.isAway = true;
    await presence.refresh();
    assert.deepEqual(presence.online(), [2, 3]);
  });

  test("a server that ends says so, and leaves no timer", async () => {
    const { clock, store, presence } = await open();
    const close = presence.arrive(1);
    await clock.advance(100);
    close();
    await presence.stop();
    assert.ok(store.isRetired);
    assert.equal(clock.timers, 0);
    assert.deepEqual(store.reports, [{ came: [1], left: [] }]);
  });
});
