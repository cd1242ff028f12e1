/** The hub: one frame a tick, and a join that tells the truth. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { RoomEvent } from "#protocol/events.ts";
import type { RoomId } from "#protocol/room.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { FakeMessageLog } from "#test/support/fake-message-log.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const LOBBY = "0";
const KITCHEN = "7";

function openHub() {
  const bus = new FakeBus();
  const log = new FakeMessageLog();
  const clock = new ManualClock();
  const forks: RoomId[] = [];
  const hub = new Hub({
    bus,
    log,
    clock,
    random: () => 0.5,
    onFork: (room) => void forks.push(room),
  });
  const frames: { readonly room: RoomId; readonly events: readonly RoomEvent[] }[] = [];
  hub.addAudience((room, events) => void frames.push({ room, events }));
  const hear = (room: RoomId, text = "hello") => {
    const event = log.say(room, text);
    hub.heard(room, event);
    return event;
  };
  const ids = () => frames.flatMap(({ events }) => events.map(({ id }) => id));
  return { bus, log, clock, forks, hub, frames, hear, ids };
}

describe("the hub", () => {
  test("[DL11] a place is reached when it has been handed out, with everything before it", async () => {
    const { hub, clock, log, hear, ids } = openHub();
    await hub.join(LOBBY);
    const early = log.say(LOBBY);
    const own = log.say(LOBBY);
    const steps: string[] = [];
    const reached = hub.reached(LOBBY, own.id).then(() => steps.push(...ids(), "reached"));
    hub.heard(LOBBY, early);
    clock.endTick();
    await turn();
    assert.deepEqual(steps, []);
    hub.heard(LOBBY, own);
    await turn();
    assert.deepEqual(steps, []);
    clock.endTick();
    await reached;
    assert.deepEqual(steps, [early.id, own.id, "reached"]);
    await hub.reached(KITCHEN, hear(KITCHEN).id);
    await hub.reached(LOBBY, early.id);
    assert.equal(clock.timers, 0);
  });

  test("[DL11] a place that pub/sub lost is looked for in the log", async () => {
    const { hub, clock, log, ids } = openHub();
    await hub.join(LOBBY);
    const lost = log.say(LOBBY);
    const reached = hub.reached(LOBBY, lost.id);
    await clock.advance(250);
    await turn();
    clock.endTick();
    await reached;
    assert.deepEqual(ids(), [lost.id]);
  });

  test("[DL11] nobody waits long for a place that does not come, or for a room that is left", async () => {
    const { hub, clock, log } = openHub();
    await hub.join(LOBBY);
    const lost = log.say(LOBBY);
    log.isHeld = true;
    const waited = hub.reached(LOBBY, lost.id);
    await clock.advance(750);
    await waited;
    const left = hub.reached(LOBBY, lost.id);
    hub.leave(LOBBY);
    await left;
    assert.equal(clock.timers, 0);
  });

  test("[HB1] a tick's events of a room go out as one frame, in order", async () => {
    const { hub, clock, frames, hear } = openHub();
    await hub.join(LOBBY);
    await hub.join(KITCHEN);
    const first = [hear(LOBBY), hear(LOBBY), hear(LOBBY)];
    const other = [hear(KITCHEN)];
    assert.deepEqual(frames, []);
    clock.endTick();
    assert.deepEqual(frames, [
      { room: LOBBY, events: first },
      { room: KITCHEN, events: other },
    ]);
    const second = [hear(LOBBY)];
    clock.endTick();
    clock.endTick();
    assert.deepEqual(frames.slice(2), [{ room: LOBBY, events: second }]);
  });

  test("[HB1] every edge gets the very same frame", async () => {
    const { hub, clock, frames, hear } = openHub();
    const others: (readonly RoomEvent[])[] = [];
    hub.addAudience((_, events) => void others.push(events));
    await hub.join(LOBBY);
    hear(LOBBY);
    clock.endTick();
    assert.equal(others.length, 1);
    assert.equal(others[0], frames[0]?.events);
  });

  test("subscribes once however many join, and unsubscribes when the last leaves", async () => {
    const { hub, bus } = openHub();
    await Promise.all([hub.join(LOBBY), hub.join(LOBBY), hub.join(LOBBY)]);
    hub.leave(LOBBY);
    hub.leave(LOBBY);
    await turn();
    assert.deepEqual(bus.changes, ["+room:0"]);
    assert.equal(hub.openRooms, 1);
    hub.leave(LOBBY);
    await turn();
    assert.deepEqual(bus.changes, ["+room:0", "-room:0"]);
    assert.equal(hub.openRooms, 0);
    hub.leave(LOBBY);
    await turn();
    assert.deepEqual(bus.changes, ["+room:0", "-room:0"]);
  });

  test("[HB2] join resolves once this server hears the room; the second waits too", async () => {
    const { hub, bus } = openHub();
    const release = bus.hold();
    const joined: string[] = [];
    const first = hub.join(LOBBY).then(() => joined.push("first"));
    const second = hub.join(LOBBY).then(() => joined.push("second"));
    await turn();
    assert.deepEqual(joined, []);
    release();
    await Promise.all([first, second]);
    assert.ok(bus.subscribed.has("room:0"));
  });

  test("[HB2] join also waits until the hub knows where the room is", async () => {
    const { hub, log } = openHub();
    log.isHeld = true;
    let isJoined = false;
    const joining = hub.join(LOBBY).then(() => (isJoined = true));
    await turn();
    assert.ok(!isJoined);
    log.reads.shift()?.answer();
    await joining;
  });

  test("[DL6] what is heard while a room opens is delivered once, and no fork", async () => {
    const { hub, log, clock, forks, hear, ids } = openHub();
    hear(LOBBY);
    log.isHeld = true;
    const joining = hub.join(LOBBY);
    await turn();
    // Heard between the subscription and the look at the log, so the look sees them too.
    hear(LOBBY);
    hear(LOBBY);
    log.reads.shift()?.answer();
    log.isHeld = false;
    const late = log.say(LOBBY);
    await joining;
    hub.heard(LOBBY, late);
    await turn();
    clock.endTick();
    assert.deepEqual(forks, []);
    assert.deepEqual(ids(), [late.id]);
  });

  test("[DL6] what comes between the look at the log and the join is delivered", async () => {
    const { hub, log, clock, ids } = openHub();
    log.isHeld = true;
    const joining = hub.join(LOBBY);
    await turn();
    log.reads.shift()?.answer();
    const early = log.say(LOBBY);
    hub.heard(LOBBY, early);
    await joining;
    await turn();
    clock.endTick();
    assert.deepEqual(ids(), [early.id]);
  });

  test("[HB3] a failed subscription leaves no deaf room", async () => {
    const { hub, bus, clock, hear, ids } = openHub();
    bus.failures.push(new Error("The link is down."));
    const both = await Promise.allSettled([hub.join(LOBBY), hub.join(LOBBY)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(hub.openRooms, 0);
    await hub.join(LOBBY);
    const event = hear(LOBBY);
    clock.endTick();
    assert.deepEqual(ids(), [event.id]);
  });

  test("[HB3] a room whose log does not answer is forgotten, its subscription too", async () => {
    const { hub, bus, log } = openHub();
    log.isHeld = true;
    const joining = hub.join(LOBBY);
    await turn();
    log.reads.shift()?.fail();
    await assert.rejects(joining, /away/u);
    await turn();
    assert.equal(hub.openRooms, 0);
    assert.deepEqual([...bus.subscribed], []);
  });

  test("[HB3] a failure does not take a room away from those who joined after it", async () => {
    const { hub, bus, clock, hear, ids } = openHub();
    const release = bus.hold();
    bus.failures.push(new Error("The link is down."));
    const failing = hub.join(LOBBY);
    hub.leave(LOBBY);
    const joining = hub.join(LOBBY);
    release();
    await assert.rejects(failing, /down/u);
    await joining;
    await turn();
    assert.equal(hub.openRooms, 1);
    const event = hear(LOBBY);
    clock.endTick();
    assert.deepEqual(ids(), [event.id]);
    hub.leave(LOBBY);
    await turn();
    assert.equal(hub.openRooms, 0);
  });

  test("[DL6] a repair under way when a room closed tells its next life nothing", async () => {
    const { hub, log, clock, ids } = openHub();
    await hub.join(LOBBY);
    log.say(LOBBY);
    log.isHeld = true;
    hub.heard(LOBBY, log.say(LOBBY));
    hub.leave(LOBBY);
    const joining = hub.join(LOBBY);
    await turn();
    const [repair, head] = log.reads;
    head?.answer();
    await joining;
    repair?.answer();
    await turn();
    log.isHeld = false;
    const event = log.say(LOBBY);
    hub.heard(LOBBY, event);
    clock.endTick();
    assert.deepEqual(ids(), [event.id]);
  });

  test("a room that nobody here is in is not listened to", async () => {
    const { hub, clock, frames, hear } = openHub();
    hear(LOBBY);
    await hub.join(LOBBY);
    hub.leave(LOBBY);
    hear(LOBBY);
    clock.endTick();
    assert.deepEqual(frames, []);
  });

  test("a check of all rooms finds what each lost, though one cannot be read", async () => {
    const { hub, log, clock, ids } = openHub();
    await hub.join(LOBBY);
    await hub.join(KITCHEN);
    log.say(LOBBY);
    const found = log.say(KITCHEN);
    log.isHeld = true;
    const checking = hub.checkAll();
    await turn();
    log.isHeld = false;
    const [lobby, kitchen] = log.reads;
    lobby?.fail();
    kitchen?.answer();
    await checking;
    clock.endTick();
    assert.deepEqual(ids(), [found.id]);
    await hub.checkAll();
    clock.endTick();
    assert.equal(ids().length, 2);
  });

  test("[DL7] a fork is told to the audience and to the operator", async () => {
    const { hub, log, clock, forks, frames, hear } = openHub();
    await hub.join(LOBBY);
    hear(LOBBY);
    hear(LOBBY);
    clock.endTick();
    log.lose(LOBBY, 1);
    await hub.checkAll();
    clock.endTick();
    assert.deepEqual(forks, [LOBBY]);
    assert.equal(frames.at(-1)?.events[0]?.type, "fork");
  });
});
