/** The beacon: a link that is up and deaf is found out, and only such a one is replaced. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BEACON_SILENT_MS, Beacon } from "#server/core/delivery/beacon.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

async function openBeacon() {
  const bus = new FakeBus();
  const clock = new ManualClock();
  let replaced = 0;
  const onDeaf = () => void replaced++;
  const beacon = new Beacon({ serverId: "s1", bus, clock, onDeaf });
  await beacon.start();
  return { bus, clock, beacon, replaced: () => replaced };
}

describe("a beacon", () => {
  test("is sent every 5 s on the server's own topic, which it hears", async () => {
    const { bus, clock } = await openBeacon();
    assert.deepEqual([...bus.subscribed], ["server:s1"]);
    await clock.advance(20_000);
    assert.equal(bus.published.length, 5);
    for (const { topic } of bus.published) assert.equal(topic, "server:s1");
  });

  test("that comes back keeps the link", async () => {
    const { clock, beacon, replaced } = await openBeacon();
    for (let i = 0; i < 20; i++) {
      await clock.advance(5_000);
      beacon.heard();
      assert.equal(beacon.silentMs, 0);
    }
    assert.equal(replaced(), 0);
  });

  test("that is silent for more than 10 s has the link replaced, once for each", async () => {
    const { clock, beacon, replaced } = await openBeacon();
    await clock.advance(BEACON_SILENT_MS);
    assert.equal(replaced(), 0);
    await clock.advance(5_000);
    assert.equal(replaced(), 1);
    await clock.advance(BEACON_SILENT_MS);
    assert.equal(replaced(), 1);
    await clock.advance(5_000);
    assert.equal(replaced(), 2);
    beacon.heard();
    await clock.advance(BEACON_SILENT_MS);
    assert.equal(replaced(), 2);
  });

  test("that Redis did not take proves nothing of the link", async () => {
    const { bus, clock, beacon, replaced } = await openBeacon();
    for (let i = 0; i < 12; i++) bus.failures.push(new Error("Redis is away."));
    await clock.advance(60_000);
    assert.equal(replaced(), 0);
    assert.ok(beacon.silentMs >= 60_000);
    await clock.advance(5_000);
    assert.equal(replaced(), 1);
  });

  test("a clock that is set back replaces nothing", async () => {
    const { clock, beacon, replaced } = await openBeacon();
    await clock.advance(5_000);
    beacon.heard();
    clock.setBack(3_600_000);
    await clock.advance(5_000);
    assert.equal(replaced(), 0);
  });

  test("is not sent once it is stopped", async () => {
    const { bus, clock, beacon } = await openBeacon();
    beacon.stop();
    await clock.advance(60_000);
    assert.equal(bus.published.length, 1);
    assert.equal(clock.timers, 0);
  });

  test("a server that cannot hear itself does not start", async () => {
    const bus = new FakeBus();
    bus.failures.push(new Error("The link is down."));
    const clock = new ManualClock();
    const beacon = new Beacon({ serverId: "s1", bus, clock, onDeaf: () => undefined });
    await assert.rejects(beacon.start(), /down/u);
    assert.equal(clock.timers, 0);
  });
});
