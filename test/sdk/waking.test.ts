/** Waiting: what ends it early, and that nobody waits for what came, or after closing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Klatch, realEnvironment } from "#sdk/index.ts";
import type { CommandName } from "#sdk/index.ts";
import { ADA, client, states, texts, twoInARoom } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

const UNAVAILABLE = { code: "unavailable", detail: "Not now.", retryAfter: 60 } as const;

/** Ada is connected, and the server refuses one kind of command until told otherwise. */
async function refused(command: CommandName) {
  const world = new World();
  const ada = client(world, ADA);
  world.server.refuse = (name) => (name === command ? UNAVAILABLE : undefined);
  ada.room.join();
  ada.klatch.connect();
  await world.deliver();
  ada.room.send("one");
  ada.room.send("two");
  await world.deliver();
  const heal = () => {
    world.server.refuse = undefined;
  };
  return { world, ada, heal };
}

/** Ada's message is acknowledged, and its event gets lost. */
async function unheard() {
  const both = await twoInARoom();
  both.brin.klatch.close();
  both.ada.room.send("acknowledged");
  both.ada.line().toServer();
  both.ada.line().spoil("lose");
  both.ada.line().toClient();
  assert.deepEqual(states(both.ada.room.entries), ["stored"]);
  return both;
}

for (const [what, wait] of [
  ["for a refused message", () => refused("send")],
  ["for a refused room", () => refused("join")],
  ["for an event that does not come", unheard],
  ["for an answer", twoInARoom],
] as const) {
  test(`closing ends the waiting ${what}`, async () => {
    const { world, ada, ...others } = await wait();
    if ("brin" in others) others.brin.klatch.close();
    ada.klatch.person(7);
    if (what === "for an answer") ada.room.send("unanswered");
    assert.notEqual(world.clock.timers, 0);
    ada.klatch.close();
    assert.equal(world.clock.timers, 0);
  });
}

test("closing also ends the waiting to ask again who someone is", async () => {
  const world = new World();
  const ada = client(world, ADA);
  world.server.refuse = () => UNAVAILABLE;
  ada.klatch.connect();
  await world.deliver();
  ada.klatch.person(7);
  await world.pass(1);
  assert.equal(world.clock.timers, 1);
  world.server.refuse = undefined;
  ada.klatch.reconnectNow();
  await world.pass(1);
  assert.equal(ada.klatch.person(7)?.username, "p7");
  ada.klatch.person(8);
  ada.klatch.close();
  assert.equal(world.clock.timers, 0);
});

test("nobody waits for an event that came before its acknowledgement", async () => {
  const { world, ada } = await twoInARoom();
  for (const text of ["one", "two", "three"]) ada.room.send(text);
  await world.deliver();
  assert.deepEqual(states(ada.room.entries), ["stored", "stored", "stored"]);
  assert.equal(world.clock.timers, 0);
});

test("one timer waits for events, however many are missing, for 30 s of silence", async () => {
  const { world, ada } = await unheard();
  for (const text of ["two", "three"]) {
    await world.pass(10);
    ada.room.send(text);
    ada.line().toServer();
    ada.line().spoil("lose");
    ada.line().toClient();
  }
  assert.equal(world.clock.timers, 1);
  assert.equal(ada.room.state, "live");
  world.clock.advance(9_999);
  assert.equal(ada.room.state, "live");
  world.clock.advance(1);
  assert.equal(ada.room.state, "joining");
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["acknowledged", "two", "three"]);
  assert.equal(world.clock.timers, 0);
});

test("an event that comes late ends the waiting for it", async () => {
  const { world, ada } = await unheard();
  const [data] = world.server.log("0");
  assert.ok(data);
  const prev = "0.000000";
  ada.line().listener.onEvents([{ type: "message", room: "0", id: data.id, prev, data }]);
  assert.equal(world.clock.timers, 0);
  assert.deepEqual(texts(ada.room.entries), ["acknowledged"]);
});

for (const command of ["send", "join"] as const) {
  test(`what a refused ${command} holds up goes at once when the network is back`, async () => {
    const { world, ada, heal } = await refused(command);
    heal();
    await world.pass(1);
    assert.deepEqual(states(ada.room.entries), ["queued", "queued"]);
    ada.environment.wake();
    await world.deliver();
    assert.deepEqual(texts(ada.room.entries), ["one", "two"]);
    assert.deepEqual(states(ada.room.entries), ["stored", "stored"]);
    assert.equal(ada.environment.connections.length, 1);
  });

  test(`what a refused ${command} holds up goes at once when asked to reconnect`, async () => {
    const { world, ada, heal } = await refused(command);
    heal();
    ada.klatch.reconnectNow();
    await world.deliver();
    assert.deepEqual(states(ada.room.entries), ["stored", "stored"]);
  });

  test(`what a refused ${command} holds up goes at once over a new link`, async () => {
    const { world, ada, heal } = await refused(command);
    heal();
    ada.line().cut();
    ada.klatch.reconnectNow();
    await world.deliver();
    assert.deepEqual(states(ada.room.entries), ["stored", "stored"]);
  });
}

test("an attempt that hangs is replaced by a fresh one on waking up", async () => {
  const world = new World();
  const ada = client(world, ADA);
  ada.klatch.connect();
  const hanging = ada.line();
  world.clock.advance(3_000);
  for (let n = 0; n < 3; n++) ada.environment.wake();
  world.clock.advance(1);
  assert.ok(hanging.isOver);
  assert.equal(ada.environment.connections.length, 2);
  await world.deliver();
  assert.equal(ada.klatch.link.at, "open");
  assert.equal(world.clock.timers, 0);
  hanging.listener.onEnd();
  assert.equal(ada.klatch.link.at, "open");
});

test("a fresh attempt is given 2 s after a wake-up, so many make no storm", async () => {
  const world = new World();
  const ada = client(world, ADA);
  ada.klatch.connect();
  for (let n = 0; n < 20; n++) {
    world.clock.advance(50);
    ada.environment.wake();
  }
  assert.equal(ada.environment.connections.length, 1);
  world.clock.advance(2_000);
  assert.equal(ada.environment.connections.length, 2);
  ada.environment.wake();
  await world.deliver();
  assert.equal(ada.klatch.link.at, "open");
  world.clock.advance(20_000);
  assert.equal(ada.environment.connections.length, 2);
});

test("an attempt that hangs is replaced although the clock was set back meanwhile", () => {
  const world = new World();
  const environment = world.environment();
  let setBackMs = 0;
  const now = () => world.clock.now() - setBackMs;
  new Klatch({ me: ADA, environment: { ...environment, now } }).connect();
  setBackMs = 3_600_000;
  environment.wake();
  world.clock.advance(2_000);
  assert.equal(environment.connections.length, 2);
});

test("a page is woken by its network, its return and its being looked at, until it stops", (t) => {
  const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  const window = new EventTarget();
  const addEventListener = window.addEventListener.bind(window);
  t.after(() => {
    for (const name of ["document", "addEventListener"]) Reflect.deleteProperty(globalThis, name);
  });
  Object.assign(globalThis, { document, addEventListener });
  let woken = 0;
  const stop = realEnvironment.onWake?.(() => woken++);
  const wake = () => {
    for (const name of ["online", "pageshow"]) window.dispatchEvent(new Event(name));
    document.dispatchEvent(new Event("visibilitychange"));
  };
  wake();
  assert.equal(woken, 2);
  document.visibilityState = "visible";
  wake();
  assert.equal(woken, 5);
  stop?.();
  wake();
  assert.equal(woken, 5);
});
